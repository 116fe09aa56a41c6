package ukemi.evacuation;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How guests are evacuated.
 *
 * @param inFlight evacuations in Nova at one time, over all recoveries and nodes
 * @param attempts tries for a guest that Nova fails to evacuate
 * @param retryPause pause between two tries
 * @param deadline after this long in Nova a guest is listed as left
 * @param slowAfter after this long a person is asked to look into a host's evacuation
 */
@Validated
@ConfigurationProperties("ukemi.evacuation")
public record EvacuationSettings(
    @DefaultValue("16") @Min(1) @Max(1000) int inFlight,
    @DefaultValue("3") @Min(1) @Max(20) int attempts,
    @DefaultValue("5s") @NotNull Duration retryPause,
    @DefaultValue("15m") @NotNull Duration deadline,
    @DefaultValue("30m") @NotNull Duration slowAfter) {}
