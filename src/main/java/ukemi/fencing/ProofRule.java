package ukemi.fencing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Rule R1 (a): two live "off" readings a gap apart, nothing else between or after them, both begun
 * after the last power-off order ended.
 */
class ProofRule {

  /** An "on" so long after the order is no longer the order on its way. */
  private static final Duration STILL_ON_AFTER = Duration.ofSeconds(10);

  private final Duration gap;

  ProofRule(Duration gap) {
    this.gap = gap;
  }

  /** The first and the last of the readings that prove it. */
  record OffReadings(PowerReading first, PowerReading last) {}

  Optional<OffReadings> proof(List<PowerOrder> orders, List<PowerReading> readings) {
    Optional<PowerOrder> order = lastEnded(orders);
    if (order.isEmpty()) {
      return Optional.empty();
    }
    String systemId = order.get().systemId();
    // A reading that was still under way when an "off" began may be of a later moment than it.
    Instant lastOther =
        readings.stream()
            .filter(reading -> !isOffOf(systemId, reading))
            .map(PowerReading::endedAt)
            .max(Comparator.naturalOrder())
            .orElse(Instant.MIN);
    List<PowerReading> offs =
        readings.stream()
            .filter(reading -> isOffOf(systemId, reading))
            .filter(reading -> reading.begunAt().isAfter(order.get().endedAt()))
            .filter(reading -> reading.begunAt().isAfter(lastOther))
            .sorted(Comparator.comparing(PowerReading::begunAt))
            .toList();
    if (offs.isEmpty()) {
      return Optional.empty();
    }
    PowerReading first = offs.get(0);
    PowerReading last = offs.get(offs.size() - 1);
    // From end to begin: a slow answer does not tell at which moment the machine was looked at.
    return Duration.between(first.endedAt(), last.begunAt()).compareTo(gap) >= 0
        ? Optional.of(new OffReadings(first, last))
        : Optional.empty();
  }

  boolean stillOn(List<PowerOrder> orders, List<PowerReading> readings) {
    Optional<PowerOrder> order = lastEnded(orders);
    if (order.isEmpty()) {
      return false;
    }
    Instant lastOff = newest(readings, PowerState.OFF).orElse(Instant.MIN);
    return newest(readings, PowerState.ON)
        .filter(on -> on.isAfter(lastOff))
        .filter(on -> !on.isBefore(order.get().endedAt().plus(STILL_ON_AFTER)))
        .isPresent();
  }

  /** Empty as well while an order is under way. */
  private static Optional<PowerOrder> lastEnded(List<PowerOrder> orders) {
    return orders.stream().allMatch(PowerOrder::ended)
        ? orders.stream().max(Comparator.comparing(PowerOrder::endedAt))
        : Optional.empty();
  }

  private static Optional<Instant> newest(List<PowerReading> readings, PowerState state) {
    return readings.stream()
        .filter(reading -> reading.is(state))
        .map(PowerReading::begunAt)
        .max(Comparator.naturalOrder());
  }

  private static boolean isOffOf(String systemId, PowerReading reading) {
    return reading.is(PowerState.OFF) && reading.systemId().equals(systemId);
  }
}
