package ukemi.segment;

/** A segment to register. The description may be null. */
public record NewSegment(
    String name,
    String serviceType,
    RecoveryMethod recoveryMethod,
    String description,
    boolean enabled) {}
