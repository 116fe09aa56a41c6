package ukemi.hostreturn;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Returns of hosts to service.
 *
 * @param deadline how long a host that was switched on may take until its nova-compute reports, and
 *     again until the guests that were evacuated from it are gone; then a person is asked. A guest
 *     that is moved back for longer is listed
 * @param guestsAtOnce how many guests at once are moved back to a host
 */
@Validated
@ConfigurationProperties("ukemi.returns")
public record ReturnSettings(
    @DefaultValue("30m") @NotNull Duration deadline, @DefaultValue("2") @Min(1) int guestsAtOnce) {

  @AssertTrue(message = "ukemi.returns.deadline must be between 1s and 24h")
  boolean isDeadlineSane() {
    return deadline.compareTo(Duration.ofSeconds(1)) >= 0
        && deadline.compareTo(Duration.ofHours(24)) <= 0;
  }
}
