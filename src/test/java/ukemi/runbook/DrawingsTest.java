package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import ukemi.fencing.Provider;

/** What the drawings say, in the engine: promises 1, 5 and 7. */
class DrawingsTest {

  private static final Map<String, Object> CONFIRMED = Map.of("decision", "confirmed");

  private DrawnProcesses drawn = new DrawnProcesses();

  @AfterEach
  void close() {
    drawn.close();
  }

  private List<String> evacuations() {
    return drawn.done.stream().filter("EvacuateInstance"::equals).toList();
  }

  /** The host was silent, and is proven off; its guests wait for their slots. */
  private ProcessInstance evacuating() {
    ProcessInstance process = drawn.start();
    drawn.send("HostSilent");
    drawn.send("MachineOff");
    return process;
  }

  private ProcessInstance refused() {
    drawn.when(
        "FindMachine",
        execution -> {
          throw new BpmnError("FENCING_REFUSED", "two machines have that name");
        });
    ProcessInstance process = drawn.start();
    drawn.send("HostSilent");
    return process;
  }

  @Nested
  class HostFailure {

    @Test
    void aDeadHostIsFlaggedFencedForcedDownDisabledAndOnlyThenEvacuated() {
      ProcessInstance process = evacuating();
      drawn.send("SlotGranted");
      drawn.send("Landed");
      assertThat(drawn.done)
          .containsExactly(
              "ClaimHost",
              "FlagHost",
              "FindMachine",
              "PowerOffMachine",
              "RecordProof",
              "LockMachine",
              "ForceDownComputeService",
              "DisableComputeService",
              "ListGuests",
              "QueueGuest",
              "QueueGuest",
              "EvacuateInstance",
              "EvacuateInstance",
              "SettleGuest",
              "SettleGuest",
              "ReleaseMachine",
              "ReportRecovery",
              "CloseUnfinishedRun");
      assertThat(drawn.end(process)).isEqualTo("HostRecovered");
    }

    @Test
    void guestsThatAreLeftAreAnEndOfTheirOwn() {
      drawn.when("ReportRecovery", Map.of("guestsLeft", 1));
      ProcessInstance process = evacuating();
      drawn.send("SlotGranted");
      drawn.send("Landed");
      assertThat(drawn.end(process)).isEqualTo("GuestsLeft");
    }

    @Test
    void aHostWithoutGuestsIsReportedToo() {
      drawn.when("ListGuests", Map.of("method", "auto", "guests", DrawnProcesses.guests()));
      ProcessInstance process = evacuating();
      assertThat(drawn.end(process)).isEqualTo("HostRecovered");
      assertThat(drawn.done).contains("ReportRecovery").doesNotContain("EvacuateInstance");
    }

    @Test
    void aHostThatIsRecoveredAlreadyIsNotTouched() {
      drawn.when("ClaimHost", Map.of("claimed", false));
      assertThat(drawn.end(drawn.start())).isEqualTo("NotificationIgnored");
      assertThat(drawn.done).containsExactly("ClaimHost", "CloseUnfinishedRun");
    }

    @Test
    void aFalseAlarmChangesNothing() {
      ProcessInstance process = drawn.start();
      drawn.send("HostAlive");
      assertThat(drawn.end(process)).isEqualTo("FalseAlarm");
      assertThat(drawn.done).containsExactly("ClaimHost", "CloseFalseAlarm", "CloseUnfinishedRun");
    }

    @Test
    void aHeartbeatThatStaysUnclearAsksAPersonAndFencesNobody() {
      ProcessInstance process = drawn.start();
      drawn.timeIsUp("HeartbeatUnclear");
      assertThat(drawn.tasks()).containsExactly("DecideIfHostFailed");
      assertThat(drawn.timers()).isEmpty();
      assertThat(drawn.done).containsExactly("ClaimHost");

      drawn.complete("DecideIfHostFailed", Map.of("decision", "watch"));
      assertThat(drawn.messages()).containsExactly("HostAlive", "HostSilent");

      drawn.timeIsUp("HeartbeatUnclear");
      drawn.complete("DecideIfHostFailed", Map.of("decision", "alive"));
      assertThat(drawn.end(process)).isEqualTo("FalseAlarm");
    }

