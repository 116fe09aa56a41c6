package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.fencing.FencingWorld.HOST;
import static ukemi.fencing.FencingWorld.MACHINE;
import static ukemi.fencing.FencingWorld.NOVA;
import static ukemi.fencing.PowerState.OFF;
import static ukemi.fencing.PowerState.ON;
import static ukemi.fencing.PowerState.UNKNOWN;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.notification.RecoveryRun;

/** Rule R1: orders, proofs, and what ends a proof. */
class FencingTest {

  private FencingWorld world = FencingWorld.quiet();
  private final RecoveryRun run = world.openRun();

  @AfterEach
  void close() {
    world.close();
  }

  // Orders

  @Test
  void anOrderIsKeptBeforeItLeaves() {
    world.power.powerOff =
        () -> {
          assertThat(world.rows("power_order"))
              .singleElement()
              .satisfies(row -> assertThat(row.get("ended_at")).isNull());
          return "200";
        };
    world.transactions.executeWithoutResult(status -> world.powerOff(run));
    assertThat(world.rows("power_order"))
        .singleElement()
        .satisfies(row -> assertThat(row.get("ended_at")).isNotNull());
  }

  @Test
  void anOrderIsKeptWhenTheStepIsUndone() {
    world.transactions.executeWithoutResult(
        status -> {
          world.powerOff(run);
          status.setRollbackOnly();
        });
    assertThat(world.rows("power_order")).hasSize(1);
    assertThat(world.rows("power_watch")).hasSize(1);
  }

  @Test
  void aTimeOutEndsTheOrderAndProvesNothing() {
    world.power.powerOff =
        () -> {
          throw new PowerControlUnavailable("MAAS did not answer in time");
        };
    world.powerOff(run);
    assertThat(world.fencing.evidence(run.id())).contains("no definite answer: MAAS did not");
    assertThat(world.rows("power_order").get(0).get("ended_at")).isNotNull();
    assertThat(world.rows("power_watch")).hasSize(1);
    nothingIsProven();
  }

  @Test
  void aRefusedOrderIsSaidAndTheMachineIsWatchedAllTheSame() {
    world.power.powerOff =
        () -> {
          throw new PowerControlRefused("403");
        };
    assertThatThrownBy(() -> world.powerOff(run))
        .isInstanceOf(FencingRefused.class)
        .hasMessageContaining("MAAS refuses to switch it off: 403");
    assertThat(world.rows("power_order").get(0).get("ended_at")).isNotNull();
    assertThat(world.rows("power_watch")).hasSize(1);
  }

  @Test
  void anOrderWhoseAnswerWasLostInACrashIsSentAgain() {
    world
        .jdbc
        .sql("insert into ukemi.power_order (run_id, system_id, begun_at) values (?, ?, ?)")
        .params(run.id(), MACHINE, world.ago(30))
        .update();
    world.read(run, OFF, 20);
    world.read(run, OFF, 10);
    nothingIsProven();
    world.powerOff(run);
    assertThat(world.power.calls("off")).hasSize(1);
    assertThat(world.fencing.evidence(run.id())).contains("answer lost");
    nothingIsProven();
  }

  @Test
  void aMachineThatIsProvenOffIsNotOrderedAgain() {
    RecoveryRun proven = world.provenOff(0);
    world.powerOff(proven);
    assertThat(world.power.calls("off")).isEmpty();
  }

  // Proof by readings

  @Test
  void twoLiveOffReadingsAreProof() {
    readyToProve();
    assertThat(world.fencing.verdict(run.id())).isEqualTo(PowerVerdict.OFF_PROVEN);
    ProofOfOff proof = world.fencing.recordProof(run);
    assertThat(proof.kind()).isEqualTo(ProofOfOff.Kind.READINGS);
    assertThat(proof.evidence())
        .contains("power off (hard) ordered for machine qmt3sc")
        .contains("off, by the test (2 times")
        .contains("last heartbeat of nova-compute 2031-05-05 11:59:00Z");
    assertThatCode(() -> world.fencing.requireProof(run.id())).doesNotThrowAnyException();
  }

  @Test
  void aProofIsStoredOnce() {
    readyToProve();
    assertThat(world.fencing.recordProof(run)).isEqualTo(world.fencing.recordProof(run));
    assertThat(world.rows("proof_of_off")).hasSize(1);
  }

  @Test
  void a200ThatDoesNothingProvesNothing() {
    world.powerOff(run);
    world.jdbc.sql("update ukemi.power_order set ended_at = ?").param(world.ago(30)).update();
    world.read(run, ON, 15);
    nothingIsProven();
    assertThat(world.fencing.verdict(run.id())).isEqualTo(PowerVerdict.STILL_ON);
  }

