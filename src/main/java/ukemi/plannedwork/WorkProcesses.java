package ukemi.plannedwork;

/** The processes that remember the end of work; the engine is behind it. */
public interface WorkProcesses {

  /** Called in the transaction that stores the work, so that both are kept or neither. */
  void start(PlannedWork work);

  /** Tells the work's process, in the same transaction, that it was ended. */
  void ended(PlannedWork work);
}
