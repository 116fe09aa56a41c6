package ukemi.runbook;

import java.util.UUID;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.Variables.SerializationDataFormats;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Hosts;
import ukemi.segment.Segments;

/** Writes down the guests of the dead host, and the recovery method of its segment. */
@Component
class ListGuests extends RunTask {

  private final Guests guests;
  private final Hosts hosts;
  private final Segments segments;

  ListGuests(Guests guests, Hosts hosts, Segments segments) {
    this.guests = guests;
    this.hosts = hosts;
    this.segments = segments;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    HostFailureProcess.METHOD.set(execution, method(run));
    execution.setVariable(
        HostFailureProcess.GUESTS,
        Variables.objectValue(
                new java.util.ArrayList<>(guests.list(run).stream().map(UUID::toString).toList()))
            .serializationDataFormat(SerializationDataFormats.JSON)
            .create());
    Boundaries.reached(Boundary.GUESTS_LISTED);
  }

  private String method(RecoveryRun run) {
    return hosts
        .byUuid(run.hostUuid())
        .flatMap(host -> segments.byUuid(host.segmentUuid()))
        .map(segment -> segment.recoveryMethod().wire())
        .orElse("none");
  }
}
