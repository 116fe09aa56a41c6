package ukemi.plannedwork;

/** The work has ended already. */
public class WorkIsOver extends RuntimeException {

  WorkIsOver(PlannedWork work) {
    super("the planned work on " + work.subject() + " is over since " + work.endedAt());
  }
}
