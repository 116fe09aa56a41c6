package ukemi.fencing;

/** What a host's heartbeats in Nova say (rule R2). */
public enum HeartbeatVerdict {
  /** Not read yet, unknown to Nova, or too recent to tell. */
  UNKNOWN_YET,
  /** The last one is older than the silence allowed. */
  SILENT,
  /** It advances. Do not fence; keep watching. */
  ALIVE,
  /** It has advanced for long, or the host reported that it has started. */
  FALSE_ALARM
}
