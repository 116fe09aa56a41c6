package ukemi.segment;

/** Which hosts of a segment to list; null = all. */
public record HostFilter(String name, String type, Boolean reserved, Boolean onMaintenance) {}
