package ukemi;

/** A setting that stops the start. The message never holds the value: it may be a secret. */
public class InvalidSetting extends RuntimeException {

  private final String name;
  private final String problem;
  private final String expected;

  /**
   * Says which setting is wrong.
   *
   * @param name as the operator wrote it or would write it
   * @param problem what is wrong, without the value where it is secret
   * @param expected what would be right
   */
  public InvalidSetting(String name, String problem, String expected) {
    super(name + ": " + problem + "; expected: " + expected);
    this.name = name;
    this.problem = problem;
    this.expected = expected;
  }

  /** The setting's name. */
  public String name() {
    return name;
  }

  /** What is wrong. */
  public String problem() {
    return problem;
  }

  /** What would be right. */
  public String expected() {
    return expected;
  }
}
