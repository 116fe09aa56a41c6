package ukemi.demo;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import ukemi.simulator.Truth;

/** A dead host on its way from its death to the end of its recovery. */
final class Recovery {

  private final DemoCloud cloud;
  private final String host;
  private final Instant diedAt;
  private final Map<UUID, String> states = new LinkedHashMap<>();
  private Instant reportedAt;
  private Instant allBackAt;
  private String notification;
  private Operator.Notice notice;
  private String trouble;
  private boolean bmcBroken;

  /** To be made just before the host dies: the guests are those that it has now. */
  Recovery(DemoCloud cloud, String host, boolean bmcBroken) {
    this.cloud = cloud;
    this.host = host;
    this.bmcBroken = bmcBroken;
    for (UUID guest : cloud.truth().guestsOn(host)) {
      states.put(guest, cloud.truth().stateOf(guest));
    }
    diedAt = Instant.now();
  }

  String host() {
    return host;
  }

  int guestCount() {
    return states.size();
  }

  /** Ukemi has accepted the notification. */
  synchronized void reported(String uuid) {
    notification = uuid;
    reportedAt = Instant.now();
    trouble = null;
  }

  /** Ukemi did not accept it, and why. */
  synchronized void notReported(String why) {
    trouble = why;
  }

  /** MAAS does not reach the host's BMC any more; after the proof that makes no difference. */
  synchronized void bmcBroken() {
    bmcBroken |= look().evacuatedAt() == null;
  }

  /** The notification; empty before the report. */
  synchronized Optional<String> notification() {
    return Optional.ofNullable(notification);
  }

  /** What Ukemi says about the notification. */
  synchronized void notice(Operator.Notice said) {
    notice = said;
  }

  synchronized boolean isOver() {
    return notice != null && notice.isOver();
  }

  /** Looks at the cloud. */
  synchronized Progress look() {
    Truth truth = cloud.truth();
    Instant now = Instant.now();
    List<Truth.EvacuateCall> calls =
        truth.evacuateCalls().stream()
            .filter(call -> states.containsKey(call.guest()) && call.at().isAfter(diedAt))
            .filter(Truth.EvacuateCall::accepted)
            .toList();
    List<Progress.Guest> guests =
        states.keySet().stream().map(guest -> guest(guest, truth, calls)).toList();
    if (allBackAt == null
        && !guests.isEmpty()
        && guests.stream().allMatch(guest -> guest.place() == Progress.Place.BACK)) {
      allBackAt = now;
    }
    return new Progress(
        host,
        diedAt,
        reportedAt,
        truth.powerOrders(host).stream()
            .filter(order -> order.operation().equals("power_off") && order.at().isAfter(diedAt))
            .map(Truth.PowerOrder::at)
            .findFirst()
            .orElse(null),
        calls.isEmpty() ? null : calls.get(0).at(),
        allBackAt,
        now,
        bmcBroken,
        guests,
        notice,
        trouble);
  }

  private Progress.Guest guest(UUID guest, Truth truth, List<Truth.EvacuateCall> calls) {
    String name = cloud.nameOf(guest);
    String on = truth.hostOf(guest);
    if (!on.equals(host)
        && truth.stateOf(guest).equals(states.get(guest))
        && truth.runningOn(guest).equals(Set.of(on))) {
      return new Progress.Guest(name, Progress.Place.BACK, on);
    }
    Optional<Truth.EvacuateCall> last =
        calls.stream().filter(call -> call.guest().equals(guest)).reduce((one, other) -> other);
    boolean failed = truth.stateOf(guest).startsWith("error/");
    return last.isEmpty() || failed
        ? new Progress.Guest(name, Progress.Place.DOWN, null)
        : new Progress.Guest(name, Progress.Place.ON_ITS_WAY, last.get().target());
  }
}
