package ukemi.segment;

/** Which segments to list; null = all. The recovery method may be any word, also an unknown one. */
public record SegmentFilter(
    String name, String recoveryMethod, String serviceType, Boolean enabled) {}
