package ukemi.plannedwork;

/** The processes that remember the end of work; the engine is behind it. */
public interface WorkProcesses {

  /** Called in the transaction that stores the work, so that both are kept or neither. */
  void start(PlannedWork work);
}
