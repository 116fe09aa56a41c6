package ukemi.runbook;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.Variables.SerializationDataFormats;
import org.springframework.stereotype.Component;
import ukemi.evacuation.Guests;
import ukemi.evacuation.Reserves;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.notification.RecoveryRun;
import ukemi.segment.Hosts;
import ukemi.segment.Segments;

/**
 * Writes down the guests of the dead host that are still to go, and what the recovery method of its
 * segment is decided by.
 */
@Component
class ListGuests extends RunTask {

  /** So many lines fit into a form. */
  private static final int SHOWN = 20;

  private final Guests guests;
  private final Reserves reserves;
  private final Hosts hosts;
  private final Segments segments;
  private final SelectionTable selection;

  ListGuests(
      Guests guests, Reserves reserves, Hosts hosts, Segments segments, SelectionTable selection) {
    this.guests = guests;
    this.reserves = reserves;
    this.hosts = hosts;
    this.segments = segments;
    this.selection = selection;
  }

  @Override
  void execute(DelegateExecution execution, RecoveryRun run) {
    List<String> toGo =
        guests.list(run, selection.of(execution.getProcessDefinitionId())).stream()
            .map(UUID::toString)
            .toList();
    List<String> undecided = guests.undecided(run.id());
    EvacuateHostProcess.UNDECIDED.set(execution, undecided.isEmpty() ? null : text(undecided));
    HostFailureProcess.METHOD.set(execution, method(run));
    EvacuateHostProcess.GUESTS_TO_GO.set(execution, toGo.size());
    EvacuateHostProcess.RESERVES.set(execution, reserves.count(run));
    EvacuateHostProcess.RESERVE.set(execution, null);
    if (EvacuateHostProcess.STEP.get(execution) == null) {
      EvacuateHostProcess.STEP.set(execution, EvacuateHostProcess.NONE);
    }
    execution.setVariable(
        EvacuateHostProcess.GUESTS,
        Variables.objectValue(new ArrayList<>(toGo))
            .serializationDataFormat(SerializationDataFormats.JSON)
            .create());
    Boundaries.reached(Boundary.GUESTS_LISTED);
  }

  private static String text(List<String> undecided) {
    String more =
        undecided.size() > SHOWN ? "\n... and %d more".formatted(undecided.size() - SHOWN) : "";
    return Texts.cut(undecided.stream().limit(SHOWN).collect(Collectors.joining("\n")) + more);
  }

  private String method(RecoveryRun run) {
    return hosts
        .byUuid(run.hostUuid())
        .flatMap(host -> segments.byUuid(host.segmentUuid()))
        .map(segment -> segment.recoveryMethod().wire())
        .orElse("none");
  }
}
