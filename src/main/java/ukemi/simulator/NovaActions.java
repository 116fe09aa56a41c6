package ukemi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Nova's actions on servers. */
final class NovaActions {

  private static final Set<String> ACTIONS =
      Set.of(
          "evacuate",
          "migrate",
          "confirmResize",
          "os-migrateLive",
          "os-stop",
          "os-start",
          "lock",
          "unlock",
          "os-resetState");
  private static final Set<String> EVACUABLE = Set.of("active", "stopped", "error");

  private final World world;
  private final NovaServers servers;
  private final Evacuations evacuations;
  private final ColdMigrations coldMigrations;
  private final NovaInstanceActions instanceActions;
  private final Map<UUID, Planned> failures = new HashMap<>();

  /**
   * A failure that is to come.
   *
   * @param host where the guest was then
   */
  private record Planned(GuestActionFailure failure, String host) {}

  NovaActions(
      World world,
      NovaServers servers,
      Evacuations evacuations,
      NovaInstanceActions instanceActions) {
    this.coldMigrations = new ColdMigrations(world, evacuations);
    this.instanceActions = instanceActions;
    this.world = world;
    this.servers = servers;
    this.evacuations = evacuations;
  }

  void failActions(UUID guest, GuestActionFailure failure) {
    synchronized (world) {
      failures.put(guest, new Planned(failure, world.guest(guest).host));
    }
  }

  void failNoActions() {
    synchronized (world) {
      failures.clear();
    }
  }

  Answer act(NovaCall call, String id) {
    JsonNode body = call.request().json();
    if (!body.isObject() || body.size() == 0) {
      throw new Refused(400, "Malformed request body");
    }
    String action = body.fieldNames().next();
    checkBody(call, action, body);
    synchronized (world) {
      Guest guest = servers.find(call, id);
      if (action.equals("evacuate")) {
        return evacuate(call, guest, body.path("evacuate"));
      }
      switch (action) {
        case "migrate" -> coldMigrate(call, guest, body.path("migrate"));
        case "confirmResize" -> confirm(call, guest);
        case "os-migrateLive" -> migrate(call, guest, body.path("os-migrateLive"));
        case "os-stop" -> stop(call, guest);
        case "os-start" -> start(call, guest);
        case "lock" -> lock(call, guest, body.path("lock"));
        case "unlock" -> {
          guest.locked = false;
          guest.lockedReason = null;
        }
        case "os-resetState" -> reset(call, guest, body.path("os-resetState"));
        default -> throw new Refused(400, "There is no such action: " + action);
      }
      guest.updated = Instant.now();
      world.truth.record(guest.id, action);
      return Answer.empty(action.equals("confirmResize") ? 204 : 202);
    }
  }

  /** The schemas come before everything else, as in Nova. */
  private static void checkBody(NovaCall call, String action, JsonNode body) {
    if (!ACTIONS.contains(action)) {
      throw new Refused(400, "There is no such action: " + action);
    }
    if (action.equals("evacuate")) {
      checkEvacuate(call, body, body.path("evacuate"));
    }
    if (action.equals("migrate")) {
      checkMigrate(call, body.path("migrate"));
    }
    String state = body.path("os-resetState").path("state").asText();
    if (action.equals("os-resetState") && !Set.of("active", "error").contains(state)) {
      throw new Refused(
          400,
          "Invalid input for field/attribute state. Value: "
              + state
              + ". '"
              + state
              + "' is not one of ['active', 'error']");
    }
  }

  private Answer evacuate(NovaCall call, Guest guest, JsonNode wish) {
    String target = wish.hasNonNull("host") ? wish.path("host").asText() : null;
    String source = guest.host;
    boolean power = world.host(source).power;
    Instant at = Instant.now();
    try {
      Answer answer = evacuate(call, guest, wish, target);
      world.truth.record(new Truth.EvacuateCall(at, guest.id, source, target, 200, power));
      return answer;
    } catch (Refused refused) {
      world.truth.record(
          new Truth.EvacuateCall(at, guest.id, source, target, refused.status, power));
      throw refused;
    }
  }

