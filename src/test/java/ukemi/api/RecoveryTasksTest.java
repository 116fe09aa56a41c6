package ukemi.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import ukemi.api.NotificationView.Task;
import ukemi.engine.ProcessHistory;
import ukemi.engine.ProcessHistory.Step;
import ukemi.evacuation.Vmove;
import ukemi.evacuation.Vmoves;
import ukemi.notification.Notification;
import ukemi.notification.Notification.Status;

/** Section 8.5: {@code recovery_workflow_details} tells what was done, in Masakari's words. */
class RecoveryTasksTest {

  private static final UUID ID = UUID.fromString("33333333-3333-4333-8333-333333333331");
  private static final Instant T0 = Instant.parse("2026-11-22T07:38:29.612331Z");

  private final ProcessHistory history = mock(ProcessHistory.class);
  private final Vmoves vmoves = mock(Vmoves.class);
  private final RecoveryTasks tasks = new RecoveryTasks(history, vmoves);

  @Test
  void aRecoveryThatSucceededHasMasakarisTasksInOrderAndOurOwn() {
    when(history.of(ID))
        .thenReturn(
            List.of(
                done("ApproveRecovery", "Approve recovery of ${hostName}", 0, "ada"),
                new Step(
                    "FenceHost",
                    "Fence host",
                    T0.plusSeconds(10),
                    T0.plusSeconds(19),
                    false,
                    null,
                    List.of(done("PowerOffMachine", "Power off machine", 11, null))),
                done("ForceDownComputeService", "Force compute service down", 20, null),
                done("DisableComputeService", "Disable compute service", 30, null),
                new Step(
                    "EvacuateHost",
                    "Evacuate host",
                    T0.plusSeconds(40),
                    T0.plusSeconds(51),
                    false,
                    null,
                    List.of(
                        done("ListGuests", "List guests", 40, null),
                        done("EvacuateGuests", "Evacuate guests", 50, null))),
                done("ReportRecovery", "Report recovery", 60, null)));
    guests(guest("vm-1", Vmove.Status.SUCCEEDED, "compute-2", null));

    List<Task> shown = tasks.of(notification(Status.FINISHED));

    assertThat(shown)
        .extracting(Task::name)
        .containsExactly(
            "ApproveRecoveryTask",
            "FenceHostTask",
            "DisableComputeServiceTask",
            "PrepareHAEnabledInstancesTask",
            "EvacuateInstancesTask",
            "ReportRecoveryTask");
    assertThat(shown)
        .allSatisfy(
            task -> {
              assertThat(task.state()).isEqualTo("SUCCESS");
              assertThat(task.progress()).isEqualTo(1.0);
            });
    assertThat(shown.get(0).progressDetails())
        .containsExactly(
            new NotificationView.Step(
                "2026-11-22 07:38:29.612331", "0.0", "Approve recovery of compute-1"),
            new NotificationView.Step(
                "2026-11-22 07:38:30.612331",
                "1.0",
                "Approve recovery of compute-1: answered by ada"));
    assertThat(shown.get(1).progressDetails())
        .extracting(NotificationView.Step::progress, NotificationView.Step::message)
        .containsExactly(
            tuple("0.0", "Fence host"),
            tuple("0.5", "Power off machine"),
            tuple("1.0", "Fence host: done"));
    assertThat(shown.get(4).progressDetails())
        .extracting(NotificationView.Step::progress, NotificationView.Step::message)
        .containsExactly(
            tuple("0.0", "Evacuate guests"),
            tuple("0.5", "vm-1 (" + ID + "): evacuation asked for"),
            tuple("0.7", "vm-1 (" + ID + "): is on compute-2"),
            tuple("1.0", "Evacuate guests: done"));
  }

  @Test
  void aGuestThatIsLeftMakesTheEvacuationAFailure() {
    when(history.of(ID)).thenReturn(List.of(done("EvacuateGuests", "Evacuate guests", 50, null)));
    guests(guest("vm-1", Vmove.Status.FAILED, null, "No valid host"));

    Task evacuation = tasks.of(notification(Status.FAILED)).get(0);

    assertThat(evacuation.state()).isEqualTo("FAILURE");
    assertThat(evacuation.progressDetails())
        .extracting(NotificationView.Step::message)
        .contains("vm-1 (" + ID + "): failed, No valid host");
  }

  @Test
  void whatIsUnderWayIsRunning() {
    when(history.of(ID))
        .thenReturn(List.of(new Step("FenceHost", "Fence host", T0, null, false, null, List.of())));

    Task fencing = tasks.of(notification(Status.RUNNING)).get(0);

    assertThat(fencing.state()).isEqualTo("RUNNING");
    assertThat(fencing.progress()).isLessThan(1.0);
  }

  @Test
  void whatWasCancelledIsRevertedUnlessTheRecoverySucceededWithoutIt() {
    when(history.of(ID))
        .thenReturn(
            List.of(
                new Step(
                    "DecideIfHostFailed", "Decide", T0, T0.plusSeconds(1), true, null, List.of())));

    assertThat(tasks.of(notification(Status.FAILED)).get(0).state()).isEqualTo("REVERTED");
    assertThat(tasks.of(notification(Status.FINISHED)).get(0).state()).isEqualTo("SUCCESS");
  }

  @Test
  void aRecoveryWithoutAProcessHasNone() {
    when(history.of(ID)).thenReturn(List.of());

    assertThat(tasks.of(notification(Status.IGNORED))).isEmpty();
  }

  private void guests(Vmove... guests) {
    when(vmoves.list(any(), any(), any())).thenReturn(List.of(guests));
  }

  private static Step done(String activity, String name, int seconds, String person) {
    Instant begun = T0.plusSeconds(seconds);
    return new Step(activity, name, begun, begun.plusSeconds(1), false, person, List.of());
  }

  private static Vmove guest(String name, Vmove.Status status, String target, String message) {
    return new Vmove(
        1,
        ID,
        ID,
        ID,
        ID,
        name,
        "compute-1",
        target,
        T0.plusMillis(50_100),
        T0.plusMillis(50_900),
        status,
        message,
        "active",
        0,
        null,
        T0,
        T0);
  }

  private static Notification notification(Status status) {
    return new Notification(
        1,
        ID,
        Notification.Type.COMPUTE_HOST,
        ID,
        "compute-1",
        ID,
        Map.of("event", "STOPPED"),
        T0,
        T0,
        status,
        null,
        T0,
        T0);
  }
}
