package ukemi.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ukemi.fencing.FencingWorld.HOST;
import static ukemi.fencing.FencingWorld.NOVA;
import static ukemi.fencing.PowerState.OFF;
import static ukemi.fencing.PowerState.ON;
import static ukemi.fencing.PowerState.UNKNOWN;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ukemi.compute.ComputeUnavailable;
import ukemi.fencing.ConfirmationResult.Accepted;
import ukemi.fencing.ConfirmationResult.Refused;
import ukemi.notification.RecoveryRun;

/** Rule R1 (b): a person's word, held against the world. */
class ConfirmationTest {

  private final FencingWorld world = FencingWorld.quiet();
  private final RecoveryRun run = world.openRun();
  private Instant confirmedAt;

  @BeforeEach
  void aDeadMachineThatCannotBeRead() {
    world.silent();
    world.heartbeats.read(run);
    world.fencing.readAgain(run);
    world.read(run, ON, 30);
    confirmedAt = world.clock.now().minusSeconds(10);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aPersonsWordIsProof() {
    world.read(run, UNKNOWN, 2);
    ProofOfOff proof = accepted(confirm("ann"));
    assertThat(proof.kind()).isEqualTo(ProofOfOff.Kind.PERSON);
    assertThat(proof.givenBy()).isEqualTo("ann: pulled the plug");
    assertThatCode(() -> world.fencing.requireProof(run.id())).doesNotThrowAnyException();
    assertThat(world.fencing.evidence(run.id())).contains("confirmed as off by a person: ann");
  }

  @Test
  void theSameConfirmationGivenTwiceIsOneProof() {
    world.read(run, UNKNOWN, 2);
    assertThat(accepted(confirm("ann"))).isEqualTo(accepted(confirm("ann")));
    assertThat(world.rows("proof_of_off")).hasSize(1);
  }

  @Test
  void aHostNameTypedWrongIsNotTaken() {
    world.read(run, UNKNOWN, 2);
    for (String typed : new String[] {"compute-2", "Compute-1", " compute-1", "", null}) {
      refused(
          world.fencing.confirm(run, new Confirmation("ann", typed, "x", confirmedAt, false)),
          "host name typed is not compute-1");
    }
  }

  @Test
  void aReasonMustBeGiven() {
    world.read(run, UNKNOWN, 2);
    refused(
        world.fencing.confirm(run, new Confirmation("ann", HOST, "  ", confirmedAt, false)),
        "a reason is missing");
  }

  @Test
  void aConfirmationIsNotTakenBeforeTheWorldWasReadAgain() {
    assertThat(world.fencing.worldReadSince(run.id(), confirmedAt)).isFalse();
    refused(confirm("ann"), "has not been read since");
    world.read(run, UNKNOWN, 2);
    assertThat(world.fencing.worldReadSince(run.id(), confirmedAt)).isTrue();
    accepted(confirm("ann"));
  }

  @Test
  void aLiveOnRefusesAConfirmation() {
    world.read(run, ON, 2);
    refused(confirm("ann"), "it is on");
    assertThat(world.fencing.evidence(run.id())).contains("power of machine qmt3sc read: on");
  }

  @Test
  void aLiveOnFollowedByUnknownRefusesAConfirmation() {
    world.read(run, ON, 5);
    world.read(run, UNKNOWN, 2);
    refused(confirm("ann"), "it is on");
  }

  @Test
  void anAdvancingHeartbeatRefusesAConfirmation() {
    world.read(run, UNKNOWN, 2);
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(11));
    refused(confirm("ann"), "heartbeat of nova-compute on it advances");
  }

  @Test
  void aNovaThatDoesNotAnswerIsAskedAgain() {
    world.read(run, UNKNOWN, 2);
    world.compute.down = true;
    assertThatThrownBy(() -> confirm("ann")).isInstanceOf(ComputeUnavailable.class);
    assertThat(world.rows("proof_of_off")).isEmpty();
  }

  @Test
  void aSecondPersonMayStandByIt() {
    world.read(run, ON, 2);
    refused(confirm("ann"), "it is on");
    refused(confirm("bob"), "it is on");
    ProofOfOff proof = accepted(override("bob"));
    assertThat(proof.givenBy()).contains("bob").contains("overrides").contains("it is on");
    world.read(run, ON, 0);
    assertThatCode(() -> world.fencing.requireProof(run.id())).doesNotThrowAnyException();
  }

