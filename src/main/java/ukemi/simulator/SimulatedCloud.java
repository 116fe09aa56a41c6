package ukemi.simulator;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A simulated cloud on loopback: Keystone under {@code /identity/v3}, Nova under {@code
 * /compute/v2.1}, MAAS under {@code /MAAS/} (and under any other prefix, such as {@code
 * /region2/MAAS/}), switches under {@code /simulator/}.
 *
 * <p>It starts with the admin user "ukemi" (password "secret", project "service", also as
 * application credential "ukemi"/"secret"), the user "reader" (the same password and project, role
 * reader), and no hosts.
 */
public final class SimulatedCloud implements Closeable {

  private final ExecutorService threads =
      Executors.newCachedThreadPool(work -> daemon(work, "simulator"));
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "simulator-clock"));
  private final Settings settings = new Settings();
  private final Faults faults = new Faults();
  private final World world = new World(settings, clock, threads);
  private final Evacuations evacuations = new Evacuations(world);
  private final Tokens tokens = new Tokens();
  private final Machines machines = new Machines(world);
  private final MaasKeys maasKeys = new MaasKeys(settings.number("seed"));
  private final MaasKeys.User maasAdmin = maasKeys.add("admin", true);
  private final SimulatedKeystone keystone =
      new SimulatedKeystone(tokens, settings, this::keystoneUrl);
  private final SimulatedNova nova =
      new SimulatedNova(tokens, world, evacuations, this::novaUrl, this::keystoneUrl);
  private final SimulatedMaas maas = new SimulatedMaas(world, maasKeys, machines);
  private final Map<String, Map<String, String>> images = new ConcurrentHashMap<>();
  private final Control control = new Control(this);
  private final List<HttpWire> wires = new CopyOnWriteArrayList<>();

  private SimulatedCloud() {}

  /**
   * Starts a cloud without hosts.
   *
   * @param port 0 = any free one
   */
  public static SimulatedCloud start(int port) {
    SimulatedCloud cloud = new SimulatedCloud();
    cloud.openPort(port);
    cloud.keystone.endpoint("compute", "nova", cloud.novaUrl());
    cloud.keystone.endpoint("identity", "keystone", cloud.keystoneUrl());
    cloud.keystone.endpoint("image", "glance", cloud.url() + "/image");
    cloud.addUser("ukemi", "secret", "service", Set.of("admin"));
    cloud.addUser("reader", "secret", "service", Set.of("reader"));
    cloud.addApplicationCredential("ukemi", "secret", "ukemi");
    return cloud;
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    clock.shutdownNow();
    wires.forEach(SimulatedCloud::close);
    faults.clear();
    threads.shutdownNow();
  }

  /**
   * Serves the same cloud on one more port: a second region controller, a second way in.
   *
   * @return the port
   */
  public int openPort(int port) {
    return openPort(port, ServerSocketFactory.getDefault());
  }

  /**
   * The same over TLS.
   *
   * @return the port
   */
  public int openTlsPort(int port, SSLContext tls) {
    return openPort(port, tls.getServerSocketFactory());
  }

  private int openPort(int port, ServerSocketFactory sockets) {
    try {
      HttpWire wire = new HttpWire(port, sockets, threads, this::answer);
      wires.add(wire);
      return wire.port();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connections to that port are refused from now on. */
  public void closePort(int port) {
    wires.stream().filter(wire -> wire.port() == port).forEach(SimulatedCloud::close);
    wires.removeIf(wire -> wire.port() == port);
  }

  private static void close(HttpWire wire) {
    try {
      wire.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes all kept-alive connections on which nothing is going on, without notice. */
  public void dropIdleConnections() {
    wires.forEach(HttpWire::dropIdle);
  }

  private Answer answer(Request request) throws InterruptedException {
    if (request.service().equals("simulator")) {
      return control.answer(request);
    }
    long begin = System.nanoTime();
    int status = 0;
    try {
      Answer answer = throughFaults(request);
      status = answer.status();
      return answer;
    } finally {
      world.truth.record(
          new Truth.Handled(
              request.at(),
              request.service(),
              request.method(),
              request.path(),
              request.query(),
              status,
              Duration.ofNanos(System.nanoTime() - begin).toMillis()));
    }
  }

  private Answer throughFaults(Request request) throws InterruptedException {
    List<Faults.Rule> mine = faults.of(request);
    faults.hook(request, Faults.Moment.BEFORE_EFFECT);
    Answer refusal = faults.before(mine);
    if (refusal != null) {
      return refusal;
    }
    Answer answer =
        switch (request.service()) {
          case "keystone" -> keystone.answer(request);
          case "nova" -> nova.answer(request);
          case "glance" -> images(request);
          default -> maas.answer(request);
        };
    faults.hook(request, Faults.Moment.AFTER_EFFECT);
    return faults.after(mine, answer);
  }

  /** As much of Glance as the openstack client wants to see before it lists servers. */
  private Answer images(Request request) {
    if (request.path().endsWith("/images")) {
      return Answer.json(200, Map.of("images", List.of()));
    }
    if (request.path().contains("/v2/images/")) {
      return image(request);
    }
    Map<String, Object> self = Map.of("rel", "self", "href", url() + "/image/v2/");
    Map<String, Object> version =
        Map.of("id", "v2.15", "status", "CURRENT", "links", List.of(self));
    return Answer.json(300, Map.of("versions", List.of(version)));
  }

  private Answer image(Request request) {
    if (tokens.valid(request.header("x-auth-token")).isEmpty()) {
      return Answer.of(
          401, "text/html", "<html><head><title>401 Unauthorized</title></head></html>");
    }
    String id = request.path().substring(request.path().lastIndexOf('/') + 1);
    Map<String, String> properties = images.get(id);
    if (properties == null) {
      return Answer.of(404, "text/html", "<html><head><title>404 Not Found</title></head></html>");
    }
    Map<String, Object> shown = new HashMap<>(properties);
    shown.putAll(
        Json.object("id", id, "status", "active", "size", 1024, "tags", List.of(), "owner", null));
    return Answer.json(200, shown);
  }

  /** {@code http://127.0.0.1:port}. */
  public String url() {
    return "http://127.0.0.1:" + wires.get(0).port();
  }

  /** What OS_AUTH_URL takes. */
  public String keystoneUrl() {
    return url() + "/identity/v3";
  }

  /** As in the catalogue. */
  public String novaUrl() {
    return url() + "/compute/v2.1";
  }

  /** What an operator types, without the version. */
  public String maasUrl() {
    return url() + "/MAAS";
  }

  /** The key of MAAS's administrator. */
  public String maasApiKey() {
    return maasAdmin.key();
  }

  /** How the cloud is set up; may be changed while it runs. */
  public Settings settings() {
    return settings;
  }

  /** What is really so. */
  public Truth truth() {
    return world.truth;
  }

  /** Troubles on the way to the services, and hooks. */
  public Faults faults() {
    return faults;
  }

  /** A host, running, with nova-compute up, and a machine in MAAS of its (short) name. */
  public SimulatedCloud addHost(String name, String address) {
    return addHost(name, address, name + ".example.com");
  }

  /** The same, with the name that the hypervisor has. */
  public SimulatedCloud addHost(String name, String address, String hypervisorName) {
    machines.add(world.addHost(name, address, hypervisorName));
    return this;
  }

  /** A running guest of the project "demo". */
  public UUID addGuest(String host, String name, Map<String, String> metadata) {
    UUID id = UUID.randomUUID();
    world.addGuest(id, host, name, metadata, tokens.project("demo").id());
    return id;
  }

  /** A running guest without metadata. */
  public UUID addGuest(String host, String name) {
    return addGuest(host, name, Map.of());
  }

  /** Hosts compute-1 and so on, each with guests compute-1-guest-1 and so on. */
  public SimulatedCloud populate(int hosts, int guestsEach) {
    for (int host = 1; host <= hosts; host++) {
      String name = "compute-" + host;
      addHost(name, "10.20.0." + host);
      for (int guest = 1; guest <= guestsEach; guest++) {
        addGuest(name, name + "-guest-" + guest);
      }
    }
    return this;
  }

  /** Sets vm_state, and with it whether the guest runs: active runs, all others do not. */
  public void guestState(UUID guest, String vmState) {
    synchronized (world) {
      Guest found = world.guest(guest);
      found.vmState = vmState;
      found.powerState = vmState.equals("active") ? 1 : 4;
      found.copies.put(found.host, vmState.equals("active") && world.host(found.host).power);
      if (vmState.equals("building")) {
        found.launched = null;
      }
    }
  }

  /** The same with another power_state: 1 running, 4 shut down. */
  public void guestState(UUID guest, String vmState, int powerState) {
    synchronized (world) {
      guestState(guest, vmState);
      Guest found = world.guest(guest);
      found.powerState = powerState;
      found.copies.put(found.host, powerState == 1 && world.host(found.host).power);
    }
  }

  /** The guest's owner locks it. */
  public void lockGuest(UUID guest, String reason) {
    synchronized (world) {
      Guest found = world.guest(guest);
      found.locked = true;
      found.lockedReason = reason;
    }
  }

  /** Sets task_state; null = none. */
  public void guestTask(UUID guest, String taskState) {
    synchronized (world) {
      world.guest(guest).taskState = taskState;
    }
  }

  /** How long the evacuation of this guest takes, in place of the common time. */
  public void evacuationTime(UUID guest, Duration time) {
    synchronized (world) {
      world.guest(guest).evacuationTime = time;
    }
  }

  /** The guest's owner deletes it. */
  public void deleteGuest(UUID guest) {
    world.deleteGuest(guest);
  }

  /** The next evacuations of this guest are accepted and then fail. */
  public void failEvacuations(UUID guest, EvacuationFailure failure, int times) {
    synchronized (world) {
      evacuations.fail(guest, failure, times);
    }
  }

  /** Its owner has it resized, on that host, and has not confirmed it yet. */
  public void resizedByOwner(UUID guest, String host) {
    nova.actions().resizedByOwner(guest, host);
  }

  /** Cold migrations stand still before their guests arrive, until {@link #letMovesArrive}. */
  public void holdMoves() {
    nova.actions().holdMoves();
  }

  /** Those that are held arrive. */
  public void letMovesArrive() {
    nova.actions().letMovesArrive();
  }

  /** Stop and start of this guest are accepted and then fail. */
  public void failActions(UUID guest, GuestActionFailure failure) {
    nova.actions().failActions(guest, failure);
  }

  /** Evacuations, stops and starts work again. */
  public void failNothing() {
    synchronized (world) {
      evacuations.failNone();
    }
    nova.actions().failNoActions();
  }

  /** How many guests fit on the host. */
  public void capacity(String host, int guests) {
    synchronized (world) {
      world.host(host).capacity = guests;
    }
  }

  /** A server group, of the project of its guests. */
  public void addServerGroup(String name, String policy, UUID... guests) {
    nova.groups().add(name, policy, Set.of(guests));
  }

  /** The guest was made from that image, with properties of the site's own. */
  public void guestImage(UUID guest, String image, Map<String, String> properties) {
    synchronized (world) {
      world.guest(guest).image = image;
      images.put(image, properties);
    }
  }

  /** An aggregate of hosts. */
  public void addAggregate(String name, Map<String, String> metadata, List<String> hosts) {
    nova.aggregates().add(name, metadata, hosts);
  }

  /** nova-compute dies; power, system and guests go on. */
  public void killCompute(String host) {
    world.killCompute(host);
  }

  /** nova-compute is started (again), and settles what was evacuated from it. */
  public void startCompute(String host) {
    world.startCompute(host);
  }

  /** An operator disables nova-compute: Nova places no guests there. */
  public void disableCompute(String host) {
    synchronized (world) {
      world.host(host).disabled = true;
    }
  }

  /** An operator enables it again. */
  public void enableCompute(String host) {
    synchronized (world) {
      world.host(host).disabled = false;
    }
  }

  /** The operating system dies and the guests with it; the power stays on. */
  public void crash(String host) {
    world.crash(host);
  }

  /** The host answers nothing, has power, and may wake up as if nothing had been. */
  public void hang(String host) {
    world.hang(host);
  }

  /** The host loses its power; its BMC still answers. */
  public void losePower(String host) {
    world.losePower(host);
  }

  /** The rack loses its power: the host and its BMC with it. */
  public void losePowerAndBmc(String host) {
    world.losePower(host);
    machineFault(host, MachineFault.BMC_LOST);
  }

  /** Power by hand; the system boots and nova-compute starts after the boot time. */
  public void powerOn(String host) {
    world.powerOn(host, settings.time("bootTime"));
  }

  /** All well again at once; a host that only hung wakes up with all its guests. */
  public void heal(String host) {
    world.heal(host);
  }

  /** The machine's orders and queries go wrong until cleared. */
  public void machineFault(String host, MachineFault fault) {
    machineFault(host, fault, Integer.MAX_VALUE);
  }

  /** The machine's next orders and queries go wrong. */
  public void machineFault(String host, MachineFault fault, int times) {
    synchronized (world) {
      Machine machine = machines.of(host);
      machine.faults.put(fault, times);
      if (fault == MachineFault.LOCKED) {
        machine.locked = true;
      }
    }
  }

  /** The machine is well again. */
  public void clearMachineFaults(String host) {
    synchronized (world) {
      Machine machine = machines.of(host);
      machine.faults.clear();
      machine.locked = false;
    }
  }

  /** MAAS's system_id of the host's machine. */
  public String systemId(String host) {
    synchronized (world) {
      return machines.of(host).systemId;
    }
  }

  /**
   * The machine is enlisted anew.
   *
   * @return its new system_id
   */
  public String reenlist(String host) {
    synchronized (world) {
      return reenlist(host, machines.newSystemId());
    }
  }

  String reenlist(String host, String systemId) {
    synchronized (world) {
      machines.of(host).systemId = systemId;
      return systemId;
    }
  }

  /** MAAS no longer has a machine for the host. */
  public void forgetMachine(String host) {
    machines.remove(host);
  }

  /** Whether the machine is locked in MAAS. */
  public boolean locked(String host) {
    synchronized (world) {
      return machines.of(host).locked;
    }
  }

  /** MAAS's status number: 6 Deployed, 10 Allocated, ... */
  public void machineStatus(String host, int status) {
    synchronized (world) {
      machines.of(host).status = status;
    }
  }

  /** Who owns the machine in MAAS; null = nobody. */
  public void machineOwner(String host, String owner) {
    synchronized (world) {
      machines.of(host).owner = owner;
    }
  }

  /** What MAAS has in its cache as the machine's power state. */
  public void cachedPowerState(String host, String state) {
    synchronized (world) {
      machines.of(host).cached = state;
    }
  }

  /**
   * One more user of MAAS.
   *
   * @return its API key
   */
  public String addMaasUser(String name, boolean superuser) {
    return maasKeys.add(name, superuser).key();
  }

  /** One more user of MAAS with this key. */
  void addMaasUser(String name, boolean superuser, String key) {
    maasKeys.add(name, superuser, key);
  }

  /** Called with the host's name, on a thread of its own, when MAAS has switched it off. */
  public void onPowerOff(Consumer<String> listener) {
    world.powerOffListeners.add(listener);
  }

  /** Called with the host's name, on a thread of its own, when MAAS has switched it on. */
  public void onPowerOn(Consumer<String> listener) {
    world.powerOnListeners.add(listener);
  }

  /** A user of the domain Default with one project. */
  public SimulatedCloud addUser(String name, String password, String project, Set<String> roles) {
    tokens.addUser(name, password, project, roles);
    return this;
  }

  /**
   * An application credential of a user.
   *
   * @return its id
   */
  public String addApplicationCredential(String name, String secret, String user) {
    String id = Tokens.newId();
    tokens.credentials.add(
        new Tokens.ApplicationCredential(id, name, secret, tokens.users.get(user)));
    return id;
  }

  /** Every token given out so far is worthless. */
  public void revokeTokens() {
    tokens.revokeAll();
  }

  /** Adds or changes an endpoint; tokens already given out keep their catalogue. */
  public void endpoint(String type, String name, String url) {
    keystone.endpoint(type, name, url);
  }

  World world() {
    return world;
  }

  /**
   * Runs a cloud of its own: {@code SimulatedCloud <port> [host[=address] ...]}. With the property
   * {@code simulator.on-power-off}, that command is run with the host's name behind it when MAAS
   * switches a host off; {@code simulator.on-power-on} likewise.
   */
  public static void main(String[] arguments) throws InterruptedException {
    SimulatedCloud cloud = start(arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]));
    for (int i = 1; i < arguments.length; i++) {
      String[] host = arguments[i].split("=");
      cloud.addHost(host[0], host.length > 1 ? host[1] : "10.20.0." + i);
    }
    command("simulator.on-power-off").accept(cloud::onPowerOff);
    command("simulator.on-power-on").accept(cloud::onPowerOn);
    System.out.println(
        "keystone "
            + cloud.keystoneUrl()
            + "\nmaas "
            + cloud.maasUrl()
            + "\nmaas api key "
            + cloud.maasApiKey());
    Thread.currentThread().join();
  }

  private static Consumer<Consumer<Consumer<String>>> command(String property) {
    String command = System.getProperty(property);
    return register -> {
      if (command != null) {
        register.accept(
            host -> {
              try {
                new ProcessBuilder("/bin/sh", "-c", command + " \"$0\"", host).inheritIO().start();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
    };
  }
}
