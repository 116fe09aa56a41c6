package ukemi.simulator;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How the simulated cloud is set up; everything may be changed while it runs. The first values are
 * those of the real services, except for the times of an evacuation and of a boot.
 */
public final class Settings {

  private final Map<String, Duration> durations = new LinkedHashMap<>();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();

  Settings() {
    durations.put("reportInterval", Duration.ofSeconds(10));
    durations.put("serviceDownTime", Duration.ofSeconds(60));
    durations.put("rpcTimeout", Duration.ofSeconds(60));
    durations.put("traitLag", Duration.ofSeconds(60));
    durations.put("tokenLifetime", Duration.ofHours(1));
    durations.put("novaClockOffset", Duration.ZERO);
    durations.put("evacuationTime", Duration.ofSeconds(5));
    durations.put("evacuationTimeSpread", Duration.ZERO);
    durations.put("guestActionTime", Duration.ofMillis(500));
    durations.put("coldMigrationTime", Duration.ofSeconds(2));
    durations.put("bootTime", Duration.ofSeconds(2));
    durations.put("powerDelay", Duration.ofSeconds(1));
    durations.put("slowPowerDelay", Duration.ofSeconds(8));
    durations.put("powerCacheDelay", Duration.ofSeconds(4));
    durations.put("bmcTimeout", Duration.ofSeconds(60));
    durations.put("noRackDelay", Duration.ofSeconds(2));
    durations.put("maasClockOffset", Duration.ZERO);
    numbers.put("evacuationsAtOnce", Integer.MAX_VALUE);
    numbers.put("maxLimit", 1000);
    numbers.put("seed", 4711);
  }

  /** How often a live nova-compute reports (Nova's report_interval); 10 s. */
  public Settings reportInterval(Duration value) {
    return set("reportInterval", value);
  }

  /** After which silence Nova calls a service down; 60 s. */
  public Settings serviceDownTime(Duration value) {
    return set("serviceDownTime", value);
  }

  /** How long Nova waits for a dead nova-compute (rpc_response_timeout); 60 s. */
  public Settings rpcTimeout(Duration value) {
    return set("rpcTimeout", value);
  }

  /** How long a host enabled while down stays unusable for the scheduler; 60 s. */
  public Settings traitLag(Duration value) {
    return set("traitLag", value);
  }

  /** How long a new token is good; 1 h. */
  public Settings tokenLifetime(Duration value) {
    return set("tokenLifetime", value);
  }

  /** How far Nova's clock is ahead of the real one, in Date headers and in all its times. */
  public Settings novaClockOffset(Duration value) {
    return set("novaClockOffset", value);
  }

  /** Time from the start of the work on an evacuation to its end; 5 s. */
  public Settings evacuationTime(Duration value) {
    return set("evacuationTime", value);
  }

  /** Up to how much longer an evacuation may take, at random but repeatably by the seed; 0. */
  public Settings evacuationTimeSpread(Duration value) {
    return set("evacuationTimeSpread", value);
  }

  /** How many evacuations are worked on at the same time; no limit. */
  public Settings evacuationsAtOnce(int value) {
    return set("evacuationsAtOnce", value);
  }

  /** Time that stop and start of a guest take; 0.5 s. */
  public Settings guestActionTime(Duration value) {
    return set("guestActionTime", value);
  }

  /** Time from the start of the work on a cold migration until it can be confirmed; 2 s. */
  public Settings coldMigrationTime(Duration value) {
    return set("coldMigrationTime", value);
  }

  /** Time from power on until nova-compute runs; 2 s. */
  public Settings bootTime(Duration value) {
    return set("bootTime", value);
  }

  /** Time from a power order until it has happened; 1 s. */
  public Settings powerDelay(Duration value) {
    return set("powerDelay", value);
  }

  /** The same on a machine that is slow; 8 s. */
  public Settings slowPowerDelay(Duration value) {
    return set("slowPowerDelay", value);
  }

  /** Time from a change of power until MAAS's cached state shows it; 4 s. */
  public Settings powerCacheDelay(Duration value) {
    return set("powerCacheDelay", value);
  }

  /** How long a power query of a lost BMC takes before 504; 60 s. */
  public Settings bmcTimeout(Duration value) {
    return set("bmcTimeout", value);
  }

  /** How long MAAS looks for a rack before 503; 2 s. */
  public Settings noRackDelay(Duration value) {
    return set("noRackDelay", value);
  }

  /** How far MAAS's clock is ahead of the real one. */
  public Settings maasClockOffset(Duration value) {
    return set("maasClockOffset", value);
  }

  /** Nova's max_limit: rows on a page at most; 1000. */
  public Settings maxLimit(int value) {
    return set("maxLimit", value);
  }

  /** Start of everything random. */
  public Settings seed(int value) {
    return set("seed", value);
  }

  synchronized Settings set(String name, Duration value) {
    if (!durations.containsKey(name)) {
      throw new IllegalArgumentException("no setting " + name);
    }
    durations.put(name, value);
    return this;
  }

  synchronized Settings set(String name, int value) {
    if (!numbers.containsKey(name)) {
      throw new IllegalArgumentException("no setting " + name);
    }
    numbers.put(name, value);
    return this;
  }

  /** Sets by name: a number, or a duration in seconds or as ISO-8601 text. */
  void set(String name, String value) {
    if (numbers.containsKey(name)) {
      set(name, Integer.parseInt(value));
    } else {
      set(name, duration(value).orElseThrow(() -> new IllegalArgumentException(name)));
    }
  }

  static Optional<Duration> duration(String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        text.startsWith("P") || text.startsWith("-P")
            ? Duration.parse(text)
            : Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000)));
  }

  synchronized Duration time(String name) {
    return durations.get(name);
  }

  synchronized int number(String name) {
    return numbers.get(name);
  }

  synchronized Map<String, Object> all() {
    Map<String, Object> all = new LinkedHashMap<>();
    durations.forEach((name, value) -> all.put(name, value.toString()));
    all.putAll(numbers);
    return all;
  }
}