    @Test
    void anAnswerThatIsNoneKeepsWatching() {
      drawn.start();
      drawn.timeIsUp("HeartbeatUnclear");
      drawn.complete("DecideIfHostFailed", Map.of("decision", "nonsense"));
      assertThat(drawn.messages()).containsExactly("HostAlive", "HostSilent");
      assertThat(drawn.done).containsExactly("ClaimHost");
    }

    @Test
    void aPersonWhoSaysThatItFailedHasItFenced() {
      drawn.start();
      drawn.timeIsUp("HeartbeatUnclear");
      drawn.complete("DecideIfHostFailed", Map.of("decision", "failed"));
      assertThat(drawn.done).endsWith("FlagHost", "FindMachine", "PowerOffMachine");
    }

    @Test
    void anotherMethodThanAutoAsksAPersonAndEvacuatesNobodyByItself() {
      drawn.when(
          "ListGuests", Map.of("method", "reserved_host", "guests", DrawnProcesses.guests("g")));
      ProcessInstance process = evacuating();
      assertThat(drawn.tasks()).containsExactly("ChooseRecovery");
      assertThat(drawn.timers()).isEmpty();
      drawn.complete("ChooseRecovery", Map.of("decision", "stop"));
      assertThat(drawn.end(process)).isEqualTo("HostRecovered");
      assertThat(drawn.done).contains("ReleaseMachine").doesNotContain("QueueGuest");
    }

    @Test
    void aLostProofFencesAgainWhileTheGuestsGoOnWaiting() {
      evacuating();
      drawn.done.clear();
      drawn.send("ProofLost");
      assertThat(drawn.done).containsExactly("FindMachine", "PowerOffMachine");
      assertThat(drawn.waitingFor("SlotGranted")).hasSize(2);
      drawn.send("MachineOff");
      assertThat(drawn.waitingFor("ProofLost")).as("it may be lost again").hasSize(1);
      drawn.send("ProofLost");
      assertThat(drawn.waitingFor("MachineOff")).hasSize(1);
    }

    @Test
    void aRecoveryThatIsOverStopsFencingTheHostAgain() {
      ProcessInstance process = evacuating();
      drawn.send("SlotGranted");
      drawn.send("ProofLost");
      drawn.send("Landed");
      assertThat(drawn.end(process)).isEqualTo("HostRecovered");
      assertThat(drawn.running()).as("no child fences on").isZero();
    }

    @Test
    void aRecoveryThatIsOverDoesNotWaitForWhoWasAskedToLookIntoIt() {
      ProcessInstance process = evacuating();
      drawn.timeIsUp("EvacuationSlow");
      assertThat(drawn.tasks()).containsExactly("LookIntoEvacuation");
      drawn.send("SlotGranted");
      drawn.send("Landed");
      assertThat(drawn.end(process)).isEqualTo("HostRecovered");
      assertThat(drawn.tasks()).isEmpty();
    }

    @Test
    void aSlowEvacuationGoesOnWhenAPersonHasLooked() {
      evacuating();
      drawn.timeIsUp("EvacuationSlow");
      drawn.complete("LookIntoEvacuation", Map.of());
      assertThat(drawn.waitingFor("SlotGranted")).hasSize(2);
    }

    @Test
    void deletingARecoveryClosesItsRun() {
      ProcessInstance process = evacuating();
      drawn.delete(process.getId());
      assertThat(drawn.done).endsWith("CloseUnfinishedRun");
      assertThat(drawn.running()).isZero();
    }
  }

  @Nested
  class FenceHost {

    @Test
    void withoutProofAPersonIsAskedAndNothingElseLeadsOn() {
      refused();
      assertThat(drawn.done).endsWith("GatherEvidence");
      assertThat(drawn.tasks()).containsExactly("ConfirmPoweredOff");
      assertThat(drawn.messages()).containsExactly("FencingPossible");
      assertThat(drawn.timers()).isEmpty();
    }

