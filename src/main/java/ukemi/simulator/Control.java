package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The switches over HTTP, for tests and demos in another process. Fields come from the query, a
 * form or a JSON object alike, so that curl can do everything.
 */
final class Control {

  private static final List<String> CALLS =
      List.of(
          "GET /simulator",
          "GET /simulator/truth",
          "GET /simulator/requests?service=",
          "POST /simulator/settings?NAME=SECONDS",
          "POST /simulator/hosts?name=&address=",
          "POST /simulator/hosts/HOST/kill-compute|start-compute|crash|hang|lose-power|"
              + "lose-power-and-bmc|power-on|heal",
          "POST /simulator/hosts/HOST/machine?fault=&times=",
          "DELETE /simulator/hosts/HOST/machine",
          "POST /simulator/hosts/HOST/reenlist",
          "POST /simulator/hosts/HOST/capacity?guests=",
          "POST /simulator/guests?host=&name=&count=&metadata.KEY=",
          "POST /simulator/guests/ID/fail?evacuation=&times= or ?action=",
          "POST /simulator/guests/ID/state?vm_state=",
          "DELETE /simulator/guests/ID",
          "POST /simulator/faults?service=&method=&path=&query=&body=&trouble=&status=&seconds="
              + "&times=&retry_after=",
          "DELETE /simulator/faults",
          "POST /simulator/tokens/revoke");

  private final SimulatedCloud cloud;

  Control(SimulatedCloud cloud) {
    this.cloud = cloud;
  }

  Answer answer(Request request) {
    try {
      return call(request);
    } catch (IllegalArgumentException e) {
      return Answer.json(400, Json.object("error", String.valueOf(e.getMessage())));
    }
  }

  private Answer call(Request request) {
    String[] parts = (request.path() + "/-").substring(1).split("/");
    Map<String, String> fields = fields(request);
    String subject = parts.length > 3 ? parts[2] : "";
    String verb = parts.length > 4 ? parts[3] : "";
    String call =
        request.method()
            + " "
            + (parts.length > 2 ? parts[1] : "")
            + (subject.isEmpty() ? "" : "/*")
            + (verb.isEmpty() || parts[1].equals("hosts") ? "" : "/" + verb);
    switch (call) {
      case "GET " -> {
        return Answer.json(200, state());
      }
      case "GET truth" -> {
        return Answer.json(200, truth());
      }
      case "GET requests" -> {
        return Answer.json(200, requests(fields.get("service")));
      }
      case "POST settings" -> fields.forEach(cloud.settings()::set);
      case "POST hosts" ->
          cloud.addHost(fields.get("name"), fields.getOrDefault("address", "10.20.0.250"));
      case "POST hosts/*" -> host(subject, verb, fields);
      case "DELETE hosts/*" -> cloud.clearMachineFaults(subject);
      case "POST guests" -> {
        return Answer.json(200, Json.object("guests", addGuests(fields)));
      }
      case "POST guests/*/fail" -> fail(UUID.fromString(subject), fields);
      case "POST guests/*/state" ->
          cloud.guestState(UUID.fromString(subject), fields.get("vm_state"));
      case "DELETE guests/*" -> cloud.deleteGuest(UUID.fromString(subject));
      case "POST faults" -> cloud.faults().set(match(fields), trouble(fields), times(fields));
      case "DELETE faults" -> {
        cloud.faults().clear();
        cloud.failNothing();
      }
      case "POST tokens/*" -> cloud.revokeTokens();
      default -> {
        return Answer.json(404, Json.object("calls", CALLS));
      }
    }
    return Answer.json(200, Json.object("done", true));
  }

  private void host(String host, String verb, Map<String, String> fields) {
    switch (verb) {
      case "kill-compute" -> cloud.killCompute(host);
      case "start-compute" -> cloud.startCompute(host);
      case "crash" -> cloud.crash(host);
      case "hang" -> cloud.hang(host);
      case "lose-power" -> cloud.losePower(host);
      case "lose-power-and-bmc" -> cloud.losePowerAndBmc(host);
      case "power-on" -> cloud.powerOn(host);
      case "heal" -> cloud.heal(host);
      case "reenlist" -> cloud.reenlist(host);
      case "capacity" -> cloud.capacity(host, Integer.parseInt(fields.get("guests")));
      case "machine" ->
          cloud.machineFault(
              host, MachineFault.valueOf(constant(fields.get("fault"))), times(fields));
      default -> throw new IllegalArgumentException("no switch " + verb);
    }
  }