  private Answer evacuate(NovaCall call, Guest guest, JsonNode wish, String target) {
    call.needsAdmin("os_compute_api:os-evacuate");
    if (wish.path("force").asBoolean() && target == null) {
      throw new Refused(400, "Can't force to a non-provided destination");
    }
    if (target != null && !world.hasHost(target)) {
      throw new Refused(404, "Compute host " + target + " not found.");
    }
    if (guest.host.equals(target)) {
      throw new Refused(400, "The target host can't be the same one.");
    }
    if (!EVACUABLE.contains(guest.vmState)) {
      throw conflict("evacuate", guest, "vm_state", guest.vmState);
    }
    if (guest.launched == null) {
      throw new Refused(409, "Instance " + guest.id + " is in an invalid state for 'evacuate'");
    }
    Host source = world.host(guest.host);
    if (world.isUp(source)) {
      throw new Refused(400, "Compute service of " + source.name + " is still in use.");
    }
    guest.taskState = "rebuilding";
    guest.updated = Instant.now();
    Migration migration = world.addMigration(guest, target);
    evacuations.begin(guest, migration, Optional.ofNullable(target));
    return call.atLeast(14)
        ? Answer.empty(200)
        : Answer.json(200, Map.of("adminPass", "simulated"));
  }

  private static void checkEvacuate(NovaCall call, JsonNode body, JsonNode wish) {
    if (!wish.isObject() || body.size() != 1) {
      throw new Refused(
          400,
          "Invalid input for field/attribute evacuate. Value: "
              + wish
              + ". It is not of type"
              + " 'object'");
    }
    Set<String> known = new HashSet<>(Set.of("host", "adminPass"));
    if (!call.atLeast(14)) {
      known.add("onSharedStorage");
      if (!wish.has("onSharedStorage")) {
        throw new Refused(
            400,
            "Invalid input for field/attribute evacuate. Value: "
                + wish
                + ". 'onSharedStorage' is a required property");
      }
    }
    if (call.atLeast(29) && !call.atLeast(68)) {
      known.add("force");
    }
    wish.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new Refused(
                    400,
                    "Invalid input for field/attribute evacuate. Value: "
                        + wish
                        + ". Additional properties are not allowed ('"
                        + name
                        + "' was unexpected)");
              }
            });
    if (wish.has("host")
        && (!wish.path("host").isTextual()
            || !wish.path("host").asText().matches("[a-zA-Z0-9-._]{1,255}"))) {
      throw new Refused(
          400,
          "Invalid input for field/attribute host. Value: "
              + wish.path("host")
              + ". does not match '^[a-zA-Z0-9-._]*$'");
    }
  }

  private static void checkMigrate(NovaCall call, JsonNode wish) {
    JsonNode host = wish.path("host");
    boolean fits =
        wish.isObject()
            && wish.size() <= 1
            && (wish.isEmpty() || host.isTextual() || host.isNull());
    if (call.atLeast(56) && !wish.isNull() && !fits) {
      throw new Refused(400, "Invalid input for field/attribute migrate. Value: " + wish);
    }
  }

  private void coldMigrate(NovaCall call, Guest guest, JsonNode wish) {
    call.needsAdmin("os_compute_api:os-migrate-server:migrate");
    checkAction(call, "migrate", guest, Set.of("active", "stopped"));
    needsService(guest.host);
    Optional<String> target =
        call.atLeast(56) && wish.hasNonNull("host")
            ? Optional.of(wish.path("host").asText())
            : Optional.empty();
    if (target.isPresent() && !world.hasHost(target.get())) {
      throw new Refused(400, "Compute host " + target.get() + " could not be found.");
    }
    if (target.filter(guest.host::equals).isPresent()) {
      throw new Refused(400, "Cannot migrate to the host where the server exists.");
    }
    coldMigrations.begin(guest, target, instanceActions.begin(guest, "migrate"));
  }

  private void confirm(NovaCall call, Guest guest) {
    checkAction(call, "confirmResize", guest, Set.of("resized"));
    Migration migration =
        world.migrations.stream()
            .filter(one -> one.guest.equals(guest.id) && one.status.equals("finished"))
            .findFirst()
            .orElseThrow(() -> new Refused(400, "Instance has not been resized."));
    needsService(migration.source);
    coldMigrations.confirm(guest, migration);
  }

  private void needsService(String host) {
    if (!world.isUp(world.host(host))) {
      throw new Refused(409, "Service is unavailable at this time.");
    }
  }

  void holdMoves() {
    synchronized (world) {
      coldMigrations.hold();
    }
  }

  void letMovesArrive() {
    synchronized (world) {
      coldMigrations.release();
    }
  }

  /** Its owner has asked for another flavor, and that waits for his word. */
  void resizedByOwner(UUID id, String target) {
    synchronized (world) {
      Guest guest = world.guest(id);
      Migration migration = world.addMigration(guest, target);
      migration.type = "resize";
      migration.status = "finished";
      guest.host = target;
      guest.vmState = "resized";
      guest.taskState = null;
    }
  }

  /** To a named host: what its conductor then finds wrong leaves the guest where it is. */
  private void migrate(NovaCall call, Guest guest, JsonNode wish) {
    call.needsAdmin("os_compute_api:os-migrate-server:migrate_live");
    if (!wish.hasNonNull("host") || !wish.path("block_migration").asText().equals("auto")) {
      throw new Refused(400, "Invalid input for field/attribute os-migrateLive. Value: " + wish);
    }
    String target = wish.path("host").asText();
    if (!world.hasHost(target)) {
      throw new Refused(400, "Compute host " + target + " could not be found.");
    }
    checkAction(call, "os-migrateLive", guest, Set.of("active", "paused"));
    guest.taskState = "migrating";
    String source = guest.host;
    Host from = world.host(source);
    Host to = world.host(target);
    world.later(
        world.settings.time("evacuationTime"),
        () -> {
          guest.taskState = null;
          guest.updated = Instant.now();
          boolean moves =
              failure(guest) != GuestActionFailure.NEVER_DONE
                  && world.isUp(from)
                  && from.alive()
                  && !target.equals(source)
                  && evacuations.takes(to, guest)
                  && to.alive();
          if (moves) {
            guest.copies.remove(source);
            guest.copies.put(target, true);
            world.watchForTwice(guest);
            guest.host = target;
          }
        });
  }

  private void stop(NovaCall call, Guest guest) {
    checkAction(call, "stop", guest, Set.of("active", "error"));
    guest.taskState = "powering-off";
    onItsHost(
        guest,
        () -> {
          guest.copies.replace(guest.host, false);
          guest.vmState = "stopped";
          guest.powerState = 4;
        });
  }

  private void start(NovaCall call, Guest guest) {
    checkAction(call, "start", guest, Set.of("stopped"));
    guest.taskState = "powering-on";
    onItsHost(
        guest,
        () -> {
          if (failure(guest) == GuestActionFailure.NO_START_HERE) {
            return; // Nova shows no fault with a guest that is not in error
          }
          guest.copies.put(guest.host, true);
          world.watchForTwice(guest);
          guest.vmState = "active";
          guest.powerState = 1;
        });
  }

  /** What is planned for it there; null = nothing. */
  private GuestActionFailure failure(Guest guest) {
    Planned planned = failures.get(guest.id);
    boolean left =
        planned != null
            && planned.failure == GuestActionFailure.NO_START_HERE
            && !planned.host.equals(guest.host);
    return planned == null || left ? null : planned.failure;
  }

  /** Nova hands the work to the guest's nova-compute and answers before it is done. */
  private void onItsHost(Guest guest, Runnable work) {
    GuestActionFailure failure = failure(guest);
    Host host = world.host(guest.host);
    if (failure == GuestActionFailure.NEVER_DONE || !host.alive()) {
      return;
    }
    world.later(
        world.settings.time("guestActionTime"),
        () -> {
          if (failure == GuestActionFailure.ENDS_IN_ERROR) {
            guest.vmState = "error";
            guest.fault = new Guest.Fault(500, "internal error: monitor gone", Instant.now());
          } else if (host.alive() && host.name.equals(guest.host)) {
            work.run();
          } else {
            return;
          }
          guest.taskState = null;
          guest.updated = Instant.now();
        });
  }

  private static void checkAction(NovaCall call, String action, Guest guest, Set<String> states) {
    if (guest.locked && !call.admin()) {
      throw new Refused(409, "Instance " + guest.id + " is locked");
    }
    if (!states.contains(guest.vmState)) {
      throw conflict(action, guest, "vm_state", guest.vmState);
    }
    if (guest.taskState != null) {
      throw conflict(action, guest, "task_state", guest.taskState);
    }
  }

  private static Refused conflict(String action, Guest guest, String attribute, String state) {
    return new Refused(
        409,
        "Cannot '"
            + action
            + "' instance "
            + guest.id
            + " while it is in "
            + attribute
            + " "
            + state);
  }

  private static void lock(NovaCall call, Guest guest, JsonNode wish) {
    guest.locked = true;
    guest.lockedReason =
        call.atLeast(73) && wish.hasNonNull("locked_reason")
            ? wish.path("locked_reason").asText()
            : null;
  }

  private static void reset(NovaCall call, Guest guest, JsonNode wish) {
    call.needsAdmin("os_compute_api:os-admin-actions:reset_state");
    guest.vmState = wish.path("state").asText();
    guest.taskState = null;
  }
}