  @Test
  void readingsOfAnotherRunProveNothing() {
    readyToProve();
    RecoveryRun other = world.openRun("compute-2");
    world.power.put(FakePower.deployed("other1", "compute-2"));
    assertThatThrownBy(() -> world.fencing.recordProof(other)).isInstanceOf(NoProof.class);
    assertThatThrownBy(() -> world.fencing.requireProof(other.id())).isInstanceOf(NoProof.class);
  }

  @Test
  void aMachineThatWasEnlistedAnewMeanwhileIsNotProvenOff() {
    world.fencing.identify(run);
    readyToProve();
    world.power.machines.clear();
    world.power.put(FakePower.deployed("other1", HOST));
    assertThatThrownBy(() -> world.fencing.recordProof(run))
        .isInstanceOf(NoProof.class)
        .hasMessageContaining("is machine other1 now");
  }

  @Test
  void aMachineThatSettingsNameAnewMeanwhileIsNotProvenOff() {
    world.close();
    world = FencingWorld.with(FencingWorld.settings(Provider.MAAS, true, Map.of(HOST, "other1")));
    RecoveryRun mine = world.openRun();
    world.power.put(FakePower.deployed("other1", "node-7"));
    world.silent();
    world.ordered(mine, 20);
    world.read(mine, OFF, 10);
    world.read(mine, OFF, 0);
    assertThatThrownBy(() -> world.fencing.recordProof(mine))
        .isInstanceOf(NoProof.class)
        .hasMessageContaining("is machine other1 now, but qmt3sc was switched off");
  }

  @Test
  void aMachineThatWasReleasedMeanwhileIsNotProvenOff() {
    readyToProve();
    world.power.put(
        new Machine(MACHINE, HOST, HOST + ".maas", false, "Releasing", "ipmi", false, List.of()));
    assertThatThrownBy(() -> world.fencing.recordProof(run)).isInstanceOf(NoProof.class);
  }

