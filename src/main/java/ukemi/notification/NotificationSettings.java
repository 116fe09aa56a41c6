package ukemi.notification;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the intake.
 *
 * @param duplicateWindow reports of the same thing this close together are one
 */
@Validated
@ConfigurationProperties("ukemi.notification")
record NotificationSettings(@NotNull @DefaultValue("180s") Duration duplicateWindow) {

  @AssertTrue(message = "ukemi.notification.duplicate-window must be between 0s and 1d")
  boolean isDuplicateWindowSane() {
    return !duplicateWindow.isNegative() && duplicateWindow.compareTo(Duration.ofDays(1)) <= 0;
  }
}
