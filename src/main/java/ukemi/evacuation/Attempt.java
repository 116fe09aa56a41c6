package ukemi.evacuation;

import java.time.Instant;
import java.util.UUID;

/**
 * One try to evacuate one guest (rule R6). Open until Nova has settled it.
 *
 * @param pass which pass over the host's guests this is, from 1
 * @param target the host that Nova is to put it on; null = Nova chooses
 * @param baselineMigration highest evacuation migration of the guest before our call; ours is a
 *     greater one; null before the call
 * @param askedAt when the call was about to leave; null before that
 * @param answeredAt when Nova answered; null when it did not
 * @param firstOfGuest whether no other recovery and no earlier try has ever asked for it
 * @param stateWanted the vm_state the guest must come back in
 * @param held its run is held: Nova is read for it, and asked for nothing
 */
record Attempt(
    long id,
    UUID runId,
    UUID vmoveUuid,
    UUID instance,
    String instanceName,
    int number,
    String sourceHost,
    Instant grantedAt,
    int pass,
    String target,
    Long baselineMigration,
    Instant askedAt,
    Instant answeredAt,
    Instant closedAt,
    Outcome outcome,
    String destHost,
    String reason,
    String stateWanted,
    boolean firstOfGuest,
    boolean held) {

  /** How a try ended. */
  enum Outcome {
    /** Nova shows the guest on another host, idle, in the state it had. */
    RECOVERED,
    /** Nova says that it failed. */
    FAILED,
    /** Nova has no such guest any more. */
    GONE,
    /**
     * The call was not made, or never arrived, for a reason outside the guest; does not count as a
     * try.
     */
    NOT_ASKED,
    /** Nova cannot evacuate this guest; another try would not help. */
    IMPOSSIBLE,
    /** The host it was on its way to is proven off; does not count as a try (rule R8). */
    TARGET_DIED
  }

  boolean isOpen() {
    return closedAt == null;
  }
}
