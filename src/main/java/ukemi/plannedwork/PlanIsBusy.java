package ukemi.plannedwork;

/** Somebody decides by the plan and takes long, so that it is not changed now. */
public class PlanIsBusy extends RuntimeException {

  PlanIsBusy(Throwable cause) {
    super("the planned work could not be changed at this moment, try again", cause);
  }
}
