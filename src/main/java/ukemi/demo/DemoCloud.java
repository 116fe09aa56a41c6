package ukemi.demo;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ukemi.simulator.SimulatedCloud;
import ukemi.simulator.Truth;

/** The simulated cloud of the demo: three hosts with guests, and one in reserve. */
final class DemoCloud implements AutoCloseable {

  static final String USER = "ukemi";
  static final String PASSWORD = "secret";
  static final String PROJECT = "service";

  /** The host that is the reserve at first. */
  static final String RESERVE = "compute-4";

  /** Guests that fit on a host: so many that a second dead host needs the reserve. */
  static final int CAPACITY = 16;

  private static final Map<String, List<String>> GUESTS = guests();

  /** Marked HA_Enabled=True: they come first. */
  private static final Set<String> IMPORTANT =
      Set.of("payments", "shop-db", "invoices", "dns-2", "phones", "door-locks");

  private final SimulatedCloud cloud = SimulatedCloud.start(0);
  private final Map<UUID, String> names = new LinkedHashMap<>();

  DemoCloud() {
    cloud
        .settings()
        .reportInterval(Duration.ofSeconds(2))
        .powerDelay(Duration.ofSeconds(1))
        .bmcTimeout(Duration.ofSeconds(3))
        .evacuationTime(Duration.ofSeconds(4))
        .evacuationTimeSpread(Duration.ofMillis(1500));
    String network = unusedNetwork();
    int number = 0;
    for (Map.Entry<String, List<String>> host : GUESTS.entrySet()) {
      cloud.addHost(host.getKey(), network + ++number);
      cloud.capacity(host.getKey(), CAPACITY);
      for (String guest : host.getValue()) {
        Map<String, String> metadata =
            IMPORTANT.contains(guest) ? Map.of("HA_Enabled", "True") : Map.of();
        names.put(cloud.addGuest(host.getKey(), guest, metadata), guest);
      }
    }
  }

  /**
   * Of the networks for documentation (RFC 5737) one that this machine is not in, although some
   * containers are in one: Ukemi never fences a machine that has an address of its own.
   */
  private static String unusedNetwork() {
    try {
      String own =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .map(InetAddress::getHostAddress)
              .collect(Collectors.joining(" ", " ", ""));
      return Stream.of("192.0.2.", "198.51.100.", "203.0.113.")
          .filter(network -> !own.contains(" " + network))
          .findFirst()
          .orElse("203.0.113.");
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, List<String>> guests() {
    Map<String, List<String>> guests = new LinkedHashMap<>();
    guests.put(
        "compute-1",
        List.of(
            "payments", "shop-db", "shop-web-1", "dns-1", "mail", "wiki", "print-queue", "ci-1"));
    guests.put(
        "compute-2",
        List.of("invoices", "dns-2", "shop-web-2", "shop-cache", "chat", "git", "metrics", "ci-2"));
    guests.put(
        "compute-3",
        List.of(
            "phones",
            "door-locks",
            "shop-web-3",
            "search",
            "payroll",
            "calendar",
            "backup",
            "ci-3"));
    guests.put(RESERVE, List.of());
    return guests;
  }

  /** All hosts, in order. */
  List<String> hosts() {
    return List.copyOf(GUESTS.keySet());
  }

  /** The switches of the cloud. */
  SimulatedCloud simulated() {
    return cloud;
  }

  /** What is really so. */
  Truth truth() {
    return cloud.truth();
  }

  /** The guest's name. */
  String nameOf(UUID guest) {
    return names.get(guest);
  }

  /** Number of guests. */
  int guestCount() {
    return names.size();
  }

  /** The names of the guests that Nova shows on the host, in order. */
  List<String> guestsOn(String host) {
    return cloud.truth().guestsOn(host).stream().map(this::nameOf).toList();
  }

  @Override
  public void close() {
    cloud.close();
  }
}
