package ukemi.fencing;

/** The machine must not or cannot be fenced by us: a person decides. The message says why. */
public class FencingRefused extends RuntimeException {

  public FencingRefused(String reason) {
    super(reason);
  }
}
