package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The truth does not depend on what Nova and MAAS believe. */
class TruthTest extends CloudTest {

  @Test
  void aGuestStartedElsewhereWhileItsHostIsOnRunsTwice() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.killCompute("compute-1");
    client.putService("compute-1", "{\"forced_down\": true}");

    client.evacuate(guest);
    waitUntilSettled(guest);

    assertThat(truth.twiceRunning()).hasSize(1);
    assertThat(truth.twiceRunning().get(0).guest()).isEqualTo(guest);
    assertThat(truth.twiceRunning().get(0).hosts()).hasSize(2).contains("compute-1");
    assertThat(truth.evacuatedFromHostsWithPower()).hasSize(1);
    cloud.losePower("compute-1");
    assertThat(truth.twiceRunning()).as("for ever").hasSize(1);
  }

  @Test
  void aHungHostStillRunsItsGuests() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.hang("compute-1");
    client.putService("compute-1", "{\"forced_down\": true}");

    client.evacuate(guest);
    waitUntilSettled(guest);

    assertThat(truth.twiceRunning()).hasSize(1);
  }

  @Test
  void aGuestOfAHostWithoutPowerRunsOnce() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");

    client.evacuate(guest);
    waitUntilSettled(guest);
    cloud.powerOn("compute-1");
    waitUntil("booted", () -> client.service("compute-1").path("forced_down").asBoolean());
    pause(300);

    assertThat(truth.runningOn(guest)).hasSize(1).doesNotContain("compute-1");
    assertThat(truth.twiceRunning()).isEmpty();
    assertThat(truth.evacuatedFromHostsWithPower()).isEmpty();
  }

  @Test
  void aCrashedHostRunsNoGuestsButEvacuatingWithoutProofIsSeen() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.crash("compute-1");
    client.putService("compute-1", "{\"forced_down\": true}");

    client.evacuate(guest);
    waitUntilSettled(guest);

    assertThat(truth.twiceRunning()).isEmpty();
    assertThat(truth.evacuatedFromHostsWithPower()).hasSize(1);
  }

  @Test
  void twoEvacuationsAtOnceMakeAGuestRunTwice() {
    UUID guest = cloud.addGuest("compute-1", "web");
    UUID other = cloud.addGuest("compute-1", "db");
    fence("compute-1");
    cloud.settings().evacuationsAtOnce(0);

    client.act(guest, "{\"evacuate\": {\"host\": \"compute-2\"}}");
    client.act(guest, "{\"evacuate\": {\"host\": \"compute-3\"}}");
    cloud.settings().evacuationsAtOnce(3);
    client.evacuate(other); // with it they begin
    waitUntilSettled(guest);

    assertThat(truth.twiceRunning()).isNotEmpty();
  }

  @Test
  void aHostThatBootsStartsNoGuestsByItself() {
    UUID guest = cloud.addGuest("compute-1", "web");
    cloud.losePower("compute-1");

    cloud.heal("compute-1");

    assertThat(truth.runningOn(guest)).isEmpty();
    assertThat(truth.stateOf(guest)).isEqualTo("stopped/-");
  }

  @Test
  void everyRequestIsWrittenDown() {
    client.service("compute-1");
    cloud.faults().set(Match.service("nova"), Trouble.status(503), 1);
    client.nova("2.88", "GET", "/os-services", null);

    assertThat(truth.requests(handled -> handled.service().equals("nova")))
        .extracting(Truth.Handled::method, Truth.Handled::path, Truth.Handled::status)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("GET", "/compute/v2.1/os-services", 200),
            org.assertj.core.groups.Tuple.tuple("GET", "/compute/v2.1/os-services", 503));
    assertThat(truth.novaRequests()).isEqualTo(2);
  }
}
