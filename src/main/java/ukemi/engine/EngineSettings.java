package ukemi.engine;

import org.springframework.boot.context.properties.ConfigurationProperties;
import ukemi.InvalidSetting;

/**
 * How the engine works.
 *
 * @param retryCycle when a failed step is tried again: ISO 8601 durations separated by commas
 */
@ConfigurationProperties("ukemi.engine")
record EngineSettings(String retryCycle) {

  EngineSettings {
    if (retryCycle != null && !retryCycle.matches("PT[0-9.]+[SMH](,PT[0-9.]+[SMH])*")) {
      throw new InvalidSetting(
          "ukemi.engine.retry-cycle",
          "is \"" + retryCycle + "\"",
          "durations such as PT5S,PT1M,PT15M, separated by commas");
    }
  }
}
