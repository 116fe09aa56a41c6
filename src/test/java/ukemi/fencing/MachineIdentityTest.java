package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static ukemi.fencing.FencingWorld.HOST;
import static ukemi.fencing.FencingWorld.MACHINE;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.InvalidSetting;
import ukemi.compute.ComputeUnavailable;

/** Rule R11: a wrong machine is never switched off. */
class MachineIdentityTest {

  private FencingWorld world = FencingWorld.quiet();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void theOneMachineOfThatNameIsFound() {
    world.compute.addresses.put(HOST, "10.30.0.11");
    assertThat(identify(HOST).systemId()).isEqualTo(MACHINE);
  }

  @Test
  void aHostIsFoundByItsShortNameAndComparedByItsFullName() {
    assertThat(identify("Compute-1.MAAS").systemId()).isEqualTo(MACHINE);
    refused("compute-1.elsewhere", "is named compute-1.maas in MAAS, not compute-1.elsewhere");
  }

  @Test
  void aHostWithoutAMachineIsNotFenced() {
    refused("compute-9", "MAAS shows no machine named compute-9");
  }

  @Test
  void aHostWithTwoMachinesIsNotFenced() {
    world.power.put(FakePower.deployed("second", HOST));
    refused(HOST, "MAAS shows 2 machines named compute-1");
  }

  @Test
  void aMachineAtAnotherAddressIsNotFenced() {
    world.compute.addresses.put(HOST, "10.30.0.12");
    refused(HOST, "Nova knows compute-1 at 10.30.0.12, which is not among the addresses");
  }

  @Test
  void aMachineWithoutAddressesIsNotTheOneThatNovaKnows() {
    world.compute.addresses.put(HOST, "10.30.0.11");
    put(MACHINE, true, "ipmi", false, List.of());
    refused(HOST, "not among the addresses");
  }

  @Test
  void theSameAddressWrittenInAnotherWayIsTheSame() {
    world.compute.addresses.put(HOST, "fd00:0:0:0:0:0:0:1");
    put(MACHINE, true, "ipmi", false, List.of("10.1.1.1", "fd00::1"));
    assertThat(identify(HOST).systemId()).isEqualTo(MACHINE);
  }

