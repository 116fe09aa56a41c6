package ukemi.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How far a recovery has come at one moment: guests and times by the cloud's truth, the rest is
 * what Ukemi says. Times are null as long as it has not happened.
 *
 * @param reportedAt when Ukemi accepted the notification
 * @param orderedOffAt when MAAS got the first order to switch the host off
 * @param evacuatedAt when Nova got the first evacuate call
 * @param allBackAt when all guests ran on another host; never, when there were none
 * @param bmcBroken whether MAAS could not reach the host's BMC
 * @param notice what Ukemi says about the notification; null before the report
 * @param trouble why the host could not be reported; null when it could
 */
record Progress(
    String host,
    Instant diedAt,
    Instant reportedAt,
    Instant orderedOffAt,
    Instant evacuatedAt,
    Instant allBackAt,
    Instant now,
    boolean bmcBroken,
    List<Guest> guests,
    Operator.Notice notice,
    String trouble) {

  /** Where a guest is. */
  enum Place {
    DOWN,
    ON_ITS_WAY,
    BACK
  }

  /**
   * A guest of the dead host.
   *
   * @param host where it is, or is on its way to; null while it is down, or Nova chooses
   */
  record Guest(String name, Place place, String host) {}

  /** What a recovery spends its time with. */
  enum Phase {
    DETECT,
    FENCE,
    EVACUATE;

    /** As people read it. */
    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Whether Ukemi has ended the recovery. */
  boolean isOver() {
    return notice != null && notice.isOver();
  }

  /** Number of guests that are back. */
  long back() {
    return guests.stream().filter(guest -> guest.place() == Place.BACK).count();
  }

  /** Seconds from the death to all guests' being back, or to now. */
  double seconds() {
    return seconds(diedAt, allBackAt == null ? now : allBackAt);
  }

  /** Seconds spent in the phase so far; empty before it has begun. */
  Optional<Double> seconds(Phase phase) {
    Instant begin =
        switch (phase) {
          case DETECT -> diedAt;
          case FENCE -> orderedOffAt;
          case EVACUATE -> evacuatedAt;
        };
    Instant end =
        switch (phase) {
          case DETECT -> orderedOffAt;
          case FENCE -> evacuatedAt;
          case EVACUATE -> allBackAt;
        };
    return Optional.ofNullable(begin).map(from -> seconds(from, end == null ? now : end));
  }

  /** Whether the phase is over. */
  boolean isDone(Phase phase) {
    return switch (phase) {
      case DETECT -> orderedOffAt != null;
      case FENCE -> evacuatedAt != null;
      case EVACUATE -> allBackAt != null;
    };
  }

  /** How many guests came onto which host, by its name. */
  Map<String, Long> arrivals() {
    return guests.stream()
        .filter(guest -> guest.place() == Place.BACK)
        .collect(Collectors.groupingBy(Guest::host, TreeMap::new, Collectors.counting()));
  }

  static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1000.0;
  }
}
