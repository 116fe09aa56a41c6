package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** A machine as MAAS knows it. Guarded by the world. */
final class Machine {

  private static final String TEMPLATE = template();
  private static final Map<Integer, String> STATUS_NAMES =
      Map.ofEntries(
          Map.entry(0, "New"),
          Map.entry(1, "Commissioning"),
          Map.entry(2, "Failed commissioning"),
          Map.entry(3, "Missing"),
          Map.entry(4, "Ready"),
          Map.entry(5, "Reserved"),
          Map.entry(6, "Deployed"),
          Map.entry(7, "Retired"),
          Map.entry(8, "Broken"),
          Map.entry(9, "Deploying"),
          Map.entry(10, "Allocated"),
          Map.entry(11, "Failed deployment"),
          Map.entry(12, "Releasing"),
          Map.entry(13, "Releasing failed"),
          Map.entry(14, "Disk erasing"),
          Map.entry(15, "Failed disk erasing"),
          Map.entry(16, "Rescue mode"),
          Map.entry(17, "Entering rescue mode"),
          Map.entry(18, "Failed to enter rescue mode"),
          Map.entry(19, "Exiting rescue mode"),
          Map.entry(20, "Failed to exit rescue mode"),
          Map.entry(21, "Testing"),
          Map.entry(22, "Failed testing"));

  final Host host;
  final String hostname;
  final String domain;
  String systemId;
  String owner;
  int status = 6;
  String statusMessage;
  String powerType = "ipmi";
  boolean locked;
  boolean ephemeral;
  String cached = "on";

  /** The power action in progress: on, off or null. */
  String action;

  boolean flap;

  /** Fault to how many more orders or queries it will spoil. */
  final Map<MachineFault, Integer> faults = new EnumMap<>(MachineFault.class);

  Machine(Host host, String systemId, String owner) {
    this.host = host;
    this.systemId = systemId;
    this.owner = owner;
    int dot = host.name.indexOf('.');
    hostname = (dot < 0 ? host.name : host.name.substring(0, dot)).toLowerCase(Locale.ROOT);
    domain = dot < 0 ? "maas" : host.name.substring(dot + 1);
  }

  boolean has(MachineFault fault) {
    return faults.containsKey(fault);
  }

  /** Whether the fault is set; if so, one of its times is used up. */
  boolean take(MachineFault fault) {
    Integer left = faults.get(fault);
    if (left == null) {
      return false;
    }
    if (left <= 1) {
      faults.remove(fault);
    } else {
      faults.put(fault, left - 1);
    }
    return true;
  }

  void cached(String state) {
    if (!has(MachineFault.STALE_CACHE)) {
      cached = state;
    }
  }

  String reallyNow() {
    return host.power ? "on" : "off";
  }

  String powerType() {
    if (has(MachineFault.NO_POWER_TYPE)) {
      return "";
    }
    return has(MachineFault.MANUAL) ? "manual" : powerType;
  }

  boolean controllable() {
    return !powerType().isEmpty() && !powerType().equals("manual");
  }

  ObjectNode shown() {
    ObjectNode shown =
        (ObjectNode)
            Json.read(
                TEMPLATE
                    .replace("SYSTEM", systemId)
                    .replace("HOSTNAME", hostname)
                    .replace("DOMAIN", domain)
                    .replace("ADDRESS", host.address)
                    .replace("HARDWARE", String.format("52:54:00:00:00:%02x", host.number))
                    .getBytes(StandardCharsets.UTF_8));
    shown.put("owner", owner);
    shown.put("status", status);
    shown.put("status_name", STATUS_NAMES.getOrDefault(status, "Unknown"));
    shown.put("status_message", statusMessage);
    shown.put("power_state", cached);
    shown.put("power_type", powerType());
    shown.put("locked", locked);
    shown.put("ephemeral_deploy", ephemeral);
    return shown;
  }

  private static String template() {
    try (InputStream in = Machine.class.getResourceAsStream("/simulator/machine.json")) {
      JsonNode parsed = Json.MAPPER.readTree(in);
      return parsed.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
