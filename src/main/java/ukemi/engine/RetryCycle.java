package ukemi.engine;

import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.springframework.stereotype.Component;

/**
 * When a failed step is tried again: soon at first, then every minute for an hour, then every
 * quarter of an hour for a day. Control planes stay down long.
 */
@Component
class RetryCycle extends AbstractProcessEnginePlugin {

  private static final String DEFAULT =
      Stream.of(
              Stream.of("PT2S", "PT5S", "PT10S", "PT20S", "PT30S"),
              Collections.nCopies(60, "PT1M").stream(),
              Collections.nCopies(96, "PT15M").stream())
          .flatMap(intervals -> intervals)
          .collect(Collectors.joining(","));

  private final String cycle;

  RetryCycle(EngineSettings settings) {
    this.cycle = settings.retryCycle() == null ? DEFAULT : settings.retryCycle();
  }

  @Override
  public void preInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setFailedJobRetryTimeCycle(cycle);
  }
}