  private List<String> addGuests(Map<String, String> fields) {
    Map<String, String> metadata = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          if (name.startsWith("metadata.")) {
            metadata.put(name.substring("metadata.".length()), value);
          }
        });
    List<String> ids = new ArrayList<>();
    int count = Integer.parseInt(fields.getOrDefault("count", "1"));
    for (int i = 1; i <= count; i++) {
      String name = fields.getOrDefault("name", "guest") + (count == 1 ? "" : "-" + i);
      ids.add(cloud.addGuest(fields.get("host"), name, metadata).toString());
    }
    return ids;
  }

  private void fail(UUID guest, Map<String, String> fields) {
    if (fields.containsKey("evacuation")) {
      cloud.failEvacuations(
          guest, EvacuationFailure.valueOf(constant(fields.get("evacuation"))), times(fields));
    }
    if (fields.containsKey("action")) {
      cloud.failActions(guest, GuestActionFailure.valueOf(constant(fields.get("action"))));
    }
  }

  private static Match match(Map<String, String> fields) {
    String path = fields.get("path");
    return new Match(
        fields.get("service"),
        fields.get("method"),
        path == null ? null : Pattern.compile(path),
        fields.get("query"),
        fields.get("body"));
  }

  private static Trouble trouble(Map<String, String> fields) {
    String retryAfter = fields.get("retry_after");
    return new Trouble(
        Trouble.Kind.valueOf(constant(fields.getOrDefault("trouble", "status"))),
        Integer.parseInt(fields.getOrDefault("status", "503")),
        Settings.duration(fields.get("seconds")).orElse(null),
        retryAfter == null ? null : Integer.valueOf(retryAfter));
  }

  private static int times(Map<String, String> fields) {
    return Optional.ofNullable(fields.get("times"))
        .map(Integer::parseInt)
        .orElse(Integer.MAX_VALUE);
  }

  private static String constant(String name) {
    return String.valueOf(name).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static Map<String, String> fields(Request request) {
    Map<String, String> fields = new LinkedHashMap<>();
    request.parameters().forEach((name, values) -> fields.put(name, values.get(0)));
    request.form().forEach((name, values) -> fields.put(name, values.get(0)));
    JsonNode json = request.json();
    json.properties().forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
    return fields;
  }

  private Map<String, Object> state() {
    World world = cloud.world();
    synchronized (world) {
      return Json.object(
          "calls",
          CALLS,
          "settings",
          cloud.settings().all(),
          "faults",
          cloud.faults().shown(),
          "hosts",
          world.hosts().stream()
              .map(
                  host ->
                      Json.object(
                          "name",
                          host.name,
                          "power",
                          host.power,
                          "system",
                          host.system,
                          "nova-compute",
                          host.alive(),
                          "guests",
                          cloud.truth().guestsOn(host.name).size()))
              .toList());
    }
  }

  private Map<String, Object> truth() {
    World world = cloud.world();
    Truth truth = cloud.truth();
    List<Object> guests = new ArrayList<>();
    List<Object> hosts = new ArrayList<>();
    synchronized (world) {
      for (Guest guest : world.guests()) {
        guests.add(
            Json.object(
                "id",
                guest.id.toString(),
                "name",
                guest.name,
                "host",
                guest.host,
                "state",
                truth.stateOf(guest.id),
                "locked",
                truth.lockOf(guest.id).orElse(null),
                "running_on",
                guest.runningOn(),
                "evacuate_calls",
                truth.evacuateCalls(guest.id).size()));
      }
      for (Host host : world.hosts()) {
        hosts.add(
            Json.object(
                "name",
                host.name,
                "power",
                host.power,
                "status",
                host.disabled ? "disabled" : "enabled",
                "forced_down",
                host.forcedDown,
                "up",
                world.isUp(host),
                "locked",
                cloud.locked(host.name)));
      }
    }
    return Json.object(
        "hosts",
        hosts,
        "guests",
        guests,
        "twice_running",
        truth.twiceRunning().stream()
            .map(
                twice ->
                    Json.object(
                        "at",
                        twice.at().toString(),
                        "guest",
                        twice.guest().toString(),
                        "hosts",
                        twice.hosts()))
            .toList(),
        "evacuated_from_hosts_with_power",
        truth.evacuatedFromHostsWithPower().size(),
        "evacuate_calls",
        truth.evacuateCalls().stream()
            .map(
                call ->
                    Json.object(
                        "at",
                        call.at().toString(),
                        "guest",
                        call.guest().toString(),
                        "source",
                        call.source(),
                        "target",
                        call.target(),
                        "status",
                        call.status(),
                        "source_had_power",
                        call.sourceHadPower()))
            .toList(),
        "power_orders",
        truth.powerOrders().stream()
            .map(
                order ->
                    Json.object(
                        "at",
                        order.at().toString(),
                        "host",
                        order.host(),
                        "operation",
                        order.operation(),
                        "mode",
                        order.mode(),
                        "comment",
                        order.comment(),
                        "status",
                        order.status()))
            .toList(),
        "nova_requests",
        truth.novaRequests());
  }

  private List<Object> requests(String service) {
    List<Object> requests = new ArrayList<>();
    for (Truth.Handled handled : cloud.truth().requests()) {
      if (service == null || service.equals(handled.service())) {
        requests.add(
            Json.object(
                "at",
                handled.at().toString(),
                "service",
                handled.service(),
                "method",
                handled.method(),
                "path",
                handled.path(),
                "query",
                handled.query(),
                "status",
                handled.status(),
                "milliseconds",
                handled.milliseconds()));
      }
    }
    return requests;
  }
}
