package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.fencing.FencingWorld.MACHINE;
import static ukemi.fencing.PowerState.ON;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ukemi.notification.RecoveryRun;

class MachineLatchTest {

  private FencingWorld world = FencingWorld.quiet();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aProvenMachineIsLockedAndGivenBack() {
    RecoveryRun run = world.provenOff(0);
    world.fencing.latch(run);
    world.fencing.latch(run);
    assertThat(world.power.isLocked(MACHINE)).isTrue();
    assertThat(world.power.calls("lock")).hasSize(1);
    world.fencing.unlatch(run);
    world.fencing.unlatch(run);
    assertThat(world.power.isLocked(MACHINE)).isFalse();
    assertThat(world.power.calls("unlock")).hasSize(1);
  }

  @Test
  void somebodyElsesLockIsLeftAlone() {
    RecoveryRun run = world.provenOff(0);
    world.power.setLocked(MACHINE, true);
    world.fencing.latch(run);
    world.fencing.unlatch(run);
    assertThat(world.power.isLocked(MACHINE)).isTrue();
    assertThat(world.power.calls("lock")).isEmpty();
    assertThat(world.fencing.evidence(run.id())).contains("locked in MAAS by somebody else");
  }

  @Test
  void aLockThatFailsIsNotedAndBlocksNothing() {
    RecoveryRun run = world.provenOff(0);
    world.power.lockFailing = new PowerControlRefused("409 Can't lock");
    world.fencing.latch(run);
    assertThat(world.fencing.evidence(run.id())).contains("could not be locked").contains("409");
    world.power.lockFailing = null;
    world.fencing.unlatch(run);
    assertThat(world.power.calls("unlock")).isEmpty();
  }

  @Test
  void aLockWhoseAnswerWasLostIsGivenBack() {
    RecoveryRun run = world.provenOff(0);
    world.power.lockFailing = new PowerControlUnavailable("no answer");
    world.fencing.latch(run);
    world.power.lockFailing = null;
    world.power.setLocked(MACHINE, true);
    world.fencing.latch(run);
    world.fencing.unlatch(run);
    assertThat(world.power.isLocked(MACHINE)).isFalse();
  }

  @Test
  void aLockThatMaasRefusesToGiveBackIsNoted() {
    RecoveryRun run = world.provenOff(0);
    world.fencing.latch(run);
    world.power.lockFailing = new PowerControlRefused("403");
    world.fencing.unlatch(run);
    assertThat(world.fencing.evidence(run.id())).contains("could not be unlocked");
  }

  @Test
  void aLockIsGivenBackAlsoWhenMaasWasAway() {
    RecoveryRun run = world.provenOff(0);
    world.fencing.latch(run);
    world.power.lockFailing = new PowerControlUnavailable("no answer");
    assertThatThrownBy(() -> world.fencing.unlatch(run))
        .isInstanceOf(PowerControlUnavailable.class);
    world.power.lockFailing = null;
    world.fencing.unlatch(run);
    assertThat(world.power.isLocked(MACHINE)).isFalse();
  }

  @Test
  void ourOwnLockDoesNotHinderASecondFencing() {
    RecoveryRun run = world.provenOff(1);
    world.fencing.latch(run);
    world.read(run, ON, 0);
    assertThat(world.fencing.voidIfContradicted(run.id())).isPresent();
    world.powerOff(run);
    assertThat(world.power.calls)
        .endsWith("lock " + MACHINE, "unlock " + MACHINE, "off " + MACHINE);
    world.fencing.latch(run);
    assertThat(world.power.isLocked(MACHINE)).isTrue();
    world.fencing.unlatch(run);
    assertThat(world.power.isLocked(MACHINE)).isFalse();
  }

  @Test
  void aSiteThatDoesNotWantLocksHasNone() {
    world.close();
    world = FencingWorld.with(FencingWorld.settings(Provider.MAAS, false, Map.of()));
    RecoveryRun run = world.provenOff(0);
    world.fencing.latch(run);
    assertThat(world.power.calls("lock")).isEmpty();
  }

  @Test
  void aMachineThatWeNeverOrderedOffIsNotLocked() {
    RecoveryRun run = world.openRun();
    world.fencing.latch(run);
    assertThat(world.power.calls("lock")).isEmpty();
  }
}
