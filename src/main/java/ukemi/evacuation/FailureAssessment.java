package ukemi.evacuation;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.fencing.Fencing;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;
import ukemi.notification.RecoveryRun;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Hosts;
import ukemi.segment.Segment;
import ukemi.segment.Segments;

/** How large a failure is, for the recovery policy and for the person whom it asks. */
@Service
public class FailureAssessment {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private final Compute compute;
  private final Hosts hosts;
  private final Segments segments;
  private final Notifications notifications;
  private final RecoveryRuns runs;
  private final Fencing fencing;

  FailureAssessment(
      Compute compute,
      Hosts hosts,
      Segments segments,
      Notifications notifications,
      RecoveryRuns runs,
      Fencing fencing) {
    this.compute = compute;
    this.hosts = hosts;
    this.segments = segments;
    this.notifications = notifications;
    this.runs = runs;
    this.fencing = fencing;
  }

  /**
   * What the policy looks at.
   *
   * @param segment the segment's name
   * @param method its recovery method, as on the wire
   * @param kind of the failure: the notification's type
   * @param guests that Nova shows on the host
   * @param otherRuns open recoveries of other hosts
   */
  public record Failure(String segment, String method, String kind, int guests, int otherRuns) {}

  /**
   * Looks at the failure as it is now.
   *
   * @throws ComputeUnavailable when Nova does not answer
   */
  public Failure assess(RecoveryRun run) {
    Optional<Segment> segment =
        hosts.byUuid(run.hostUuid()).flatMap(host -> segments.byUuid(host.segmentUuid()));
    return new Failure(
        segment.map(Segment::name).orElse("none"),
        segment.map(one -> one.recoveryMethod().wire()).orElse("none"),
        notifications.find(run.notificationUuid()).orElseThrow().type().name(),
        compute.instancesOn(run.hostName()).size(),
        others(run).size());
  }

  /** All that is known, as plain text. What cannot be read is said to be so. */
  public String describe(RecoveryRun run) {
    return String.join(
        "\n",
        reported(notifications.find(run.notificationUuid()).orElseThrow()),
        fromNova(() -> service(run)),
        fromNova(() -> guests(run)),
        others(run).isEmpty()
            ? "No other recovery is open"
            : "Other open recoveries: " + String.join(", ", others(run)),
        fencing.evidence(run.id()));
  }

  private List<String> others(RecoveryRun run) {
    return runs.open().stream()
        .filter(other -> !other.id().equals(run.id()))
        .map(RecoveryRun::hostName)
        .toList();
  }

  private static String reported(Notification notification) {
    String payload =
        new TreeMap<>(notification.payload())
            .entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    return "Reported at %s by notification %s, received at %s: %s"
        .formatted(
            time(notification.generatedTime()),
            notification.uuid(),
            time(notification.receivedAt()),
            payload);
  }

  private static String fromNova(Supplier<String> reading) {
    try {
      return reading.get();
    } catch (ComputeUnavailable | ComputeRefused e) {
      return "Nova cannot be read now: " + e.getMessage();
    }
  }

  private String service(RecoveryRun run) {
    return compute
        .service(run.hostName())
        .map(FailureAssessment::service)
        .orElse("Nova has no nova-compute on " + run.hostName());
  }

  private static String service(ComputeService service) {
    return "Nova shows nova-compute %s, %s%s; last heartbeat %s, when Nova's clock was %s"
        .formatted(
            service.up() ? "up" : "down",
            service.enabled() ? "enabled" : "disabled (" + service.disabledReason() + ")",
            service.forcedDown() ? ", forced down" : "",
            time(service.heartbeat()),
            time(service.readAt()));
  }

  private static String time(Instant time) {
    return time == null ? "(unknown)" : TIME.format(time);
  }

  private String guests(RecoveryRun run) {
    Map<String, Long> states =
        compute.instancesOn(run.hostName()).stream()
            .collect(Collectors.groupingBy(Instance::vmState, TreeMap::new, Collectors.counting()));
    return states.isEmpty()
        ? "Nova shows no guest on it"
        : "Nova shows guests on it: "
            + states.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
  }
}
