package ukemi.runbook;

/** Texts that go into process variables. */
final class Texts {

  /** The engine keeps no longer string. */
  private static final int LIMIT = 4000;

  private Texts() {}

  /** Keeps the end, which is the newest. */
  static String cut(String text) {
    return text.length() <= LIMIT ? text : "…" + text.substring(text.length() - LIMIT + 1);
  }
}
