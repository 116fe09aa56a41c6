package ukemi.segment;

/**
 * What to change in a host; null leaves a field as it is.
 *
 * @param onMaintenance true makes the operator its owner unless it has one (clients send whole
 *     objects back), false lifts it whoever the owner is
 */
public record HostChange(
    String name, String type, String controlAttributes, Boolean reserved, Boolean onMaintenance) {}
