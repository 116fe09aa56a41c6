package ukemi.restart;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Restarts of single guests.
 *
 * @param recover only guests that say so in their metadata, or all; Masakari's default is the
 *     opposite of that for hosts, and so is ours
 * @param haKey the metadata key that says so, with a true value
 * @param stopDeadline how long Nova may take to stop a guest
 * @param startDeadline how long Nova may take to start it
 * @param moveDeadline how long Nova may take to move it to another host, and again until the move
 *     is confirmed
 * @param limitPerHour a guest restarted that often within an hour is left to a person
 */
@Validated
@ConfigurationProperties("ukemi.restarts")
public record RestartSettings(
    @DefaultValue("ha-enabled") @NotNull Recover recover,
    @DefaultValue("HA_Enabled") @NotBlank String haKey,
    @DefaultValue("180s") @NotNull Duration stopDeadline,
    @DefaultValue("60s") @NotNull Duration startDeadline,
    @DefaultValue("30m") @NotNull Duration moveDeadline,
    @DefaultValue("3") @Min(1) int limitPerHour) {

  private static final Set<String> YES = Set.of("1", "t", "true", "on", "y", "yes");

  /** Which guests. */
  public enum Recover {
    ALL,
    HA_ENABLED
  }

  @AssertTrue(message = "ukemi.restarts.stop-deadline must be between 1s and 1h")
  boolean isStopDeadlineSane() {
    return isSane(stopDeadline);
  }

  @AssertTrue(message = "ukemi.restarts.start-deadline must be between 1s and 1h")
  boolean isStartDeadlineSane() {
    return isSane(startDeadline);
  }

  @AssertTrue(message = "ukemi.restarts.move-deadline must be between 1s and 1d")
  boolean isMoveDeadlineSane() {
    return moveDeadline.compareTo(Duration.ofSeconds(1)) >= 0
        && moveDeadline.compareTo(Duration.ofDays(1)) <= 0;
  }

  private static boolean isSane(Duration deadline) {
    return deadline.compareTo(Duration.ofSeconds(1)) >= 0
        && deadline.compareTo(Duration.ofHours(1)) <= 0;
  }

  boolean covers(Map<String, String> metadata) {
    return recover == Recover.ALL
        || YES.contains(metadata.getOrDefault(haKey, "").toLowerCase(Locale.ROOT));
  }
}
