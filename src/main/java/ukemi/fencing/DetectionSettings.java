package ukemi.fencing;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import ukemi.InvalidSetting;

/**
 * When a host counts as silent or as a false alarm (rule R2).
 *
 * @param heartbeatSilence a heartbeat older than this is silence; longer than nova-compute's
 *     report_interval (10 s)
 * @param falseAlarmAfter a host that has been alive for so long was reported in error
 * @param unclearAfter after this long without a clear heartbeat a person is asked
 */
@ConfigurationProperties("ukemi.detection")
public record DetectionSettings(
    @DefaultValue("15s") Duration heartbeatSilence,
    @DefaultValue("5m") Duration falseAlarmAfter,
    @DefaultValue("30m") Duration unclearAfter) {

  public DetectionSettings {
    requirePositive("ukemi.detection.heartbeat-silence", heartbeatSilence);
    requirePositive("ukemi.detection.false-alarm-after", falseAlarmAfter);
    requirePositive("ukemi.detection.unclear-after", unclearAfter);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new InvalidSetting(name, "is " + value, "a time above zero, such as 15s");
    }
  }
}
