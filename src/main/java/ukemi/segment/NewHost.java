package ukemi.segment;

/** A host to register. On maintenance means: by the operator who registers it. */
public record NewHost(
    String name, String type, String controlAttributes, boolean reserved, boolean onMaintenance) {}