  @Test
  void aNovaThatDoesNotTellTheAddressIsAskedAgain() {
    world.compute.down = true;
    assertThatThrownBy(() -> identify(HOST)).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void aMachineThatIsNotDeployedIsNotFenced() {
    put(MACHINE, false, "ipmi", false, List.of());
    refused(HOST, "has the status Releasing, not Deployed");
  }

  @Test
  void aLockedMachineIsNotFenced() {
    world.power.setLocked(MACHINE, true);
    refused(HOST, "is locked in MAAS");
  }

  @Test
  void aMachineWithoutPowerControlIsNotFenced() {
    put(MACHINE, true, "manual", false, List.of());
    refused(HOST, "power type manual");
    put(MACHINE, true, "", false, List.of());
    refused(HOST, "power type (none)");
  }

  @Test
  void aMachineThatWasEnlistedAnewIsNotFenced() {
    identify(HOST);
    world.power.machines.clear();
    world.power.put(FakePower.deployed("other1", HOST));
    refused(HOST, "was machine qmt3sc and is machine other1 now");
    refused(HOST, "was machine qmt3sc and is machine other1 now");
  }

  @Test
  void aMachineThatAPersonNamesIsTheRightOne() {
    world.close();
    world =
        FencingWorld.with(
            FencingWorld.settings(Provider.MAAS, true, Map.of(HOST, "other1", "gone", "x")));
    world
        .jdbc
        .sql("insert into ukemi.known_machine (host_name, system_id) values (?, ?)")
        .params(HOST, MACHINE)
        .update();
    world.power.put(FakePower.deployed("other1", "node-7"));
    assertThat(identify(HOST).systemId()).isEqualTo("other1");
    refused("gone", "MAAS shows no machine x (ukemi.fencing.machines.gone)");
  }

  @Test
  void theMachineThatWeRunOnIsNeverFenced() throws Exception {
    Optional<InetAddress> own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
            .findFirst();
    Assumptions.assumeTrue(own.isPresent());
    put(
        MACHINE,
        true,
        "ipmi",
        false,
        List.of("10.1.1.1", own.get().getHostAddress().split("%")[0]));
    refused(HOST, "at which Ukemi itself runs");
  }

  @Test
  void theMachineThatOurDatabaseRunsOnIsNeverFenced() throws Exception {
    DataSource elsewhere = mock(DataSource.class, RETURNS_DEEP_STUBS);
    when(elsewhere.getConnection().getMetaData().getURL())
        .thenReturn("jdbc:postgresql://no-such-name.invalid,10.30.0.11:5432/ukemi?user=x");
    OwnMachines own =
        new OwnMachines(elsewhere, world.jdbc, world.power, new NeverFenced(List.of()));
    Machine machine = world.power.machines.get(MACHINE);
    assertThatThrownBy(() -> own.refuse(HOST, machine))
        .isInstanceOf(FencingRefused.class)
        .hasMessageContaining("has the address 10.30.0.11, at which Ukemi's database runs");
  }

  @Test
  void theMachineThatMaasRunsOnIsNeverFenced() {
    world.power.hosts = Set.of("10.30.0.11", "no-such-name.invalid");
    refused(HOST, "has the address 10.30.0.11, at which MAAS runs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.30.0.11",
        "fd00:0:0:0:0:0:0:1",
        "Compute-1",
        "compute-1.elsewhere.example.org",
        MACHINE,
        "nova-name"
      })
  void aMachineThatTheOperatorNamesIsNeverFenced(String entry) {
    put(MACHINE, true, "ipmi", false, List.of("10.30.0.11", "fd00::1"));
    OwnMachines own =
        new OwnMachines(
            world.dataSource, world.jdbc, world.power, new NeverFenced(List.of("x", entry)));
    Machine machine = world.power.machines.get(MACHINE);
    assertThatThrownBy(() -> own.refuse("nova-name", machine))
        .isInstanceOf(FencingRefused.class)
        .hasMessageContaining("ukemi.fencing.never names");
  }

  @Test
  void anotherMachineThanTheOperatorNamesIsFenced() {
    OwnMachines own =
        new OwnMachines(
            world.dataSource,
            world.jdbc,
            world.power,
            new NeverFenced(List.of("10.30.0.12", "compute-11", "abc123", "fd00::2")));
    own.refuse(HOST, world.power.machines.get(MACHINE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "10.1", "10.1.2.300", "fd00::x", "a b", "10.1.1.0/24", "*"})
  void whatNamesNoMachineIsNoSetting(String entry) {
    assertThatThrownBy(() -> new NeverFenced(List.of(entry)))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("ukemi.fencing.never");
  }

  @Test
  void aMaasThatDoesNotAnswerIsAskedAgain() {
    world.power.failing = new PowerControlUnavailable("MAAS cannot be reached");
    assertThatThrownBy(() -> identify(HOST)).isInstanceOf(PowerControlUnavailable.class);
  }

  private Machine identify(String host) {
    return world.fencing.identify(world.openRun(host));
  }

  private void refused(String host, String reason) {
    var run = world.openRun(host);
    assertThatThrownBy(() -> world.powerOff(run))
        .isInstanceOf(FencingRefused.class)
        .hasMessageContaining(reason);
    assertThat(world.power.calls("off")).isEmpty();
    assertThat(world.fencing.evidence(run.id())).contains(reason);
  }

  private void put(
      String id, boolean deployed, String powerType, boolean locked, List<String> addresses) {
    world.power.put(
        new Machine(
            id,
            HOST,
            HOST + ".maas",
            deployed,
            deployed ? "Deployed" : "Releasing",
            powerType,
            locked,
            addresses));
  }
}
