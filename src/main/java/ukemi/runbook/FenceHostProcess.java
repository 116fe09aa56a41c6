package ukemi.runbook;

/** Names in {@code fence-host.bpmn}. */
final class FenceHostProcess {

  static final String MACHINE_OFF = "MachineOff";
  static final String MACHINE_STILL_ON = "MachineStillOn";
  static final String WORLD_READ = "WorldRead";

  static final String FENCING_POSSIBLE = "FencingPossible";

  /** BPMN error: a check failed at the moment of fencing. */
  static final String FENCING_REFUSED = "FENCING_REFUSED";

  /**
   * When fencing was begun again by itself, by the database's clock; {@link
   * java.time.Instant#EPOCH} = not yet, or a person has had it begun again since; null = an older
   * drawing.
   */
  static final Variable<String> TRIED_AGAIN_AT = new Variable<>("triedAgainAt", String.class);

  /** When a person was first asked since fencing was begun, by the database's clock. */
  static final Variable<String> ASKED_AT = new Variable<>("askedAt", String.class);

  static final Variable<String> EVIDENCE = new Variable<>("evidence", String.class);

  /** Why the host may not be fenced. Only a person leads on from there. */
  static final Variable<String> REFUSAL = new Variable<>("refusal", String.class);

  /** Why the readings or the last confirmation prove nothing. */
  static final Variable<String> OBJECTION = new Variable<>("objection", String.class);

  /** The form's answers. */
  static final Variable<String> TYPED_HOST = new Variable<>("typedHost", String.class);

  static final Variable<String> REASON = new Variable<>("reason", String.class);
  static final Variable<Boolean> OVERRIDE = new Variable<>("override", Boolean.class);

  static final Variable<Boolean> ACCEPTED = new Variable<>("accepted", Boolean.class);

  private FenceHostProcess() {}
}
