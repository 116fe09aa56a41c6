package ukemi.runbook;

import java.time.Instant;
import java.util.UUID;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
import ukemi.evacuation.LandingWatch;
import ukemi.evacuation.Settlement;
import ukemi.evacuation.SlotGranter;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;
import ukemi.fencing.HeartbeatVerdict;
import ukemi.fencing.Heartbeats;
import ukemi.fencing.PowerVerdict;
import ukemi.notification.RecoveryRuns;

/**
 * Wakes waiting processes when the database says that what they wait for is true. It reads only the
 * database; a message that comes too early is tried again in the next round.
 */
@Component
class Correlator {

  private static final Logger LOG = LoggerFactory.getLogger(Correlator.class);

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final HeldProcesses held;
  private final RecoveryRuns runs;
  private final Heartbeats heartbeats;
  private final Fencing fencing;
  private final SlotGranter slots;
  private final Settlement settlement;
  private final LandingWatch landings;

  Correlator(
      ClusterLock lock,
      RuntimeService runtime,
      HeldProcesses held,
      RecoveryRuns runs,
      Heartbeats heartbeats,
      Fencing fencing,
      SlotGranter slots,
      Settlement settlement,
      LandingWatch landings) {
    this.lock = lock;
    this.runtime = runtime;
    this.held = held;
    this.runs = runs;
    this.heartbeats = heartbeats;
    this.fencing = fencing;
    this.slots = slots;
    this.settlement = settlement;
    this.landings = landings;
  }

  @Scheduled(fixedDelay = 500)
  void round() {
    if (!runs.open().isEmpty() || landings.hasWork()) {
      lock.runAlone("correlator", this::correlate);
    }
  }

  private void correlate() {
    forEachWaiting(HostFailureProcess.HOST_SILENT, this::tellSilent);
    forEachWaiting(HostFailureProcess.HOST_ALIVE, this::tellAlive);
    forEachWaiting(FenceHostProcess.MACHINE_OFF, this::tellPower);
    forEachWaiting(FenceHostProcess.WORLD_READ, this::tellWorldRead);
    forEachWaiting(FenceHostProcess.FENCING_POSSIBLE, this::tellFencingPossible);
    forEachWaiting(EvacuateHostProcess.PROOF_LOST, this::tellProofLost);
    passSlotsOn();
  }

  /** Does at once what a landing leads to; the rest waits for its round. */
  void landed() {
    lock.runAlone("correlator", this::passSlotsOn);
  }

  private void passSlotsOn() {
    settlement.tell(this::tellLanded);
    slots.grant(
        process ->
            runtime
                .createMessageCorrelation(EvacuateInstanceProcess.SLOT_GRANTED)
                .processInstanceId(process)
                .correlate());
  }

  private interface Teller {
    void tell(EventSubscription waiting, UUID run);
  }

  private void forEachWaiting(String message, Teller teller) {
    for (EventSubscription waiting : held.waitingFor(message)) {
      try {
        String run =
            (String)
                runtime.getVariable(waiting.getExecutionId(), HostFailureProcess.RUN_ID.name());
        teller.tell(waiting, UUID.fromString(run));
      } catch (RuntimeException e) {
        LOG.warn("{} of {}: {}", message, waiting.getProcessInstanceId(), e.toString());
      }
    }
  }

  private void tellSilent(EventSubscription waiting, UUID run) {
    if (heartbeats.verdict(run) == HeartbeatVerdict.SILENT) {
      send(HostFailureProcess.HOST_SILENT, waiting);
    }
  }

  private void tellAlive(EventSubscription waiting, UUID run) {
    if (heartbeats.verdict(run) == HeartbeatVerdict.FALSE_ALARM) {
      send(HostFailureProcess.HOST_ALIVE, waiting);
    }
  }

  private void tellPower(EventSubscription waiting, UUID run) {
    switch (fencing.verdict(run)) {
      case OFF_PROVEN -> send(FenceHostProcess.MACHINE_OFF, waiting);
      case STILL_ON -> send(FenceHostProcess.MACHINE_STILL_ON, waiting);
      default -> {}
    }
  }

  private void tellWorldRead(EventSubscription waiting, UUID run) {
    String since =
        (String)
            runtime.getVariable(waiting.getExecutionId(), HostFailureProcess.DECIDED_AT.name());
    if (fencing.worldReadSince(run, Instant.parse(since))) {
      send(FenceHostProcess.WORLD_READ, waiting);
    }
  }

  /**
   * Two readings of "off" end the question; and once, when its power can be read that could not be
   * read when the person was asked, the host is fenced again by itself. Where it may not be fenced
   * only a person leads on.
   */
  private void tellFencingPossible(EventSubscription waiting, UUID run) {
    if (variable(waiting, FenceHostProcess.REFUSAL) != null) {
      return;
    }
    boolean onceMore =
        Instant.EPOCH.toString().equals(variable(waiting, FenceHostProcess.TRIED_AGAIN_AT));
    if (fencing.verdict(run) == PowerVerdict.OFF_PROVEN
        || onceMore
            && fencing.isReadableAgain(
                run, Instant.parse(variable(waiting, FenceHostProcess.ASKED_AT)))) {
      send(FenceHostProcess.FENCING_POSSIBLE, waiting);
    }
  }

  private String variable(EventSubscription waiting, Variable<String> variable) {
    return (String) runtime.getVariable(waiting.getExecutionId(), variable.name());
  }

  private void tellProofLost(EventSubscription waiting, UUID run) {
    boolean fencing =
        runtime
                .createExecutionQuery()
                .processInstanceId(waiting.getProcessInstanceId())
                .activityId(EvacuateHostProcess.FENCE_HOST_AGAIN)
                .count()
            > 0;
    if (!fencing && this.fencing.needsFencingAgain(run)) {
      send(EvacuateHostProcess.PROOF_LOST, waiting);
    }
  }

  private boolean tellLanded(String process) {
    try {
      return correlateLanded(process);
    } catch (RuntimeException e) {
      LOG.warn("{} of {}: {}", EvacuateInstanceProcess.LANDED, process, e.toString());
      return false;
    }
  }

  private boolean correlateLanded(String process) {
    Boundaries.reached(Boundary.LANDED_BEFORE_CORRELATION);
    if (runtime
            .createEventSubscriptionQuery()
            .processInstanceId(process)
            .eventName(EvacuateInstanceProcess.LANDED)
            .count()
        == 0) {
      return runtime.createProcessInstanceQuery().processInstanceId(process).count() == 0;
    }
    runtime
        .createMessageCorrelation(EvacuateInstanceProcess.LANDED)
        .processInstanceId(process)
        .correlate();
    Boundaries.reached(Boundary.LANDED_CORRELATED);
    return true;
  }

  private void send(String message, EventSubscription waiting) {
    LOG.info("{}: {}", message, waiting.getProcessInstanceId());
    runtime.messageEventReceived(message, waiting.getExecutionId());
  }
}
