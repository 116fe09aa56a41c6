package ukemi.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import ukemi.PolicyTable;
import ukemi.fencing.Provider;
import ukemi.runbook.DrawnProcesses.Listing;

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
              "AssessFailure",
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
              "ListGuests",
              "SettleReserves",
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
      drawn.listings("auto");
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
      drawn.timeIsUp("LookAgain");
      drawn.complete("LookIntoEvacuation", Map.of("decision", "enough"));
      assertThat(drawn.timers()).doesNotContain("LookAgain");
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

  /** The recovery methods of {@code recovery-method.dmn} (masakari-engine.md, section 2). */
  @Nested
  class Methods {

    private final Listing one = new Listing(1, "guest-1");
    private final Listing none = new Listing(0, "guest-1");

    /** The passes over the guests: the reserve that is filled, or "auto". */
    private List<Object> passes(String method, Listing... listings) {
      List<Object> passes = new ArrayList<>();
      drawn.listings(method, listings);
      drawn.when(
          "EvacuateInstance",
          execution ->
              passes.add(
                  execution.getVariable("reserve") == null
                      ? "auto"
                      : execution.getVariable("reserve")));
      evacuating();
      while (!drawn.waitingFor("SlotGranted").isEmpty()) {
        drawn.send("SlotGranted");
        drawn.send("Landed");
      }
      return passes;
    }

    @Test
    void autoTriesOnceAndListsWhatIsLeft() {
      assertThat(passes("auto", one, one)).containsExactly("auto");
      assertThat(drawn.done).contains("ReportRecovery").doesNotContain("ClaimReserve");
    }

    @Test
    void autoPriorityFillsReservesWithWhatAutoLeft() {
      assertThat(passes("auto_priority", one, one, none)).containsExactly("auto", "reserve-1");
      assertThat(drawn.done)
          .containsSubsequence("ClaimReserve", "EnableReserve", "QueueGuest")
          .endsWith("SettleReserves", "ReleaseMachine", "ReportRecovery", "CloseUnfinishedRun");
    }

    @Test
    void autoPriorityTouchesNoReserveWhenAutoIsEnough() {
      assertThat(passes("auto_priority", one)).containsExactly("auto");
      assertThat(drawn.done).doesNotContain("ClaimReserve");
    }

    @Test
    void rhPriorityGoesToOtherHostsWhenTheReservesAreFull() {
      Listing two = new Listing(2, "guest-1");
      assertThat(passes("rh_priority", two, one, none, none))
          .containsExactly("reserve-1", "reserve-1", "auto");
      assertThat(drawn.tasks()).isEmpty();
      assertThat(drawn.done).contains("ReportRecovery");
    }

    @Test
    void rhPriorityWithoutAReserveIsAuto() {
      assertThat(passes("rh_priority", none)).containsExactly("auto");
    }

    @Test
    void reservedHostWithoutAReserveAsksAPersonWhenTheHostIsProvenOff() {
      assertThat(passes("reserved_host", none, one)).isEmpty();
      assertThat(drawn.tasks()).containsExactly("ChooseRecovery");
      assertThat(drawn.done).contains("RecordProof").doesNotContain("QueueGuest");

      drawn.complete("ChooseRecovery", Map.of("decision", "again"));
      assertThat(drawn.done).endsWith("ClaimReserve", "EnableReserve", "QueueGuest");
    }

    @Test
    void aPersonMaySendThemToOtherHosts() {
      passes("reserved_host", none);
      drawn.complete("ChooseRecovery", Map.of("decision", "auto"));
      assertThat(drawn.waitingFor("SlotGranted")).hasSize(1);
      assertThat(drawn.done).doesNotContain("ClaimReserve");
    }

    @Test
    void aPersonMayLeaveThemAndAnAnswerThatIsNoneLeavesThemToo() {
      passes("reserved_host", none);
      drawn.complete("ChooseRecovery", Map.of("decision", "nonsense"));
      assertThat(drawn.done).contains("ReportRecovery").doesNotContain("QueueGuest");
    }

    @Test
    void aMethodThatTheTableDoesNotKnowAsksAPerson() {
      assertThat(passes("something", one)).isEmpty();
      assertThat(drawn.tasks()).containsExactly("ChooseRecovery");
    }

    @Test
    void aReserveThatCannotBeUsedIsPassedOver() {
      for (String task : List.of("ClaimReserve", "EnableReserve")) {
        drawn = new DrawnProcesses();
        drawn.when(
            task,
            execution -> {
              throw new BpmnError("NO_RESERVE", "it is down");
            });
        assertThat(passes("rh_priority", one, none)).as(task).containsExactly("auto");
      }
    }
  }

  @Nested
  class Cancellation {

    private ProcessInstance cancelled(ProcessInstance process, String putBack) {
      drawn.cancel(process, putBack);
      return process;
    }

    @Test
    void aCancelledRecoveryStopsAndNothingOfItGoesOn() {
      ProcessInstance process = evacuating();
      drawn.done.clear();
      cancelled(process, "no");
      assertThat(drawn.end(process)).isEqualTo("RecoveryCancelled");
      assertThat(drawn.done)
          .containsExactly("StopRecovery", "CloseCancelled", "CloseUnfinishedRun");
      assertThat(drawn.running()).isZero();
    }

    @Test
    void itIsPutBackWhenAPersonSaysSo() {
      ProcessInstance process = cancelled(evacuating(), "ask");
      assertThat(drawn.tasks()).containsExactly("DecidePutBack");
      assertThat(drawn.timers()).isEmpty();
      drawn.complete("DecidePutBack", Map.of("decision", "putBack"));
      assertThat(drawn.done).containsSubsequence("LiftForcedDown", "LiftMaintenance");
      assertThat(drawn.end(process)).isEqualTo("RecoveryCancelled");
    }

    @Test
    void nothingLeadsFromACancellationBackIntoTheRecovery() {
      assertThat(new ModelWalk().reachable("CancelledByPerson"))
          .contains("StopRecovery", "LiftForcedDown", "RecoveryCancelled")
          .doesNotContain("FenceHost", "EvacuateInstance", "FlagHost");
    }
  }

  @Nested
  class Approval {

    private ProcessInstance asked() {
      drawn.policy(PolicyTable.shipped().askBeforeFencing("\"yes\""));
      ProcessInstance process = drawn.start();
      drawn.send("HostSilent");
      return process;
    }

    private ProcessInstance askedBeforeEvacuation() {
      drawn.policy(PolicyTable.shipped().askBeforeEvacuation("\"yes\""));
      return evacuating();
    }

    @Test
    void whileAPersonIsAskedNothingIsDone() {
      asked();
      assertThat(drawn.tasks()).containsExactly("ApproveRecovery");
      assertThat(drawn.timers()).containsExactly("RecoveryReminderDue");
      assertThat(drawn.messages()).containsExactly("HostAlive");
      assertThat(drawn.done).containsExactly("ClaimHost", "AssessFailure");
    }

    @Test
    void anApprovalFencesAndADenialDoesNothingMore() {
      asked();
      drawn.complete("ApproveRecovery", Map.of("decision", "approve"));
      assertThat(drawn.done).endsWith("FlagHost", "FindMachine", "PowerOffMachine");

      ProcessInstance denied = asked();
      drawn.done.clear();
      drawn.complete("ApproveRecovery", Map.of("decision", "deny"));
      assertThat(drawn.end(denied)).isEqualTo("RecoveryDenied");
      assertThat(drawn.done).containsExactly("CloseDenied", "CloseUnfinishedRun");
    }

    @Test
    void anythingElseHoldsAndIsAskedAgain() {
      ProcessInstance process = asked();
      drawn.complete("ApproveRecovery", Map.of("decision", "nonsense", "holdFor", "PT1H"));
      assertThat(drawn.tasks()).isEmpty();
      assertThat(drawn.timers()).containsExactly("HoldOver");
      drawn.timeIsUp("HoldOver");
      assertThat(drawn.tasks()).containsExactly("ApproveRecovery");
      drawn.complete("ApproveRecovery", Map.of("decision", "hold", "holdFor", "PT1H"));
      drawn.send("HostAlive");
      assertThat(drawn.end(process)).isEqualTo("FalseAlarm");
      assertThat(drawn.done).doesNotContain("FlagHost");
    }

    @Test
    void aReminderRemindsAgainAndAgainAndNothingElse() {
      asked();
      drawn.timeIsUp("RecoveryReminderDue");
      drawn.timeIsUp("RecoveryReminderDue");
      assertThat(drawn.tasks()).containsExactly("ApproveRecovery");
      assertThat(drawn.done)
          .containsExactly("ClaimHost", "AssessFailure", "RemindPerson", "RemindPerson");
    }

    @Test
    void aHostThatComesBackEndsTheQuestion() {
      ProcessInstance process = asked();
      drawn.send("HostAlive");
      assertThat(drawn.end(process)).isEqualTo("FalseAlarm");
    }

    @Test
    void withoutApprovalNobodyIsEvacuated() {
      askedBeforeEvacuation();
      assertThat(drawn.tasks()).containsExactly("ApproveEvacuation");
      assertThat(drawn.done).endsWith("DisableComputeService");
      drawn.complete("ApproveEvacuation", Map.of("decision", "approve"));
      assertThat(drawn.waitingFor("SlotGranted")).hasSize(2);
    }

    @Test
    void anEvacuationThatIsDeniedPutsTheHostBack() {
      ProcessInstance process = askedBeforeEvacuation();
      drawn.done.clear();
      drawn.complete("ApproveEvacuation", Map.of("decision", "deny"));
      assertThat(drawn.done)
          .containsExactly(
              "ReleaseMachine",
              "LiftForcedDown",
              "EnableComputeService",
              "LiftMaintenance",
              "CloseDenied",
              "CloseUnfinishedRun");
      assertThat(drawn.end(process)).isEqualTo("RecoveryDenied");
    }

    @Test
    void aHostThatComesBackBeforeItsEvacuationIsPutBackToo() {
      for (boolean onHold : List.of(false, true)) {
        ProcessInstance process = askedBeforeEvacuation();
        if (onHold) {
          drawn.complete("ApproveEvacuation", Map.of("decision", "hold", "holdFor", "PT1H"));
        }
        drawn.send("HostAlive");
        assertThat(drawn.done)
            .contains("LiftForcedDown")
            .endsWith("CloseFalseAlarm", "CloseUnfinishedRun");
        assertThat(drawn.end(process)).isEqualTo("FalseAlarm");
      }
    }

    @Test
    void theTableDecidesByTheFailure() {
      drawn.policy(PolicyTable.shipped().guests("> 3").askBeforeFencing("\"yes\""));
      drawn.assessed(4);
      drawn.start();
      drawn.send("HostSilent");
      assertThat(drawn.tasks()).containsExactly("ApproveRecovery");
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
      assertThat(new ModelWalk("ChooseRecovery has ended").reachable("ChooseRecovery"))
          .contains("HostAliveAtChoice", "RecoveryNotNeeded")
          .doesNotContain("EvacuateInstance", "ClaimReserve", "FenceHost");
    }

    @Test
    void onlyAnApprovalLeadsOnFromAQuestionOfThePolicy() {
      assertThat(new ModelWalk().reachable("ApproveRecovery")).contains("FenceHost");
      assertThat(
              new ModelWalk("IsRecoveryApproved_to_FlagHost", "PolicyFailed")
                  .reachable("ApproveRecovery"))
          .contains("CloseDenied", "HoldOver")
          .doesNotContain("FlagHost", "FenceHost", "ForceDownComputeService", "EvacuateInstance");
      assertThat(
              new ModelWalk("IsEvacuationApproved_to_EvacuateHost").reachable("ApproveEvacuation"))
          .contains("CloseDenied", "EvacuationHoldOver", "LiftForcedDown")
          .doesNotContain("EvacuateInstance", "QueueGuest");
    }

    @Test
    void noPathLeadsPastThePolicy() {
      assertThat(new ModelWalk("CheckPolicy").reachable("HostFailed"))
          .contains("AssessFailure")
          .doesNotContain("FlagHost", "FenceHost", "EvacuateInstance");
    }

    @Test
    void theHostIsForcedDownBeforeItIsDisabled() {
      assertThat(new ModelWalk("ForceDownComputeService").reachable("HostFailed"))
          .doesNotContain("DisableComputeService", "EvacuateInstance");
    }

    @Test
    void everyUserTaskCanBeReached() {
      ModelWalk walk = new ModelWalk();
      assertThat(
              Stream.of(
                      "HostFailed",
                      "CancelWanted",
                      "RetryWanted",
                      "GuestFailed",
                      "ProcessFailed",
                      "RestoreNoticed",
                      "ReturnWanted",
                      "WorkPlanned")
                  .flatMap(start -> walk.reachable(start).stream()))
          .containsAll(walk.userTasks());
    }
  }
}
