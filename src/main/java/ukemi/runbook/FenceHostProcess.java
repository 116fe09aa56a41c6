package ukemi.runbook;

/** Names in {@code fence-host.bpmn}. */
final class FenceHostProcess {

  static final String MACHINE_OFF = "MachineOff";
  static final String MACHINE_STILL_ON = "MachineStillOn";
  static final String WORLD_READ = "WorldRead";

  static final String FENCING_POSSIBLE = "FencingPossible";

  /** BPMN error: a check failed at the moment of fencing. */
  static final String FENCING_REFUSED = "FENCING_REFUSED";

  static final Variable<String> EVIDENCE = new Variable<>("evidence", String.class);

  /** Why fencing or the last confirmation was refused. */
  static final Variable<String> REFUSAL = new Variable<>("refusal", String.class);

  /** The form's answers. */
  static final Variable<String> TYPED_HOST = new Variable<>("typedHost", String.class);

  static final Variable<String> REASON = new Variable<>("reason", String.class);
  static final Variable<Boolean> OVERRIDE = new Variable<>("override", Boolean.class);

  static final Variable<Boolean> ACCEPTED = new Variable<>("accepted", Boolean.class);

  private FenceHostProcess() {}
}
