package ukemi.fencing;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import ukemi.InvalidSetting;

/**
 * How hosts are fenced.
 *
 * @param provider who switches machines off
 * @param deadline how long to wait for proof before a person is asked; also how long readings may
 *     fail after proof before the host is fenced again
 * @param latch whether a machine that is proven off is locked in MAAS until evacuation has ended
 * @param readingGap from the end of one "off" reading to the begin of the next, at least 5 s
 * @param proofAge how old the last live "off" may be when a guest is evacuated
 * @param personProofAge how long a person's proof lasts while no guest is evacuated
 * @param machines MAAS's system_id of hosts whose MAAS name is not the first part of the host name
 */
@ConfigurationProperties("ukemi.fencing")
public record FencingSettings(
    @DefaultValue("maas") Provider provider,
    @DefaultValue("180s") Duration deadline,
    @DefaultValue("true") boolean latch,
    @DefaultValue("5s") Duration readingGap,
    @DefaultValue("60s") Duration proofAge,
    @DefaultValue("15m") Duration personProofAge,
    @DefaultValue Map<String, String> machines) {

  private static final Duration SHORTEST_GAP = Duration.ofSeconds(5);

  public FencingSettings {
    if (provider == null) {
      throw new InvalidSetting("ukemi.fencing.provider", "is empty", "maas or none");
    }
    if (readingGap.compareTo(SHORTEST_GAP) < 0) {
      throw new InvalidSetting("ukemi.fencing.reading-gap", "is " + readingGap, "at least 5s");
    }
    requireLongerThan("ukemi.fencing.deadline", deadline, readingGap);
    requireLongerThan("ukemi.fencing.proof-age", proofAge, readingGap);
    requireLongerThan("ukemi.fencing.person-proof-age", personProofAge, proofAge);
    machines = Map.copyOf(machines);
    machines.forEach(
        (host, systemId) -> {
          if (systemId.isBlank()) {
            throw new InvalidSetting(
                "ukemi.fencing.machines." + host, "is empty", "the machine's system_id in MAAS");
          }
        });
  }

  private static void requireLongerThan(String name, Duration value, Duration gap) {
    if (value.compareTo(gap) <= 0) {
      throw new InvalidSetting(name, "is " + value, "longer than ukemi.fencing.reading-gap");
    }
  }
}
