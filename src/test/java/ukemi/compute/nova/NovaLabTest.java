package ukemi.compute.nova;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.identity.OpenStackSession;
import ukemi.identity.OpenStackSettings;
import ukemi.identity.OpenStackTimeouts;

/**
 * Against a real Nova with the hosts compute-1 to compute-4 and nothing else on it. Needs OS_* and,
 * in LAB_DIRECTORY, the tool that boots guests and kills hosts there.
 */
@Tag("lab")
class NovaLabTest {

  private static final String HOST = "compute-1";

  private static NovaCompute nova;

  @BeforeAll
  static void connect() throws Exception {
    assumeTrue(System.getenv("OS_AUTH_URL") != null && System.getenv("LAB_DIRECTORY") != null);
    OpenStackTimeouts timeouts =
        new OpenStackTimeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(75));
    OpenStackSettings settings = OpenStackSettings.from(new StandardEnvironment());
    nova = new NovaCompute(new OpenStackSession(settings, timeouts), timeouts);
    lab("boot", HOST, "2", "--meta", "HA_Enabled=True", "--prefix", "nova-test");
  }

  @AfterAll
  static void putBack() throws Exception {
    if (nova != null) {
      lab("reset");
    }
  }

  @Test
  void aDeadHostIsForcedDownDisabledAndItsGuestsComeBackElsewhere() throws Exception {
    ComputeService alive = nova.service(HOST).orElseThrow();
    assertThat(alive.up()).isTrue();
    assertThat(alive.enabled()).isTrue();
    assertThat(alive.forcedDown()).isFalse();
    assertThat(Duration.between(alive.heartbeat(), alive.readAt()).abs()).isLessThan(minute());
    assertThat(nova.service("no-such-host")).isEmpty();
    assertThat(nova.hostAddress(HOST)).contains("127.0.0.1");
    assertThat(nova.hostAddress("no-such-host")).isEmpty();
    assertThat(nova.instance(UUID.randomUUID())).isEmpty();
    assertThat(nova.instancesOn("compute-2")).isEmpty();

    List<Instance> guests = nova.instancesOn(HOST);
    assertThat(guests).hasSize(2).allMatch(guest -> guest.vmState().equals("active"));
    assertThat(guests.get(0).metadata()).containsEntry("HA_Enabled", "True");
    UUID first = guests.get(0).id();
    UUID second = guests.get(1).id();
    assertThat(nova.instance(first)).contains(guests.get(0));
    assertRefused(400, () -> nova.evacuate(first, Optional.empty()));
    assertRefused(404, () -> nova.evacuate(UUID.randomUUID(), Optional.empty()));

    lab("kill-host", HOST);
    ComputeService down = nova.forceDown(alive);
    assertThat(down.up()).isFalse();
    assertThat(down.forcedDown()).isTrue();
    long begin = System.nanoTime();
    ComputeService disabled = nova.disable(down, "recovery, a test");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertThat(disabled.enabled()).isFalse();
    assertThat(disabled.disabledReason()).isEqualTo("recovery, a test");
    ComputeService again = nova.forceDown(alive);
    assertThat(again.enabled()).isFalse();
    assertThat(again.heartbeat())
        .as("a change that changes nothing moves nothing")
        .isEqualTo(disabled.heartbeat());
    assertThat(again.readAt()).isAfterOrEqualTo(again.heartbeat());

    assertThat(nova.lastEvacuation(first)).isZero();
    assertRefused(404, () -> nova.evacuate(first, Optional.of("no-such-host")));
    assertRefused(400, () -> nova.evacuate(first, Optional.of(HOST)));
    nova.evacuate(first, Optional.empty());
    nova.evacuate(second, Optional.of("compute-3"));
    await(
        () ->
            Stream.of(first, second)
                .map(id -> nova.instance(id).orElseThrow())
                .allMatch(
                    guest ->
                        !guest.host().equals(HOST)
                            && guest.taskState() == null
                            && guest.vmState().equals("active")));
    assertThat(nova.instance(second).orElseThrow().host()).isEqualTo("compute-3");
    assertThat(nova.instancesOn(HOST)).isEmpty();

    List<EvacuationMigration> evacuations = nova.evacuationsFrom(HOST, 0);
    assertThat(evacuations).isSortedAccordingTo((a, b) -> Long.compare(b.id(), a.id()));
    long id = nova.lastEvacuation(second);
    assertThat(evacuations)
        .filteredOn(migration -> migration.id() == id)
        .singleElement()
        .matches(EvacuationMigration::done)
        .matches(migration -> migration.destination().equals("compute-3"));
    assertThat(nova.evacuationsFrom(HOST, evacuations.get(0).id())).isEmpty();
    assertThat(nova.evacuationsFrom(HOST, evacuations.get(1).id())).hasSize(1);
  }

  private static void assertRefused(int status, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ComputeRefused.class, refused -> assertThat(refused.status()).isEqualTo(status));
  }

  private static Duration minute() {
    return Duration.ofMinutes(1);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("still waiting").isLessThan(end);
      Thread.sleep(500);
    }
  }

  private static void lab(String... arguments) throws Exception {
    List<String> command =
        Stream.concat(Stream.of(System.getenv("LAB_DIRECTORY") + "/lab"), Stream.of(arguments))
            .toList();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File("/dev/null"))
            .start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
  }
}
