package ukemi.runbook;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.runtime.ActivityInstance;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.runtime.TransitionInstance;
import org.springframework.stereotype.Component;
import ukemi.notification.Holds;
import ukemi.notification.Holds.Hold;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.PlannedWorks;

/** Fills the form about a restored database with what is held. */
@Component
class ShowHeld implements TaskListener {

  private static final int LISTED = 20;

  /** What the back-up has for announced work that is not over. */
  private static final Variable<String> PLANNED_WORK = new Variable<>("plannedWork", String.class);

  private static final Pattern EXPRESSION = Pattern.compile("\\$\\{(\\w+)}");

  private final Holds holds;
  private final HeldProcesses held;
  private final RuntimeService runtime;
  private final RepositoryService repository;
  private final Notifications notifications;
  private final PlannedWorks works;

  ShowHeld(
      Holds holds,
      HeldProcesses held,
      RuntimeService runtime,
      RepositoryService repository,
      Notifications notifications,
      PlannedWorks works) {
    this.holds = holds;
    this.held = held;
    this.runtime = runtime;
    this.repository = repository;
    this.notifications = notifications;
    this.works = works;
  }

  @Override
  public void notify(DelegateTask task) {
    HostFailureProcess.EVIDENCE.set(task, holds.open().map(this::list).orElse("nothing"));
    PLANNED_WORK.set(task, plannedWork());
    // nobody finds another person's word already filled in
    HostFailureProcess.DECISION.clear(task);
    HostFailureProcess.COMMENT.clear(task);
  }

  /** It is not held; it may have been ended since the back-up. */
  private String plannedWork() {
    String open =
        works.unfinished().stream()
            .filter(work -> work.endedAt() == null)
            .limit(LISTED)
            .map(PlannedWork::title)
            .collect(Collectors.joining("\n"));
    return open.isEmpty() ? "none" : Texts.cut(open);
  }

  private String list(Hold hold) {
    List<String> lines = held.roots(hold).stream().map(this::line).sorted().toList();
    if (lines.isEmpty()) {
      return "nothing was open in the back-up";
    }
    List<String> shown = new ArrayList<>();
    int room = Texts.LIMIT - 50; // for how many more there are
    for (String line : lines) {
      room -= line.length() + 1;
      if (shown.size() == LISTED || room < 0) {
        shown.add("and %d more, see Cockpit".formatted(lines.size() - shown.size()));
        break;
      }
      shown.add(line);
    }
    return String.join("\n", shown);
  }

  private String line(ProcessInstance process) {
    String what =
        repository.getProcessDefinition(process.getProcessDefinitionId()).getName()
            + " (at \""
            + steps(process)
            + "\")";
    return Texts.uuid(process.getBusinessKey())
        .flatMap(notifications::find)
        .map(one -> subject(one) + ": " + what + ", reported " + when(one))
        .orElseGet(() -> host(process) + what);
  }

  private String host(ProcessInstance process) {
    Object host = runtime.getVariable(process.getId(), HostFailureProcess.HOST_NAME.name());
    return host == null ? "" : host + ": ";
  }

  private static String subject(Notification notification) {
    Object guest = notification.payload().get("instance_uuid");
    return notification.sourceHostName() + (guest == null ? "" : ", guest " + guest);
  }

  private static String when(Notification notification) {
    return notification.receivedAt().truncatedTo(ChronoUnit.SECONDS)
        + ", notification "
        + notification.uuid();
  }

  /** As Tasklist shows it; what runs knows only the drawing's name. */
  private String filled(String name, ProcessInstance process) {
    return EXPRESSION
        .matcher(name)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf(runtime.getVariable(process.getId(), found.group(1)))));
  }

  private String steps(ProcessInstance process) {
    ActivityInstance all = runtime.getActivityInstance(process.getId());
    return Stream.concat(
            Arrays.stream(all.getChildActivityInstances()).map(ActivityInstance::getActivityName),
            Arrays.stream(all.getChildTransitionInstances()) // about to begin
                .map(TransitionInstance::getActivityName))
        .map(name -> filled(name, process))
        .collect(Collectors.joining(", "));
  }
}