  @Test
  void theSamePersonIsNotTheSecond() {
    world.read(run, ON, 2);
    refused(override("ann"), "it is on");
    refused(override("ann"), "it is on");
    refused(override("Ann "), "it is on");
  }

  @Test
  void onePersonsMistypingMakesNobodyElseTheSecond() {
    world.read(run, ON, 2);
    world.fencing.confirm(run, new Confirmation("ann", "x", "x", confirmedAt, false));
    refused(override("bob"), "it is on");
  }

  @Test
  void aRefusalOfAnEarlierProofMakesNobodyTheSecond() {
    world.read(run, ON, 5);
    refused(confirm("ann"), "it is on");
    accepted(override("bob"));
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(40));
    world.heartbeats.read(run);
    assertThat(world.fencing.voidIfContradicted(run.id())).isPresent();
    refused(override("bob"), "it is on");
  }

  @Test
  void aHeartbeatThatWasOverriddenVoidsAsSoonAsItComesAgain() {
    world.read(run, UNKNOWN, 2);
    world.compute.put(HOST, NOVA.plusSeconds(10), NOVA.plusSeconds(11));
    refused(confirm("ann"), "heartbeat");
    accepted(override("bob"));
    assertThat(world.fencing.voidIfContradicted(run.id())).isEmpty();
    world.compute.put(HOST, NOVA.plusSeconds(20), NOVA.plusSeconds(21));
    world.heartbeats.read(run);
    assertThat(world.fencing.voidIfContradicted(run.id())).isPresent();
  }

  @Test
  void aLiveOnVoidsAPersonsWord() {
    world.read(run, UNKNOWN, 2);
    accepted(confirm("ann"));
    world.read(run, ON, 0);
    assertThatThrownBy(() -> world.fencing.requireProof(run.id())).isInstanceOf(NoProof.class);
    assertThat(world.fencing.needsFencingAgain(run.id())).isTrue();
  }

  @Test
  void anOverrideThatWasNotNeededIsAnOrdinaryWord() {
    world.read(run, UNKNOWN, 2);
    accepted(override("ann"));
    world.read(run, ON, 0);
    assertThat(world.fencing.voidIfContradicted(run.id())).isPresent();
  }

  @Test
  void aPersonReplacesAProofWhoseReadingsHaveFailed() {
    RecoveryRun proven = world.provenOff(200);
    world.fencing.readAgain(proven);
    world.read(proven, UNKNOWN, 2);
    ConfirmationResult result =
        world.fencing.confirm(proven, new Confirmation("ann", HOST, "x", confirmedAt, false));
    assertThat(accepted(result).kind()).isEqualTo(ProofOfOff.Kind.PERSON);
    world.fencing.requireProof(proven.id());
  }

  @Test
  void aMachineThatCannotBeFoundDoesNotKeepAPersonWaiting() {
    world.power.machines.clear();
    RecoveryRun lost = world.openRun("compute-9");
    world.fencing.readAgain(lost);
    assertThat(world.fencing.worldReadSince(lost.id(), confirmedAt)).isTrue();
    assertThat(world.fencing.evidence(lost.id()))
        .contains("the power cannot be read: MAAS shows no machine named compute-9");
  }

  @Test
  void aMachineThatMayNotBeFencedIsReadAllTheSame() {
    RecoveryRun other = world.openRun("compute-2");
    world.power.put(FakePower.deployed("locked", "compute-2"));
    world.power.setLocked("locked", true);
    world.fencing.readAgain(other);
    assertThat(world.fencing.worldReadSince(other.id(), confirmedAt)).isFalse();
    world.read(other, "locked", OFF, 1);
    world.read(other, "locked", ON, 0);
    assertThat(
            world.fencing.confirm(
                other, new Confirmation("ann", "compute-2", "x", confirmedAt, false)))
        .isInstanceOf(Refused.class);
  }

  private ConfirmationResult confirm(String person) {
    return world.fencing.confirm(
        run, new Confirmation(person, HOST, "pulled the plug", confirmedAt, false));
  }

  private ConfirmationResult override(String person) {
    return world.fencing.confirm(
        run, new Confirmation(person, HOST, "saw it myself", confirmedAt, true));
  }

  private static ProofOfOff accepted(ConfirmationResult result) {
    assertThat(result).isInstanceOf(Accepted.class);
    return ((Accepted) result).proof();
  }

  private static String refused(ConfirmationResult result, String reason) {
    assertThat(result).isInstanceOf(Refused.class);
    String text = ((Refused) result).reason();
    assertThat(text).contains(reason);
    return text;
  }
}
