package ukemi.runbook;

/** Names in {@code restored-database.bpmn}, besides those that it shares with others. */
final class RestoredDatabaseProcess {

  static final String KEY = "restored-database";

  /** What the database has lost, in words. */
  static final Variable<String> LOSS = new Variable<>("loss", String.class);

  private RestoredDatabaseProcess() {}
}
