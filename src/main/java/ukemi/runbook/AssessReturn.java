package ukemi.runbook;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.ReturnToService;

/** What is known of the host, and what the table return-policy recommends. */
@Component
class AssessReturn extends ReturnTask {

  private final ReturnToService steps;

  AssessReturn(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn) {
    Map<?, ?> policy = HostFailureProcess.POLICY.get(execution);
    if (policy == null) {
      HostFailureProcess.POLICY.set(execution, null); // the drawing asks for it
    }
    boolean isAsked = policy == null || !"no".equals(policy.get("askFirst"));
    boolean isWanted = ReturnToServiceProcess.WANTED_BY.get(execution) != null;
    // what is off although it was reported up is not switched on before somebody has looked at it
    ReturnToServiceProcess.POWER_ON.set(
        execution,
        isAsked || isWanted ? text(policy, "powerOn", "ukemi") : ReturnToServiceProcess.PERSON);
    ReturnToServiceProcess.ROLE.set(execution, text(policy, "role", "service"));
    ReturnToServiceProcess.DISABLED_REASON.set(execution, steps.disabledReason(hostReturn));
    HostFailureProcess.EVIDENCE.set(execution, Texts.cut(steps.describe(hostReturn)));
  }

  private static String text(Map<?, ?> policy, String output, String otherwise) {
    return policy == null || policy.get(output) == null ? otherwise : policy.get(output).toString();
  }
}
