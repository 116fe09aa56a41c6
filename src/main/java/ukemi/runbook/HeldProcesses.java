package ukemi.runbook;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.LastBeat.Loss;
import ukemi.notification.Holds;
import ukemi.notification.Holds.Hold;

/** The processes that stand still because the database was restored. */
@Component
class HeldProcesses {

  private final RuntimeService runtime;
  private final Holds holds;

  HeldProcesses(RuntimeService runtime, Holds holds) {
    this.runtime = runtime;
    this.holds = holds;
  }

  /**
   * Suspends every process that is active, but the one that asks about them and those of planned
   * work: they read and ask, and their ends must not be forgotten. One of these that is about to
   * recover hosts is suspended: a person's word from before the back-up may be old. To be called by
   * one node at a time.
   *
   * @return how many recoveries, restarts and the like that are; empty when another node has done
   *     it
   */
  @Transactional
  public Optional<Integer> hold(Loss loss) {
    if (holds.isNoticed(loss)) {
      return Optional.empty();
    }
    Set<String> recovering =
        runtime
            .createProcessInstanceQuery()
            .activityIdIn(PlannedWorkProcess.RECOVER_HOSTS)
            .list()
            .stream()
            .map(ProcessInstance::getId)
            .collect(Collectors.toSet());
    List<ProcessInstance> active =
        runtime.createProcessInstanceQuery().active().list().stream()
            .filter(process -> !is(RestoredDatabaseProcess.KEY, process))
            .filter(
                process ->
                    !is(PlannedWorkProcess.KEY, process) || recovering.contains(process.getId()))
            .toList();
    List<String> ids = active.stream().map(ProcessInstance::getId).toList();
    holds.hold(loss, ids);
    if (!ids.isEmpty()) {
      runtime.updateProcessInstanceSuspensionState().byProcessInstanceIds(ids).suspend();
    }
    return Optional.of((int) active.stream().filter(HeldProcesses::isRoot).count());
  }

  private static boolean is(String key, ProcessInstance process) {
    return process.getProcessDefinitionId().startsWith(key + ":");
  }

  private static boolean isRoot(ProcessInstance process) {
    return process.getId().equals(process.getRootProcessInstanceId());
  }

  /** Those of the hold that are still there; one that called others comes with these. */
  List<ProcessInstance> of(Hold hold) {
    Set<String> ids = Set.copyOf(holds.processes(hold.id()));
    return ids.isEmpty()
        ? List.of()
        : runtime.createProcessInstanceQuery().processInstanceIds(ids).suspended().list();
  }

  /** Those of them that nobody has called. */
  List<ProcessInstance> roots(Hold hold) {
    return of(hold).stream().filter(HeldProcesses::isRoot).toList();
  }

  /** Those of {@link #roots} that deal with a notification, by that. */
  Map<UUID, ProcessInstance> byNotification(Hold hold) {
    return roots(hold).stream()
        .filter(process -> Texts.uuid(process.getBusinessKey()).isPresent())
        .collect(
            Collectors.toMap(
                process -> Texts.uuid(process.getBusinessKey()).orElseThrow(),
                process -> process,
                (one, other) -> one));
  }

  /** Lets them go on. */
  void resume(Hold hold) {
    List<String> ids = of(hold).stream().map(ProcessInstance::getId).toList();
    if (!ids.isEmpty()) {
      runtime.updateProcessInstanceSuspensionState().byProcessInstanceIds(ids).activate();
    }
  }

  /** Deletes them; what is to be said of them has been said. */
  void delete(Hold hold, String reason) {
    roots(hold).forEach(process -> runtime.deleteProcessInstance(process.getId(), reason, true));
  }

  /** Who waits for that message and may be told: a suspended process takes none. */
  List<EventSubscription> waitingFor(String message) {
    List<EventSubscription> waiting =
        runtime.createEventSubscriptionQuery().eventType("message").eventName(message).list();
    if (waiting.isEmpty()) {
      return waiting;
    }
    Set<String> suspended = new HashSet<>();
    runtime
        .createProcessInstanceQuery()
        .suspended()
        .list()
        .forEach(process -> suspended.add(process.getId()));
    return waiting.stream().filter(one -> !suspended.contains(one.getProcessInstanceId())).toList();
  }
}
