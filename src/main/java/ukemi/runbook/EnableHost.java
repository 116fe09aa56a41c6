package ukemi.runbook;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;
import ukemi.engine.PlannedErrors;
import ukemi.hostreturn.HostLost;
import ukemi.hostreturn.HostNotUp;
import ukemi.hostreturn.HostReturn;
import ukemi.hostreturn.NotAllowed;
import ukemi.hostreturn.ReturnToService;

/** Lets Nova choose the returned host again. */
@Component
@PlannedErrors({
  ReturnToServiceProcess.HOST_NOT_UP,
  ReturnToServiceProcess.NOVA_REFUSES,
  ReturnToServiceProcess.HOST_LOST
})
class EnableHost extends ReturnTask {

  private final ReturnToService steps;

  EnableHost(ReturnToService steps) {
    this.steps = steps;
  }

  @Override
  void execute(DelegateExecution execution, HostReturn hostReturn)
      throws HostLost, HostNotUp, NotAllowed {
    boolean asked = !"no".equals(policy(execution).get("askFirst"));
    steps.enable(hostReturn, asked ? ReturnToServiceProcess.DISABLED_REASON.get(execution) : null);
  }

  private static Map<?, ?> policy(DelegateExecution execution) {
    Map<?, ?> policy = HostFailureProcess.POLICY.get(execution);
    return policy == null ? Map.of() : policy;
  }
}
