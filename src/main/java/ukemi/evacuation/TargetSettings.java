package ukemi.evacuation;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where guests go.
 *
 * @param auto the segment's other hosts, or any that Nova chooses
 * @param reserveJoinsAggregates whether a reserve is put into the aggregates of the dead host
 */
@Validated
@ConfigurationProperties("ukemi.targets")
public record TargetSettings(
    @DefaultValue("segment") @NotNull Auto auto,
    @DefaultValue("false") boolean reserveJoinsAggregates) {

  /** Where a guest goes that is not for a reserve. Nova's scheduler has the last word. */
  public enum Auto {
    SEGMENT,
    ANYWHERE
  }
}
