package ukemi.restart;

import java.time.Instant;

/**
 * The last try to move the guest of a run to another host.
 *
 * @param number 1 for the first try of the run
 * @param from the host that it was on
 * @param after the highest id of its cold migrations before; ours is a greater one
 * @param migration Nova's id of it; null = Nova has not shown it yet
 * @param askedAt when Nova was about to be asked
 * @param confirmedAt when Nova was about to be asked to confirm it; null = it was not
 */
record Move(
    int number, String from, long after, Long migration, Instant askedAt, Instant confirmedAt) {}
