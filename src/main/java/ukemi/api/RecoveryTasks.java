package ukemi.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import ukemi.database.Page;
import ukemi.engine.ProcessHistory;
import ukemi.engine.ProcessHistory.Step;
import ukemi.evacuation.Vmove;
import ukemi.evacuation.Vmoves;
import ukemi.notification.Notification;

/**
 * The field {@code recovery_workflow_details} (8.5): what the recovery has done, under Masakari's
 * names where it has the task too, under those of the drawing otherwise ({@code FenceHostTask},
 * {@code ApproveRecoveryTask}).
 */
@Component
class RecoveryTasks {

  private static final String EVACUATE = "EvacuateInstancesTask";

  /** Stands for the tasks of the process that it calls. */
  private static final String CALL = "EvacuateHost";

  private static final Map<String, String> NAMES =
      Map.of(
          "ForceDownComputeService", "DisableComputeServiceTask",
          "DisableComputeService", "DisableComputeServiceTask",
          "ListGuests", "PrepareHAEnabledInstancesTask",
          "ClaimReserve", EVACUATE,
          "EnableReserve", EVACUATE,
          "EvacuateGuests", EVACUATE,
          "FenceHostAgain", "FenceHostTask");

  private final ProcessHistory history;
  private final Vmoves vmoves;

  RecoveryTasks(ProcessHistory history, Vmoves vmoves) {
    this.history = history;
    this.vmoves = vmoves;
  }

  /** In the order in which they were begun; a task that was done several times is one. */
  List<NotificationView.Task> of(Notification notification) {
    Map<String, List<Step>> tasks = new LinkedHashMap<>();
    for (Step step : steps(notification)) {
      String name = NAMES.getOrDefault(step.activity(), step.activity() + "Task");
      tasks.computeIfAbsent(name, first -> new ArrayList<>()).add(step);
    }
    List<Vmove> guests =
        tasks.containsKey(EVACUATE)
            ? vmoves.list(notification.uuid(), null, Page.all())
            : List.of();
    return tasks.entrySet().stream()
        .map(
            task ->
                task(
                    task.getKey(),
                    task.getValue(),
                    task.getKey().equals(EVACUATE) ? guests : List.of(),
                    notification))
        .toList();
  }

  private List<Step> steps(Notification notification) {
    return history.of(notification.uuid()).stream()
        .flatMap(step -> step.activity().equals(CALL) ? step.inside().stream() : Stream.of(step))
        .toList();
  }

  private static NotificationView.Task task(
      String name, List<Step> steps, List<Vmove> guests, Notification notification) {
    List<Detail> details = new ArrayList<>();
    steps.forEach(step -> details.addAll(details(step)));
    guests.forEach(guest -> details.addAll(details(guest)));
    details.sort(Comparator.comparing(Detail::at));
    boolean running = steps.stream().anyMatch(step -> step.ended() == null);
    return new NotificationView.Task(
        name,
        running ? (details.size() > 1 ? 0.5 : 0.0) : 1.0,
        running ? "RUNNING" : state(steps, guests, notification),
        details.stream().map(detail -> detail.of(notification.sourceHostName())).toList());
  }

  /** The states of Masakari's workflow engine. */
  private static String state(List<Step> steps, List<Vmove> guests, Notification notification) {
    if (guests.stream().anyMatch(guest -> guest.status() == Vmove.Status.FAILED)) {
      return "FAILURE";
    }
    boolean cancelled = steps.get(steps.size() - 1).cancelled();
    // what became superfluous in a recovery that succeeded was not undone
    return cancelled && notification.status() != Notification.Status.FINISHED
        ? "REVERTED"
        : "SUCCESS";
  }

  private static List<Detail> details(Step step) {
    List<Detail> details = new ArrayList<>();
    details.add(new Detail(step.begun(), 0.0, step.name()));
    step.inside().forEach(part -> details.add(new Detail(part.begun(), 0.5, part.name())));
    if (step.ended() != null) {
      details.add(new Detail(step.ended(), 1.0, step.name() + ": " + outcome(step)));
    }
    return details;
  }

  private static String outcome(Step step) {
    if (step.cancelled()) {
      return "ended before it was done";
    }
    return step.person() == null ? "done" : "answered by " + step.person();
  }

  private static List<Detail> details(Vmove guest) {
    List<Detail> details = new ArrayList<>();
    String name = guest.instanceName() + " (" + guest.instanceUuid() + ")";
    if (guest.startTime() != null) {
      details.add(new Detail(guest.startTime(), 0.5, name + ": evacuation asked for"));
    }
    if (guest.endTime() != null) {
      details.add(new Detail(guest.endTime(), 0.7, name + ": " + outcome(guest)));
    }
    return details;
  }

  private static String outcome(Vmove guest) {
    return guest.status() == Vmove.Status.SUCCEEDED
        ? "is on " + guest.destHost()
        : guest.status().wire() + (guest.message() == null ? "" : ", " + guest.message());
  }

  private record Detail(Instant at, double progress, String message) {

    NotificationView.Step of(String host) {
      return new NotificationView.Step(
          WireTime.spaced(at),
          String.valueOf(progress),
          // names in drawings hold it, and the engine keeps them as they are drawn
          message.replace("${hostName}", host));
    }
  }
}
