package ukemi.fencing;

/** What became of a person's confirmation. */
public sealed interface ConfirmationResult {

  /** It is proof now. */
  record Accepted(ProofOfOff proof) implements ConfirmationResult {}

  /**
   * It is not.
   *
   * @param reason why, for the person
   */
  record Refused(String reason) implements ConfirmationResult {}
}