    @Test
    void aProofThatDoesNotComeInTimeAsksAPerson() {
      drawn.start();
      drawn.send("HostSilent");
      drawn.timeIsUp("FencingTooSlow");
      assertThat(drawn.tasks()).containsExactly("ConfirmPoweredOff");
      assertThat(drawn.messages()).containsExactly("FencingPossible");
      assertThat(drawn.timers()).isEmpty();
    }

    @Test
    void aProofThatDoesNotHoldWhenItIsRecordedAsksAPerson() {
      drawn.when(
          "RecordProof",
          execution -> {
            throw new BpmnError("FENCING_REFUSED", "the heartbeat advances");
          });
      drawn.start();
      drawn.send("HostSilent");
      drawn.send("MachineOff");
      assertThat(drawn.tasks()).containsExactly("ConfirmPoweredOff");
      assertThat(drawn.done).doesNotContain("LockMachine", "ForceDownComputeService");
    }

    @Test
    void aMachineThatIsStillOnIsOrderedOffAgain() {
      drawn.start();
      drawn.send("HostSilent");
      drawn.send("MachineStillOn");
      assertThat(drawn.done).endsWith("PowerOffMachine", "PowerOffMachine");
      assertThat(drawn.timers()).as("one deadline over all").containsExactly("FencingTooSlow");
    }

    @Test
    void aConfirmationIsCheckedAgainstTheWorldBeforeItLeadsOn() {
      refused();
      drawn.complete("ConfirmPoweredOff", CONFIRMED);
      assertThat(drawn.done).endsWith("ReadPowerAgain");
      drawn.send("WorldRead");
      assertThat(drawn.done)
          .contains("CheckConfirmation", "LockMachine", "ForceDownComputeService", "QueueGuest");
    }

    @Test
    void aWorldThatCannotBeReadDoesNotKeepThePersonForEver() {
      refused();
      drawn.complete("ConfirmPoweredOff", CONFIRMED);
      drawn.timeIsUp("WorldNotRead");
      assertThat(drawn.done).contains("CheckConfirmation");
    }

    @Test
    void aConfirmationThatIsDeniedAsksAgainWithNewEvidence() {
      drawn.when("CheckConfirmation", Map.of("accepted", false));
      refused();
      drawn.done.clear();
      drawn.complete("ConfirmPoweredOff", CONFIRMED);
      drawn.send("WorldRead");
      assertThat(drawn.done)
          .containsExactly("ReadPowerAgain", "CheckConfirmation", "GatherEvidence");
      assertThat(drawn.tasks()).containsExactly("ConfirmPoweredOff");
    }

    @Test
    void anythingButAConfirmationFencesAgain() {
      for (Map<String, Object> answer :
          List.<Map<String, Object>>of(
              Map.of("decision", "again"), Map.of("decision", "yes"), Map.of("decision", ""))) {
        drawn = new DrawnProcesses();
        refused();
        drawn.done.clear();
        drawn.when("FindMachine", Map.of());
        drawn.complete("ConfirmPoweredOff", answer);
        assertThat(drawn.done).containsExactly("FindMachine", "PowerOffMachine");
      }
    }

    @Test
    void withoutAProviderItIsRecordedThatNothingProvesIt() {
      drawn = new DrawnProcesses(Provider.NONE);
      drawn.start();
      drawn.send("HostSilent");
      assertThat(drawn.done)
          .containsSubsequence("FlagHost", "RecordUnfenced", "ForceDownComputeService");
      assertThat(drawn.done).doesNotContain("PowerOffMachine", "LockMachine");
    }
  }

  @Nested
  class EvacuateInstance {

    @Test
    void aGuestWaitsForItsSlot() {
      evacuating();
      assertThat(evacuations()).isEmpty();
      drawn.send("SlotGranted");
      assertThat(evacuations()).hasSize(2);
      assertThat(drawn.done).doesNotContain("SettleGuest");
    }

