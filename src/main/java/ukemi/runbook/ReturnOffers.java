package ukemi.runbook;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import ukemi.database.ClusterLock;
import ukemi.hostreturn.HostReturns;
import ukemi.notification.Holds;
import ukemi.segment.Host;

/**
 * Starts the return of a recovered host that is up again, as soon as nothing hinders it: monitors
 * speak once, and perhaps while the recovery is open or Nova is still at work on its guests. The
 * table return-policy then says whether a person is asked.
 */
@Component
class ReturnOffers {

  private static final Logger LOG = LoggerFactory.getLogger(ReturnOffers.class);

  private final ClusterLock lock;
  private final RuntimeService runtime;
  private final HostReturns returns;
  private final Holds holds;
  private final ProcessStarter processes;

  /** What this node has last told of a host, for the log. */
  private final Map<String, String> told = new HashMap<>();

  ReturnOffers(
      ClusterLock lock,
      RuntimeService runtime,
      HostReturns returns,
      Holds holds,
      ProcessStarter processes) {
    this.lock = lock;
    this.runtime = runtime;
    this.returns = returns;
    this.holds = holds;
    this.processes = processes;
  }

  @Scheduled(fixedDelay = 2000)
  void round() {
    List<Host> started = returns.startedSinceRecovery();
    told.keySet().retainAll(started.stream().map(Host::name).toList());
    if (!started.isEmpty()) {
      lock.runAlone("return-offers", this::look);
    }
  }

  private void look() {
    if (holds.open().isPresent()) {
      return; // what a back-up says of them may be long past
    }
    for (Host host : returns.startedSinceRecovery()) {
      try {
        offer(host);
      } catch (RuntimeException e) {
        LOG.warn("The return of {} is not offered: {}", host.name(), e.toString());
      }
    }
  }

  private void offer(Host host) {
    returns
        .objection(host)
        .ifPresentOrElse(
            why -> {
              if (!why.equals(told.put(host.name(), why))) {
                LOG.info("{} is up again, its return has to wait: {}", host.name(), why);
              }
            },
            () -> {
              if (!isBegun(host)) {
                LOG.info("{} is up again: its return begins", host.name());
                processes.startReturn(host.name(), null);
              }
            });
  }

  /** From its claim on, a return is in our tables. */
  private boolean isBegun(Host host) {
    return runtime
            .createProcessInstanceQuery()
            .processDefinitionKey(ReturnToServiceProcess.KEY)
            .variableValueEquals(HostFailureProcess.HOST_NAME.name(), host.name())
            .activityIdIn(ReturnToServiceProcess.CLAIM_RETURN)
            .count()
        > 0;
  }
}
