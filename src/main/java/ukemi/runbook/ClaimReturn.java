package ukemi.runbook;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.HostReturns;
import ukemi.hostreturn.NotReturned;
import ukemi.hostreturn.ReturnToService;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.Segment;
import ukemi.segment.Segments;

/** Takes the host over, unless it is not to be returned now, and tells the table about it. */
@Component
class ClaimReturn implements JavaDelegate {

  private static final Logger LOG = LoggerFactory.getLogger(ClaimReturn.class);

  private final HostReturns returns;
  private final ReturnToService steps;
  private final Hosts hosts;
  private final Segments segments;

  ClaimReturn(HostReturns returns, ReturnToService steps, Hosts hosts, Segments segments) {
    this.returns = returns;
    this.steps = steps;
    this.hosts = hosts;
    this.segments = segments;
  }

  @Override
  public void execute(DelegateExecution execution) {
    try {
      String host = HostFailureProcess.HOST_NAME.get(execution);
      HostReturn claimed =
          returns.open(host == null ? "" : host.strip(), execution.getProcessInstanceId());
      HostFailureProcess.CLAIMED.set(execution, true);
      HostFailureProcess.HOST_NAME.set(execution, claimed.hostName());
      ReturnToServiceProcess.RETURN_ID.set(execution, claimed.id().toString());
      ReturnToServiceProcess.STARTED_BY.set(
          execution,
          ReturnToServiceProcess.WANTED_BY.get(execution) == null ? "notification" : "person");
      ReturnToServiceProcess.RESERVE_USED.set(execution, !steps.reservesUsed(claimed).isEmpty());
      ReturnToServiceProcess.WAS_RESERVE.set(execution, steps.wasReserve(claimed));
      HostFailureProcess.SEGMENT.set(
          execution,
          hosts
              .byUuid(claimed.hostUuid())
              .map(Host::segmentUuid)
              .flatMap(segments::byUuid)
              .map(Segment::name)
              .orElse("none"));
      // what its steps wait for is told to people by the notification of its recovery
      returns
          .recoveryBefore(claimed)
          .ifPresent(run -> execution.setProcessBusinessKey(run.notificationUuid().toString()));
    } catch (NotReturned e) {
      LOG.info("The return of a host does not begin: {}", e.getMessage());
      HostFailureProcess.CLAIMED.set(execution, false);
      CancelRecoveryProcess.ANSWER.set(execution, e.getMessage() + ".");
    }
  }
}
