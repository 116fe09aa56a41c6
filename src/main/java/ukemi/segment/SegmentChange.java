package ukemi.segment;

/**
 * What to change in a segment; null leaves a field as it is.
 *
 * @param describes whether the description is to be changed, as null is a description too
 */
public record SegmentChange(
    String name,
    String serviceType,
    RecoveryMethod recoveryMethod,
    boolean describes,
    String description,
    Boolean enabled) {}
