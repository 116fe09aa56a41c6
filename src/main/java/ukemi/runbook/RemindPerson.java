package ukemi.runbook;

import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.task.Task;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Raises a question that nobody has answered: it moves up in Tasklist. Decides nothing. */
@Component
class RemindPerson implements JavaDelegate {

  private static final Logger LOG = LoggerFactory.getLogger(RemindPerson.class);

  private static final int HIGHEST = 100;
  private static final int STEP = 10;

  private final TaskService tasks;

  RemindPerson(TaskService tasks) {
    this.tasks = tasks;
  }

  @Override
  public void execute(DelegateExecution execution) {
    tasks
        .createTaskQuery()
        .processInstanceId(execution.getProcessInstanceId())
        .taskDefinitionKeyIn(
            HostFailureProcess.APPROVE_RECOVERY,
            HostFailureProcess.APPROVE_EVACUATION,
            PlannedWorkProcess.SEE_TO_FAILURES)
        .list()
        .forEach(this::raise);
  }

  private void raise(Task task) {
    tasks.setPriority(task.getId(), Math.min(HIGHEST, task.getPriority() + STEP));
    LOG.warn("\"{}\" waits for an answer since {}", task.getName(), task.getCreateTime());
  }
}