    @Test
    void aGuestThatFailsIsTriedAgainAfterAPause() {
      List<String> outcomes = new ArrayList<>(List.of("again", "recovered", "recovered"));
      drawn.when("SettleGuest", execution -> execution.setVariable("outcome", outcomes.remove(0)));
      ProcessInstance process = evacuating();
      drawn.send("SlotGranted");
      drawn.send("Landed");
      assertThat(drawn.timers()).contains("PauseBeforeRetry");
      assertThat(drawn.waitingFor("SlotGranted")).isEmpty();
      drawn.timeIsUp("PauseBeforeRetry");
      drawn.send("SlotGranted");
      drawn.send("Landed");
      assertThat(evacuations()).hasSize(3);
      assertThat(drawn.end(process)).isEqualTo("HostRecovered");
    }

    @Test
    void aGuestThatIsLeftIsNotTriedAgainAndTheOthersAreNotKeptWaiting() {
      drawn.when("SettleGuest", Map.of("outcome", "left"));
      ProcessInstance process = evacuating();
      drawn.send("SlotGranted");
      drawn.send("Landed");
      assertThat(evacuations()).hasSize(2);
      assertThat(drawn.end(process)).isNotNull();
    }

    @Test
    void anOverdueGuestIsListedAndItsEvacuationNotCalledAgain() {
      ProcessInstance process = evacuating();
      drawn.send("SlotGranted");
      drawn.timeIsUp("LandingOverdue");
      assertThat(drawn.done).contains("ListAsLeft");
      assertThat(evacuations()).hasSize(2);
      assertThat(drawn.end(process)).isNotNull();
    }
  }

  @Nested
  class Paths {

    private static final String[] PROOFS = {
      "RecordProof", "IsConfirmationAccepted_to_LockMachine", "RecordUnfenced"
    };

    @Test
    void noPathLeadsToAnEvacuationPastAProof() {
      assertThat(new ModelWalk().reachable("HostFailed")).contains("EvacuateInstance");
      assertThat(new ModelWalk(PROOFS).reachable("HostFailed"))
          .contains("ConfirmPoweredOff")
          .doesNotContain("EvacuateInstance", "ForceDownComputeService", "LockMachine");
    }

    @Test
    void fromTheTaskOnlyAnAcceptedConfirmationOrNewFencingLeadsOn() {
      assertThat(new ModelWalk().reachable("ConfirmPoweredOff")).contains("EvacuateInstance");
      assertThat(
              new ModelWalk("IsConfirmationAccepted_to_LockMachine", "ProvePowerOff")
                  .reachable("ConfirmPoweredOff"))
          .contains("CheckConfirmation")
          .doesNotContain("EvacuateInstance", "HostProvenOff");
      assertThat(new ModelWalk("CheckConfirmation", "ProvePowerOff").reachable("ConfirmPoweredOff"))
          .doesNotContain("EvacuateInstance", "HostProvenOff");
    }

    @Test
    void nothingButNewFencingLeadsPastTheTaskForAPerson() {
      assertThat(
              new ModelWalk("ConfirmPoweredOff has ended", "ProvePowerOff")
                  .reachable("ConfirmPoweredOff"))
          .contains("FencingPossible")
          .doesNotContain("EvacuateInstance", "ForceDownComputeService", "LockMachine");
      assertThat(new ModelWalk("ChooseRecovery has ended").reachable("ChooseRecovery")).isEmpty();
    }

    @Test
    void theHostIsForcedDownBeforeItIsDisabled() {
      assertThat(new ModelWalk("ForceDownComputeService").reachable("HostFailed"))
          .doesNotContain("DisableComputeService", "EvacuateInstance");
    }

    @Test
    void everyUserTaskCanBeReached() {
      ModelWalk walk = new ModelWalk();
      assertThat(walk.reachable("HostFailed")).containsAll(walk.userTasks());
    }
  }
}
