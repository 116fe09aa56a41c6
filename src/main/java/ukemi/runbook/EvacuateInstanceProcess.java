package ukemi.runbook;

/** Names in {@code evacuate-instance.bpmn}. */
final class EvacuateInstanceProcess {

  static final String SLOT_GRANTED = "SlotGranted";
  static final String LANDED = "Landed";

  static final Variable<String> VMOVE_ID = new Variable<>("vmoveId", String.class);

  /** recovered, again or left. */
  static final Variable<String> OUTCOME = new Variable<>("outcome", String.class);

  private EvacuateInstanceProcess() {}
}
