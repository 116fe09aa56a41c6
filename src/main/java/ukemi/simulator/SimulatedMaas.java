package ukemi.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** MAAS's API 2.0, as recorded from 3.4. */
final class SimulatedMaas {

  private static final String ROOT = "/MAAS/api/2.0/";
  private static final Set<String> ORDERS = Set.of("power_off", "power_on", "lock", "unlock");
  private static final DateTimeFormatter EVENT_TIME =
      DateTimeFormatter.ofPattern("EEE, dd MMM. yyyy HH:mm:ss", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final Answer FORBIDDEN = Answer.text(403, "");
  private static final String VERSION = "3.4.10";

  private final World world;
  private final MaasKeys keys;
  private final Machines machines;
  private final MaasPower power;

  SimulatedMaas(World world, MaasKeys keys, Machines machines) {
    this.world = world;
    this.keys = keys;
    this.machines = machines;
    power = new MaasPower(world);
  }

  Answer answer(Request request) throws InterruptedException {
    Instant now = Instant.now().plus(world.settings.time("maasClockOffset"));
    return undated(request, now).with("Date", HttpWire.httpDate(now));
  }

  private Answer undated(Request request, Instant now) throws InterruptedException {
    int root = request.path().indexOf(ROOT);
    if (root < 0) {
      return unknownEndpoint(request.path());
    }
    String path = request.path().substring(root + ROOT.length());
    String op = request.parameter("op").orElseGet(() -> formValue(request, "op"));
    int slash = path.indexOf("/op-");
    if (slash > 0) {
      op = path.substring(slash + 4);
      path = path.substring(0, slash + 1);
    }
    if (!path.endsWith("/") && !path.equals("openapi.yaml")) {
      return unknownEndpoint(request.path());
    }
    if (path.equals("version/")) {
      return json(versionShown());
    }
    MaasKeys.Checked checked = keys.check(request.header("authorization"), now);
    if (checked.refusal() != null) {
      return checked.refusal();
    }
    return call(request, path, op == null ? "" : op, checked.user());
  }

  private Answer call(Request request, String path, String op, MaasKeys.User user)
      throws InterruptedException {
    boolean get = request.method().equals("GET");
    if (path.equals("users/") && get && op.equals("whoami")) {
      return json(whoami(user));
    }
    if (path.equals("machines/") || path.equals("nodes/")) {
      return get ? list(request, op, user) : unrecognised(request, op);
    }
    if (path.equals("events/") && get && op.equals("query")) {
      return json(events(request));
    }
    if (path.startsWith("machines/") && path.indexOf('/', 9) == path.length() - 1) {
      return machine(request, path.substring(9, path.length() - 1), op, user);
    }
    return unknownEndpoint(request.path());
  }

  private Answer list(Request request, String op, MaasKeys.User user) {
    if (op.equals("power_parameters")) {
      return user.superuser()
          ? json(Map.of())
          : Answer.text(403, "This method is reserved for admin users.");
    }
    if (!op.isEmpty()) {
      return unrecognised(request, op);
    }
    List<String> names = request.parameters().getOrDefault("hostname", List.of());
    List<String> ids = request.parameters().getOrDefault("id", List.of());
    synchronized (world) {
      return json(
          machines.all().stream()
              .filter(machine -> sees(user, machine))
              .filter(machine -> names.isEmpty() || names.contains(machine.hostname))
              .filter(machine -> ids.isEmpty() || ids.contains(machine.systemId))
              .map(Machine::shown)
              .toList());
    }
  }

  private Answer machine(Request request, String id, String op, MaasKeys.User user)
      throws InterruptedException {
    Machine machine;
    synchronized (world) {
      Optional<Machine> found = machines.bySystemId(id);
      if (found.isEmpty()) {
        return Answer.of(404, "text/plain", "No Machine matches the given query.");
      }
      machine = found.get();
    }
    if (request.method().equals("GET")) {
      return read(request, machine, op, user);
    }
    if (!request.method().equals("POST") || !ORDERS.contains(op)) {
      return unrecognised(request, op);
    }
    return order(request, machine, op, user);
  }

  private Answer read(Request request, Machine machine, String op, MaasKeys.User user)
      throws InterruptedException {
    boolean sees;
    synchronized (world) {
      sees = sees(user, machine);
    }
    if (!Set.of("", "query_power_state", "power_parameters", "details").contains(op)) {
      return unrecognised(request, op);
    }
    if (!sees) {
      return FORBIDDEN;
    }
    switch (op) {
      case "query_power_state":
        return power.query(machine);
      case "power_parameters":
        return user.superuser()
            ? json(
                Json.object(
                    "power_user", "root", "power_address", "10.255.0.1", "power_pass", "invented"))
            : FORBIDDEN;
      case "details":
        return Answer.of(200, "application/bson", "\u0011\0\0\0\nlldp\0\nlshw\0\0");
      default:
        synchronized (world) {
          return json(machine.shown());
        }
    }
  }

  private Answer order(Request request, Machine machine, String op, MaasKeys.User user)
      throws InterruptedException {
    Instant at = Instant.now();
    int status = 0;
    try {
      Answer answer = allowedOrder(request, machine, op, user);
      status = answer.status();
      return answer;
    } finally {
      world.truth.record(
          new Truth.PowerOrder(
              at,
              machine.host.name,
              machine.systemId,
              op,
              formValue(request, "stop_mode"),
              formValue(request, "comment"),
              status));
    }
  }

  private Answer allowedOrder(Request request, Machine machine, String op, MaasKeys.User user)
      throws InterruptedException {
    synchronized (world) {
      boolean mine = user.superuser() || machine.owner == null || machine.owner.equals(user.name());
      if (!mine || !sees(user, machine)) {
        return FORBIDDEN;
      }
      switch (op) {
        case "lock":
          return lock(machine);
        case "unlock":
          return unlock(machine);
        default:
          if (machine.locked) {
            return FORBIDDEN;
          }
      }
    }
    return op.equals("power_off")
        ? power.off(machine, "soft".equals(formValue(request, "stop_mode")))
        : power.on(machine);
  }

  private static Answer lock(Machine machine) {
    if (machine.locked) {
      return Answer.text(409, "Machine is already locked");
    }
    if (machine.status != 6 && machine.status != 9) {
      return Answer.text(409, "Can't lock, node is not deployed or deploying");
    }
    machine.locked = true;
    return json(machine.shown());
  }

  private static Answer unlock(Machine machine) {
    if (!machine.locked) {
      return Answer.text(409, "Machine is not locked");
    }
    machine.locked = false;
    machine.faults.remove(MachineFault.LOCKED);
    return json(machine.shown());
  }

  private static boolean sees(MaasKeys.User user, Machine machine) {
    return !machine.has(MachineFault.NOT_VISIBLE)
        && (user.superuser() || machine.owner == null || machine.owner.equals(user.name()));
  }

  private Map<String, Object> versionShown() {
    return Json.object(
        "capabilities",
        List.of(
            "networks-management",
            "static-ipaddresses",
            "ipv6-deployment-ubuntu",
            "devices-management",
            "storage-deployment-ubuntu",
            "network-deployment-ubuntu",
            "bridging-interface-ubuntu",
            "bridging-automatic-ubuntu",
            "authenticate-api"),
        "version",
        VERSION,
        "subversion",
        "");
  }

  private static Map<String, Object> whoami(MaasKeys.User user) {
    return Json.object(
        "is_superuser",
        user.superuser(),
        "username",
        user.name(),
        "email",
        user.name() + "@example.com",
        "is_local",
        true,
        "resource_uri",
        ROOT + "users/" + user.name() + "/");
  }

  private Map<String, Object> events(Request request) {
    List<Object> events = new ArrayList<>();
    List<String> names = request.parameters().getOrDefault("hostname", List.of());
    long id = 0;
    for (Truth.PowerOrder order : world.truth.powerOrders()) {
      id++;
      boolean wanted = names.isEmpty() || names.contains(order.host().split("\\.")[0]);
      if (wanted && order.operation().startsWith("power")) {
        events.add(
            0,
            Json.object(
                "username",
                "admin",
                "node",
                order.systemId(),
                "hostname",
                order.host().split("\\.")[0],
                "id",
                id,
                "level",
                "DEBUG",
                "created",
                EVENT_TIME.format(order.at()),
                "type",
                "User powering "
                    + (order.operation().equals("power_off") ? "down" : "up")
                    + " node",
                "description",
                "(admin)" + (order.comment() == null ? "" : " - " + order.comment())));
      }
    }
    int limit = request.parameter("limit").map(Integer::parseInt).orElse(100);
    List<Object> page = events.subList(0, Math.min(limit, events.size()));
    String self = ROOT + "events/?" + request.query();
    return Json.object(
        "count",
        page.size(),
        "events",
        page,
        "next_uri",
        self + "&after=" + id,
        "prev_uri",
        self + "&before=1");
  }

  private static Answer unrecognised(Request request, String op) {
    return Answer.text(
        400,
        "Unrecognised signature: method="
            + request.method()
            + " op="
            + (op.isEmpty() ? "None" : op));
  }

  private static Answer unknownEndpoint(String path) {
    return Answer.text(404, "Unknown API endpoint: " + path + ".");
  }

  private static String formValue(Request request, String name) {
    List<String> values = request.form().getOrDefault(name, List.of());
    return values.isEmpty() ? null : values.get(values.size() - 1);
  }

  static Answer json(Object body) {
    try {
      DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
      printer.indentObjectsWith(new DefaultIndenter("    ", "\n"));
      printer.indentArraysWith(new DefaultIndenter("    ", "\n"));
      return Answer.of(
          200,
          "application/json; charset=utf-8",
          Json.MAPPER.writer(printer).writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void sleep(Duration time) throws InterruptedException {
    Thread.sleep(time.toMillis());
  }
}