  @Test
  void aHostWhoseHeartbeatAdvancesIsNotProvenOff() {
    readyToProve();
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(11));
    assertThatThrownBy(() -> world.fencing.recordProof(run))
        .isInstanceOf(NoProof.class)
        .hasMessageContaining("heartbeat");
    assertThat(world.fencing.verdict(run.id())).isNotEqualTo(PowerVerdict.OFF_PROVEN);
    assertThat(world.rows("proof_of_off")).isEmpty();
  }

  @Test
  void aHeartbeatFromBeforeThePowerOffDoesNotHinderTheProof() {
    readyToProve();
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(30));
    world.fencing.recordProof(run);
    assertThat(world.fencing.voidIfContradicted(run.id())).isEmpty();
  }

  @Test
  void withoutAnAnswerOfNovaOrMaasNothingIsRecorded() {
    readyToProve();
    world.compute.down = true;
    assertThatThrownBy(() -> world.fencing.recordProof(run)).isInstanceOf(ComputeUnavailable.class);
    world.compute.down = false;
    world.power.failing = new PowerControlUnavailable("down");
    assertThatThrownBy(() -> world.fencing.recordProof(run))
        .isInstanceOf(PowerControlUnavailable.class);
    assertThat(world.rows("proof_of_off")).isEmpty();
  }

  // What ends a proof

  @Test
  void aLiveOnVoidsTheProof() {
    RecoveryRun proven = world.provenOff(5);
    world.read(proven, ON, 1);
    assertThat(world.fencing.voidIfContradicted(proven.id()))
        .hasValueSatisfying(reason -> assertThat(reason).contains("was read as on"));
    assertThat(world.fencing.voidIfContradicted(proven.id())).isEmpty();
    assertThat(world.fencing.needsFencingAgain(proven.id())).isTrue();
    assertThatThrownBy(() -> world.fencing.requireProof(proven.id())).isInstanceOf(NoProof.class);
    assertThatThrownBy(() -> world.fencing.recordProof(proven)).isInstanceOf(NoProof.class);
  }

  @Test
  void aProofThatWasVoidedSinceItWasAskedForIsNotReliedOn() {
    RecoveryRun proven = world.provenOff(5);
    world.fencing.requireProof(proven.id());
    world.fencing.relyOn(proven.id());
    world
        .jdbc
        .sql("update ukemi.proof_of_off set voided_at = now(), void_reason = 'read as on'")
        .update();
    assertThatThrownBy(() -> world.fencing.relyOn(proven.id())).isInstanceOf(NoProof.class);
  }

  @Test
  void anEvacuationSeesALiveOnBeforeAnybodyElse() {
    RecoveryRun proven = world.provenOff(5);
    world.read(proven, ON, 1);
    assertThatThrownBy(
            () ->
                world.transactions.executeWithoutResult(
                    status -> world.fencing.requireProof(proven.id())))
        .isInstanceOf(NoProof.class)
        .hasMessageContaining("void");
    assertThat(world.rows("proof_of_off").get(0).get("voided_at")).isNotNull();
  }

  @Test
  void aHeartbeatVoidsTheProofEvenIfItFellSilentAgain() {
    RecoveryRun proven = world.provenOff(5);
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(40));
    world.heartbeats.read(proven);
    assertThatThrownBy(() -> world.fencing.requireProof(proven.id())).isInstanceOf(NoProof.class);
    assertThat(world.fencing.needsFencingAgain(proven.id())).isTrue();
  }

  @Test
  void ourOwnWriteDoesNotVoidTheProof() {
    RecoveryRun proven = world.provenOff(5);
    world.heartbeats.announceOwnWrite(proven.id());
    ComputeService after = world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(10));
    world.heartbeats.read(proven);
    assertThat(world.fencing.voidIfContradicted(proven.id())).isEmpty();
    world.heartbeats.rebase(proven.id(), after);
    world.heartbeats.read(proven);
    assertThat(world.fencing.voidIfContradicted(proven.id())).isEmpty();
    world.compute.put(HOST, NOVA.plusSeconds(20), NOVA.plusSeconds(20));
    world.heartbeats.read(proven);
    assertThat(world.fencing.voidIfContradicted(proven.id())).isPresent();
  }

  /** Ukemi was killed between force down and its answer, and is back an hour later. */
  @Test
  void ourOwnWriteWhoseAnswerWasLostDoesNotVoidTheProof() {
    RecoveryRun proven = world.provenOff(5);
    world.heartbeats.announceOwnWrite(proven.id());
    world
        .jdbc
        .sql("update ukemi.heartbeat set own_write_at = clock_timestamp() - interval '1 hour'")
        .update();
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(3600));
    world.heartbeats.read(proven);
    assertThat(world.fencing.voidIfContradicted(proven.id())).isEmpty();
    world.compute.put(HOST, NOVA.plusSeconds(3605), NOVA.plusSeconds(3610));
    world.heartbeats.read(proven);
    assertThat(world.fencing.voidIfContradicted(proven.id())).isPresent();
  }

  @Test
  void aVoidProofIsReplacedOnlyByReadingsOfANewOrder() {
    RecoveryRun proven = world.provenOff(30);
    world.read(proven, ON, 20);
    world.fencing.voidIfContradicted(proven.id());
    world.powerOff(proven);
    world
        .jdbc
        .sql(
            "update ukemi.power_order set ended_at = ? where id = (select max(id) from"
                + " ukemi.power_order)")
        .param(world.ago(12))
        .update();
    world.read(proven, OFF, 15);
    world.read(proven, OFF, 9);
    assertThatThrownBy(() -> world.fencing.recordProof(proven)).isInstanceOf(NoProof.class);
    world.read(proven, OFF, 1);
    world.fencing.recordProof(proven);
    assertThatCode(() -> world.fencing.requireProof(proven.id())).doesNotThrowAnyException();
    assertThat(world.fencing.needsFencingAgain(proven.id())).isFalse();
  }

  // Freshness

  @Test
  void aProofWithoutAFreshReadingIsNotEnough() {
    RecoveryRun proven = world.provenOff(61);
    assertThatThrownBy(() -> world.fencing.requireProof(proven.id()))
        .isInstanceOf(NoProof.class)
        .hasMessageEndingWith("last read as off 61 s ago");
  }

  @Test
  void aFreshOffKeepsTheProofForAllGuests() {
    RecoveryRun proven = world.provenOff(400);
    world.read(proven, OFF, 59.9);
    assertThatCode(() -> world.fencing.requireProof(proven.id())).doesNotThrowAnyException();
  }

  @Test
  void whereThePowerCannotBeReadTheProofHoldsForAWhileOnly() {
    RecoveryRun proven = world.provenOff(179);
    world.read(proven, UNKNOWN, 100);
    assertThatThrownBy(() -> world.fencing.requireProof(proven.id())).isInstanceOf(NoProof.class);
    world.read(proven, UNKNOWN, 20);
    assertThatCode(() -> world.fencing.requireProof(proven.id())).doesNotThrowAnyException();
    assertThat(world.fencing.needsFencingAgain(proven.id())).isFalse();
  }

  @Test
  void aMachineThatCannotBeReadForLongIsFencedAgain() {
    RecoveryRun proven = world.provenOff(181);
    assertThat(world.fencing.needsFencingAgain(proven.id())).isFalse();
    world.read(proven, UNKNOWN, 1);
    assertThatThrownBy(() -> world.fencing.requireProof(proven.id())).isInstanceOf(NoProof.class);
    assertThat(world.fencing.needsFencingAgain(proven.id())).isTrue();
    world.powerOff(proven);
    assertThat(world.power.calls("off")).hasSize(1);
    assertThatThrownBy(() -> world.fencing.requireProof(proven.id())).isInstanceOf(NoProof.class);
  }

  @Test
  void aRunWithoutAProofIsNotFencedAgainButStill() {
    assertThat(world.fencing.needsFencingAgain(run.id())).isFalse();
    assertThatThrownBy(() -> world.fencing.requireProof(run.id())).isInstanceOf(NoProof.class);
  }

  // Again by itself

  @Test
  void aHostThatHasComeBackIsNotFencedByItselfAlthoughThatIsNotStoredYet() {
    world.silent();
    world.heartbeats.read(run);
    world.ordered(run, 200);
    Instant begunAgain = world.clock.now().minusSeconds(5);
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(11));
    assertThat(world.heartbeats.isAlive(run.id())).isFalse();
    assertThatThrownBy(() -> world.fencing.powerOff(run, begunAgain))
        .isInstanceOf(FencingRefused.class)
        .hasMessageContaining("reports to Nova again");
    assertThat(world.power.calls("off")).isEmpty();
    world.powerOff(run); // a person wants it
    assertThat(world.power.calls("off")).hasSize(1);
  }

  @Test
  void onlyBeforeItsFirstOrderNovaIsAskedAgain() {
    world.silent();
    world.heartbeats.read(run);
    world.ordered(run, 200);
    Instant begunAgain = world.clock.now().minusSeconds(20);
    world.fencing.powerOff(run, begunAgain);
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(11));
    world.fencing.powerOff(run, begunAgain);
    assertThat(world.power.calls("off")).hasSize(2);
  }

  @Test
  void aBmcThatComesBackIsReadableAgainAlthoughMaasTookTheOrder() {
    world.ordered(run, 200);
    world.read(run, UNKNOWN, 100);
    Instant asked = world.clock.now().minusSeconds(20);
    world.read(run, UNKNOWN, 10);
    assertThat(world.fencing.isReadableAgain(run.id(), asked)).isFalse();
    world.read(run, ON, 1);
    assertThat(world.fencing.isReadableAgain(run.id(), asked)).isTrue();
  }

  @Test
  void aMachineThatCouldBeReadAllTheTimeIsNotReadableAgain() {
    world.ordered(run, 490);
    world.read(run, ON, 450);
    Instant asked = world.clock.now().minusSeconds(320);
    world.read(run, ON, 1);
    assertThat(world.fencing.isReadableAgain(run.id(), asked)).isFalse();
  }

  @Test
  void aHostThatIsAliveAgainIsNotFencedWithoutAPerson() {
    world.silent();
    world.heartbeats.read(run);
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(11));
    world.heartbeats.read(run);
    world.read(run, ON, 1);
    Instant asked = world.clock.now().minusSeconds(5);
    assertThat(world.fencing.isReadableAgain(run.id(), asked)).isFalse();
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(60));
    world.heartbeats.read(run);
    assertThat(world.fencing.isReadableAgain(run.id(), asked)).isTrue();
  }

  // Provider none

  @Test
  void withoutAProviderTheProofSaysSo() {
    world.close();
    world = FencingWorld.with(FencingWorld.settings(Provider.NONE, true, Map.of()));
    RecoveryRun mine = world.openRun();
    world.silent();
    ProofOfOff proof = world.fencing.recordUnfenced(mine);
    assertThat(proof.kind()).isEqualTo(ProofOfOff.Kind.NONE);
    assertThat(proof.givenBy()).isEqualTo("setting ukemi.fencing.provider=none");
    assertThat(world.fencing.evidence(mine.id())).contains("taken as off without proof");
    world.fencing.latch(mine);
    world.fencing.requireProof(mine.id());
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(11));
    world.heartbeats.read(mine);
    assertThatThrownBy(() -> world.fencing.requireProof(mine.id())).isInstanceOf(NoProof.class);
  }

  @Test
  void withAProviderNobodyIsTakenAsOffWithoutProof() {
    assertThatThrownBy(() -> world.fencing.recordUnfenced(run))
        .isInstanceOf(IllegalStateException.class);
  }

  private void readyToProve() {
    world.silent();
    world.heartbeats.read(run);
    world.ordered(run, 20);
    world.read(run, OFF, 10);
    world.read(run, OFF, 4);
  }

  private void nothingIsProven() {
    world.silent();
    assertThat(world.fencing.verdict(run.id())).isNotEqualTo(PowerVerdict.OFF_PROVEN);
    assertThatThrownBy(() -> world.fencing.recordProof(run)).isInstanceOf(NoProof.class);
    assertThatThrownBy(() -> world.fencing.requireProof(run.id())).isInstanceOf(NoProof.class);
  }
}
