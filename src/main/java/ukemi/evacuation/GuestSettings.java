package ukemi.evacuation;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which guests of a dead host are recovered.
 *
 * @param recover all of them, or only those that say so in their metadata; those go first in any
 *     case
 * @param haKey the metadata key that says so, with a true value
 * @param leaveErrors whether guests that were in state error are left
 * @param lock which guests are locked until they are back, so that their owners do not interfere; a
 *     lock of the owner's own is kept
 */
@Validated
@ConfigurationProperties("ukemi.guests")
public record GuestSettings(
    @DefaultValue("all") @NotNull Recover recover,
    @DefaultValue("HA_Enabled") @NotBlank String haKey,
    @DefaultValue("false") boolean leaveErrors,
    @DefaultValue("several-steps") @NotNull Lock lock) {

  /** Which guests. */
  public enum Recover {
    ALL,
    HA_ENABLED
  }

  /** Whom to lock. */
  public enum Lock {
    ALWAYS,
    /** Those that need more than one order to Nova: during a single one Nova keeps owners off. */
    SEVERAL_STEPS,
    NEVER
  }
}
