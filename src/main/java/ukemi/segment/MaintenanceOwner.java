package ukemi.segment;

/** Who put a host on maintenance (rule R4). The API shows only whether somebody has. */
public enum MaintenanceOwner {
  /** An operator, over the API. */
  OPERATOR,
  /** A host recovery. */
  RECOVERY,
  /** A process failure; never refuses a host failure. */
  PROCESS,
  /** A return to service. */
  RETURN
}
