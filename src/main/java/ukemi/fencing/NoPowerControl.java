package ukemi.fencing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Power control of a site that has none. */
@Component
@ConditionalOnProperty(name = "ukemi.fencing.provider", havingValue = "none")
class NoPowerControl implements PowerControl {

  private static final String REASON = "ukemi.fencing.provider is none: no machine can be switched";

  @Override
  public List<Machine> named(String hostname) {
    throw new PowerControlRefused(REASON);
  }

  @Override
  public Optional<Machine> machine(String systemId) {
    throw new PowerControlRefused(REASON);
  }

  @Override
  public LivePower query(String systemId) {
    return new LivePower(PowerState.UNKNOWN, REASON);
  }

  @Override
  public Duration queryLimit() {
    return Duration.ZERO;
  }

  @Override
  public String powerOff(String systemId, String comment) {
    throw new PowerControlRefused(REASON);
  }

  @Override
  public String powerOn(String systemId, String comment) {
    throw new PowerControlRefused(REASON);
  }

  @Override
  public boolean lock(String systemId, String comment) {
    throw new PowerControlRefused(REASON);
  }

  @Override
  public boolean unlock(String systemId, String comment) {
    throw new PowerControlRefused(REASON);
  }

  @Override
  public Set<String> hosts() {
    return Set.of();
  }

  @Override
  public String description() {
    return "no fencing provider";
  }
}
