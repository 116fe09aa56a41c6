package ukemi.fencing;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;

/**
 * The machines that must stay on: ours, our database's, power control's, and those that the
 * operator has named (rule R11).
 */
@Component
class OwnMachines {

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private final DataSource dataSource;
  private final JdbcClient jdbc;
  private final PowerControl power;
  private final NeverFenced never;

  OwnMachines(DataSource dataSource, JdbcClient jdbc, PowerControl power, NeverFenced never) {
    this.dataSource = dataSource;
    this.jdbc = jdbc;
    this.power = power;
    this.never = never;
  }

  /**
   * Refuses a host's machine that we need.
   *
   * @throws FencingRefused when one of its addresses is ours, when ukemi.fencing.never names it, or
   *     when that cannot be told
   */
  void refuse(String host, Machine machine) {
    never
        .entryOf(host, machine)
        .ifPresent(
            entry -> {
              throw new FencingRefused(
                  "ukemi.fencing.never names its machine (%s): it is never fenced"
                      .formatted(entry));
            });
    Set<InetAddress> addresses = new HashSet<>();
    machine.addresses().forEach(text -> parse(text).ifPresent(addresses::add));
    // These are every machine's.
    addresses.removeIf(address -> address.isLoopbackAddress() || address.isLinkLocalAddress());
    refuseIfAny(addresses, ownAddresses(), "Ukemi itself");
    refuseIfAny(addresses, databaseAddresses(), "Ukemi's database");
    refuseIfAny(addresses, resolve(power.hosts()), "MAAS");
    refuseIfAny(addresses, resolve(never.never()), "what ukemi.fencing.never names");
  }

  /** The address; empty when the text is none. Never asks a name server. */
  static Optional<InetAddress> parse(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static void refuseIfAny(Set<InetAddress> machine, Set<InetAddress> own, String who) {
    for (InetAddress address : own) {
      if (machine.contains(address)) {
        throw new FencingRefused(
            "the machine has the address "
                + address.getHostAddress()
                + ", at which "
                + who
                + " runs: it is never fenced");
      }
    }
  }

  private static Set<InetAddress> ownAddresses() {
    try {
      Set<InetAddress> own = new HashSet<>();
      for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
        network.inetAddresses().map(OwnMachines::withoutScope).forEach(own::add);
      }
      return own;
    } catch (SocketException e) {
      throw new FencingRefused(
          "whether it is our own machine cannot be told: our network interfaces cannot be listed");
    }
  }

  /** The address alone: an interface's own name for it would make it unequal to any other. */
  private static InetAddress withoutScope(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      return address;
    }
  }

  private Set<InetAddress> databaseAddresses() {
    List<String> names = databaseHosts();
    Set<InetAddress> addresses = resolve(names);
    jdbc.sql("select host(inet_server_addr())")
        .query(String.class)
        .optional()
        .flatMap(OwnMachines::parse)
        .ifPresent(addresses::add);
    if (addresses.isEmpty()) {
      throw new FencingRefused(
          "whether it is our database's machine cannot be told: "
              + String.join(", ", names)
              + " cannot be resolved");
    }
    return addresses;
  }

  private List<String> databaseHosts() {
    Connection connection = DataSourceUtils.getConnection(dataSource);
    try {
      Properties properties = Driver.parseURL(connection.getMetaData().getURL(), null);
      String hosts = properties == null ? null : PGProperty.PG_HOST.getOrDefault(properties);
      return hosts == null ? List.of() : Arrays.asList(hosts.split(","));
    } catch (SQLException e) {
      return List.of();
    } finally {
      DataSourceUtils.releaseConnection(connection, dataSource);
    }
  }

  /** Names that cannot be resolved are left out: nothing that we use answers there. */
  private static Set<InetAddress> resolve(Iterable<String> names) {
    Set<InetAddress> addresses = new HashSet<>();
    for (String name : names) {
      try {
        Arrays.stream(InetAddress.getAllByName(name.strip()))
            .map(OwnMachines::withoutScope)
            .filter(address -> !address.isAnyLocalAddress())
            .forEach(addresses::add);
      } catch (UnknownHostException e) {
        // left out
      }
    }
    return addresses;
  }
}
