package ukemi.fencing;

import java.time.Instant;
import java.util.UUID;

/**
 * Why we hold that a host is off (rule R1).
 *
 * @param givenBy the person, or what stands for one
 * @param evidence plain text as it was when the proof was given
 * @param standsFrom when the last reading behind it began; an "on" that ended later voids it
 * @param lastUsedAt when an evacuation last relied on it; at first when it was given
 * @param overridesPower a second person said that the machine is off although "on" was read
 * @param voidedAt null while it is valid
 */
public record ProofOfOff(
    UUID id,
    UUID runId,
    String hostName,
    Kind kind,
    Instant givenAt,
    String givenBy,
    String evidence,
    Instant standsFrom,
    Instant lastUsedAt,
    boolean overridesPower,
    Instant voidedAt,
    String voidReason) {

  /** The three ways to a proof. */
  public enum Kind {
    /** Two live "off" readings. */
    READINGS,
    /** A named person's word. */
    PERSON,
    /** Fencing provider "none". */
    NONE
  }
}
