package ukemi.notification;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of what is kept.
 *
 * @param keep how long a notification that has ended is kept, with its vmoves and all that was
 *     recorded about its recovery
 * @param keepIgnored the same for one that was refused, or ignored before anything was done or
 *     asked about it: most are
 */
@Validated
@ConfigurationProperties("ukemi.notification")
public record RetentionSettings(
    @NotNull @DefaultValue("365d") Duration keep,
    @NotNull @DefaultValue("30d") Duration keepIgnored) {

  /** Not below the longest duplicate window. */
  private static final Duration SHORTEST = Duration.ofDays(1);

  private static final Duration LONGEST = Duration.ofDays(36_500);

  @AssertTrue(message = "ukemi.notification.keep must be between 1d and 36500d")
  boolean isKeepSane() {
    return isSane(keep);
  }

  @AssertTrue(message = "ukemi.notification.keep-ignored must be between 1d and 36500d")
  boolean isKeepIgnoredSane() {
    return isSane(keepIgnored);
  }

  private static boolean isSane(Duration time) {
    return time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0;
  }
}
