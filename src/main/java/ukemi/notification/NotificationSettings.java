package ukemi.notification;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of notifications.
 *
 * @param duplicateWindow reports of the same thing this close together are one
 * @param expiry a notification received longer ago that nothing deals with ends as failed; a
 *     recovery that runs is never ended by its age
 * @param guestFailures events of a guest that are failures, as "event/vir_domain_event"; others are
 *     ignored
 */
@Validated
@ConfigurationProperties("ukemi.notification")
public record NotificationSettings(
    @NotNull @DefaultValue("180s") Duration duplicateWindow,
    @NotNull @DefaultValue("24h") Duration expiry,
    @NotNull
        @DefaultValue({
          "LIFECYCLE/STOPPED_FAILED",
          "QEMU_GUEST_AGENT_ERROR/STOPPED_FAILED",
          "IO_ERROR/IO_ERROR_REPORT"
        })
        Set<@Pattern(regexp = "[^/]+/[^/]+") String> guestFailures) {

  boolean isGuestFailure(NewNotification notification) {
    return guestFailures.contains(
        notification.payload().get("event") + "/" + notification.payload().get("vir_domain_event"));
  }

  @AssertTrue(message = "ukemi.notification.duplicate-window must be between 0s and 1d")
  boolean isDuplicateWindowSane() {
    return !duplicateWindow.isNegative() && duplicateWindow.compareTo(Duration.ofDays(1)) <= 0;
  }

  @AssertTrue(message = "ukemi.notification.expiry must be between 1h and 365d")
  boolean isExpirySane() {
    return expiry.compareTo(Duration.ofHours(1)) >= 0
        && expiry.compareTo(Duration.ofDays(365)) <= 0;
  }
}
