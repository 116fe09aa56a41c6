package ukemi.simulator;

import java.time.Duration;

/**
 * What goes wrong with a request.
 *
 * @param status the answer in place of the real one
 * @param time how long; null = until cleared
 * @param retryAfter seconds in the Retry-After header; null = no such header
 */
public record Trouble(Kind kind, int status, Duration time, Integer retryAfter) {

  /** The kinds. */
  public enum Kind {
    /** Another answer; nothing is done. */
    STATUS,
    /** The connection is reset; nothing is done. */
    RESET,
    /** The connection is closed in silence; nothing is done. */
    CLOSE,
    /** It waits, then does it and answers. */
    HANG,
    /** It does it, then cuts the connection. */
    LOSE_ANSWER,
    /** It does it, then cuts the connection in the middle of an answer. */
    HALF_ANSWER,
    /** It does it, waits, then answers. */
    LATE_ANSWER,
    /** It does it, then answers something else. */
    STATUS_AFTER_EFFECT
  }

  /** This status and an empty error body; nothing is done. */
  public static Trouble status(int status) {
    return new Trouble(Kind.STATUS, status, null, null);
  }

  /** It does it, and answers this status. */
  public static Trouble statusAfterEffect(int status) {
    return new Trouble(Kind.STATUS_AFTER_EFFECT, status, null, null);
  }

  /** Connection reset by peer; nothing is done. */
  public static Trouble reset() {
    return new Trouble(Kind.RESET, 0, null, null);
  }

  /** Connection closed without a byte; nothing is done. */
  public static Trouble close() {
    return new Trouble(Kind.CLOSE, 0, null, null);
  }

  /** Waits until cleared, then does it and answers. */
  public static Trouble hang() {
    return hang(null);
  }

  /** Waits this long (or until cleared), then does it and answers. */
  public static Trouble hang(Duration time) {
    return new Trouble(Kind.HANG, 0, time, null);
  }

  /** Does it, then cuts the connection. */
  public static Trouble loseAnswer() {
    return new Trouble(Kind.LOSE_ANSWER, 0, null, null);
  }

  /** Does it, then cuts the connection in the middle of an answer. */
  public static Trouble halfAnswer() {
    return new Trouble(Kind.HALF_ANSWER, 0, null, null);
  }

  /** Does it at once, and answers only after this time (or when cleared). */
  public static Trouble lateAnswer(Duration time) {
    return new Trouble(Kind.LATE_ANSWER, 0, time, null);
  }

  /** With a Retry-After header. */
  public Trouble retryAfter(int seconds) {
    return new Trouble(kind, status, time, seconds);
  }
}
