package ukemi.runbook;

import org.springframework.stereotype.Component;
import ukemi.evacuation.EvacuationSettings;
import ukemi.fencing.DetectionSettings;
import ukemi.fencing.Fencing;
import ukemi.fencing.FencingSettings;
import ukemi.hostreturn.ReturnSettings;
import ukemi.restart.RestartSettings;

/**
 * What the drawings ask for: {@code ${settings...}}. Durations are ISO 8601. Public for the
 * engine's expressions.
 */
@Component("settings")
public class RunbookSettings {

  private final DetectionSettings detection;
  private final FencingSettings fencing;
  private final Fencing readings;
  private final EvacuationSettings evacuation;
  private final RestartSettings restarts;
  private final ReturnSettings returns;

  RunbookSettings(
      DetectionSettings detection,
      FencingSettings fencing,
      Fencing readings,
      EvacuationSettings evacuation,
      RestartSettings restarts,
      ReturnSettings returns) {
    this.detection = detection;
    this.fencing = fencing;
    this.readings = readings;
    this.evacuation = evacuation;
    this.restarts = restarts;
    this.returns = returns;
  }

  public String fencingProvider() {
    return fencing.provider().name().toLowerCase(java.util.Locale.ROOT);
  }

  public String fencingDeadline() {
    return fencing.deadline().toString();
  }

  /** For the reading just asked for; longer than that there is none. */
  public String readingDeadline() {
    return readings.readingDeadline().toString();
  }

  public String heartbeatUnclearAfter() {
    return detection.unclearAfter().toString();
  }

  public String evacuationSlowAfter() {
    return evacuation.slowAfter().toString();
  }

  public String landingDeadline() {
    return evacuation.deadline().toString();
  }

  public String retryPause() {
    return evacuation.retryPause().toString();
  }

  public String stopDeadline() {
    return restarts.stopDeadline().toString();
  }

  /** Nobody reports every process up again: after this a person is asked. */
  public String askAboutProcessAfter() {
    return "PT1H";
  }

  public String returnDeadline() {
    return returns.deadline().toString();
  }

  public String moveDeadline() {
    return restarts.moveDeadline().toString();
  }

  public String startDeadline() {
    return restarts.startDeadline().toString();
  }
}
