package ukemi.fencing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import ukemi.database.DatabaseClock;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Heartbeats.Heartbeat;
import ukemi.fencing.ProofOfOff.Kind;
import ukemi.fencing.ProofRule.OffReadings;
import ukemi.notification.RecoveryRun;

/**
 * Makes sure that a host is off, and tells whether that is proven (rule R1). Every method may be
 * called again after a crash: it reads the world before it changes it.
 */
@Component
public class Fencing {

  private static final Logger LOG = LoggerFactory.getLogger(Fencing.class);

  private final FencingSettings settings;
  private final PowerControl power;
  private final MachineIdentity identity;
  private final HostChecks checks;
  private final PowerOrders orders;
  private final PowerWatches watches;
  private final PowerWatcher watcher;
  private final PowerReadings readings;
  private final Proofs proofs;
  private final RefusedConfirmations refusals;
  private final FencingNotes notes;
  private final MachineLatch latch;
  private final Heartbeats heartbeats;
  private final Evidence evidence;
  private final DatabaseClock clock;
  private final OwnTransaction ownTransaction;
  private final ProofRule rule;

  Fencing(
      FencingSettings settings,
      PowerControl power,
      MachineIdentity identity,
      HostChecks checks,
      PowerOrders orders,
      PowerWatches watches,
      PowerWatcher watcher,
      PowerReadings readings,
      Proofs proofs,
      RefusedConfirmations refusals,
      FencingNotes notes,
      MachineLatch latch,
      Heartbeats heartbeats,
      Evidence evidence,
      DatabaseClock clock,
      OwnTransaction ownTransaction) {
    this.settings = settings;
    this.power = power;
    this.identity = identity;
    this.checks = checks;
    this.orders = orders;
    this.watches = watches;
    this.watcher = watcher;
    this.readings = readings;
    this.proofs = proofs;
    this.refusals = refusals;
    this.notes = notes;
    this.latch = latch;
    this.heartbeats = heartbeats;
    this.evidence = evidence;
    this.clock = clock;
    this.ownTransaction = ownTransaction;
    this.rule = new ProofRule(settings.readingGap());
  }

  /** Who switches machines off here. */
  public Provider provider() {
    return settings.provider();
  }

  /**
   * Finds the host's machine and makes sure that it is the right one and may be fenced.
   *
   * @throws FencingRefused when a person has to decide, with the reason
   * @throws PowerControlUnavailable when MAAS does not answer
   * @throws ukemi.compute.ComputeUnavailable when Nova does not tell the host's address
   */
  public Machine identify(RecoveryRun run) {
    try {
      return checks.fenceable(run.hostName());
    } catch (FencingRefused e) {
      notes.add(run.id(), "not fenced: " + e.getMessage());
      throw e;
    } catch (PowerControlUnavailable e) {
      notes.add(run.id(), "the machine could not be looked up: " + e.getMessage());
      throw e;
    }
  }

  /**
   * Orders the host's machine off, hard, and has its power read from then on. That it returns says
   * nothing about the machine. Does nothing while there is a proof that still holds.
   *
   * @param since the host is looked at before the first order after that: when fencing was begun
   *     again by itself; {@link Instant#EPOCH} otherwise, before the first order of the run
   * @throws FencingRefused as {@link #identify}, and when MAAS refuses the order
   * @throws PowerControlUnavailable when MAAS did not answer before the order was sent
   */
  public void powerOff(RecoveryRun run, Instant since) {
    Optional<ProofOfOff> before = proofs.valid(run.id());
    if (before.isPresent()) {
      if (!needsFencingAgain(run.id())) {
        return;
      }
      endProof(before.get(), "it is too old; the host is fenced again");
    }
    orders.endLost(run.id());
    Machine machine = identify(run);
    if (orders.of(run.id()).stream().noneMatch(order -> order.begunAt().isAfter(since))) {
      refuseTheLiving(run);
    }
    if (machine.locked()) {
      unlockOurs(run, machine);
    }
    try {
      order(run, machine);
    } finally {
      watches.begin(run.id(), run.hostName(), machine.systemId());
      watcher.wakeUp();
    }
  }

  /** Time may have passed since the host fell silent: it may be back, with its guests running. */
  private void refuseTheLiving(RecoveryRun run) {
    heartbeats.read(run);
    if (heartbeats.isAlive(run.id())) {
      notes.add(run.id(), "not fenced: nova-compute on it reports to Nova again");
      throw new FencingRefused(
          "nova-compute on %s reports to Nova again: it may be alive".formatted(run.hostName()));
    }
  }

  private void unlockOurs(RecoveryRun run, Machine machine) {
    try {
      latch.unlock(machine.systemId(), run);
    } catch (PowerControlRefused e) {
      throw new FencingRefused(
          "machine %s is locked and MAAS refuses to unlock it: %s"
              .formatted(machine.systemId(), e.getMessage()));
    }
  }

  private void order(RecoveryRun run, Machine machine) {
    long order = orders.begin(run.id(), machine.systemId());
    Boundaries.reached(Boundary.POWER_OFF_INTENT_STORED);
    String answer = "failed inside Ukemi";
    try {
      answer =
          power.powerOff(
              machine.systemId(), "Ukemi: fencing %s, run %s".formatted(run.hostName(), run.id()));
      Boundaries.reached(Boundary.POWER_OFF_ANSWERED);
    } catch (PowerControlRefused e) {
      answer = "refused: " + e.getMessage();
      throw new FencingRefused("MAAS refuses to switch it off: " + e.getMessage());
    } catch (PowerControlUnavailable e) {
      // Perhaps it was done. Only readings can tell.
      answer = "no definite answer: " + e.getMessage();
    } finally {
      orders.end(order, answer);
    }
  }

  /** What the readings of the run say now. */
  public PowerVerdict verdict(UUID runId) {
    List<PowerOrder> sent = orders.of(runId);
    List<PowerReading> read = readings.newest(runId);
    if (rule.proof(sent, read).isPresent() && !heartbeats.isAlive(runId)) {
      return PowerVerdict.OFF_PROVEN;
    }
    return rule.stillOn(sent, read) ? PowerVerdict.STILL_ON : PowerVerdict.NOT_YET;
  }

  /**
   * Stores the proof that the readings carry, if they do. Checks the rule itself, Nova's heartbeat
   * and the machine's identity once more. Gives back the valid proof if there is one already.
   *
   * @throws NoProof when there is no proof
   * @throws PowerControlUnavailable when MAAS does not answer
   * @throws ukemi.compute.ComputeUnavailable when Nova does not answer
   */
  public ProofOfOff recordProof(RecoveryRun run) {
    voidIfContradicted(run.id());
    Optional<ProofOfOff> valid = proofs.valid(run.id());
    if (valid.isPresent()) {
      return valid.get();
    }
    checkMachineIsTheSame(run);
    acceptHeartbeat(run);
    List<PowerOrder> sent = orders.of(run.id());
    OffReadings off =
        rule.proof(sent, readings.newest(run.id()))
            .orElseThrow(() -> new NoProof("there are no two live \"off\" readings that prove it"));
    return proofs.add(
        run,
        Kind.READINGS,
        power.description(),
        evidence.of(run.id()),
        off.last().begunAt(),
        false);
  }

  private void checkMachineIsTheSame(RecoveryRun run) {
    List<PowerOrder> sent = orders.of(run.id());
    if (sent.isEmpty()) {
      throw new NoProof("no power-off was ordered");
    }
    String ordered = sent.get(sent.size() - 1).systemId();
    try {
      String now = identity.of(run.hostName()).systemId();
      if (!now.equals(ordered)) {
        throw new NoProof(
            "%s is machine %s now, but %s was switched off"
                .formatted(run.hostName(), now, ordered));
      }
    } catch (FencingRefused e) {
      notes.add(run.id(), "no proof by readings: " + e.getMessage());
      throw new NoProof(e.getMessage());
    }
  }

  /** From the proof on only a later heartbeat is a new one. */
  private void acceptHeartbeat(RecoveryRun run) {
    heartbeats.read(run);
    if (!heartbeats.forgiveIfSilent(run.id())) {
      throw new NoProof("the heartbeat of nova-compute on " + run.hostName() + " advances");
    }
  }

  /**
   * Takes the host as off because the site has set the provider to "none".
   *
   * @throws IllegalStateException when there is a provider
   */
  public ProofOfOff recordUnfenced(RecoveryRun run) {
    if (provider() != Provider.NONE) {
      throw new IllegalStateException("There is a fencing provider: " + provider());
    }
    return proofs
        .valid(run.id())
        .orElseGet(
            () -> {
              acceptHeartbeat(run);
              return proofs.add(
                  run,
                  Kind.NONE,
                  "setting ukemi.fencing.provider=none",
                  evidence.of(run.id()),
                  clock.now(),
                  false);
            });
  }

  /**
   * A person's confirmation that the host is off. Before, {@link #readAgain} is called and {@link
   * #worldReadSince} waited for. A live "on" begun since, or an advancing heartbeat, refuses it,
   * unless this is the second person and stands by it.
   *
   * @throws ukemi.compute.ComputeUnavailable when Nova does not tell the heartbeat
   */
  public ConfirmationResult confirm(RecoveryRun run, Confirmation confirmation) {
    voidIfContradicted(run.id());
    Optional<ProofOfOff> valid = proofs.valid(run.id());
    if (valid.isPresent() && !needsFencingAgain(run.id())) {
      return new ConfirmationResult.Accepted(valid.get());
    }
    Optional<String> formal = formalObjection(run, confirmation);
    if (formal.isPresent()) {
      return refuse(run, confirmation, false, formal.get());
    }
    heartbeats.read(run);
    List<String> contradictions = new ArrayList<>();
    boolean poweredOn =
        readings.firstSince(run.id(), PowerState.ON, confirmation.confirmedAt()).isPresent();
    if (poweredOn) {
      contradictions.add("the machine's power was read live after that, and it is on");
    }
    if (heartbeats.isAlive(run.id())) {
      contradictions.add("the heartbeat of nova-compute on it advances");
    }
    boolean overridden =
        confirmation.override() && refusals.anotherWasContradicted(run.id(), confirmation.person());
    if (!contradictions.isEmpty() && !overridden) {
      return refuse(run, confirmation, true, String.join("; ", contradictions));
    }
    valid.ifPresent(stale -> proofs.end(stale, "a person has confirmed instead"));
    heartbeats.forgive(run.id());
    String reason =
        "%s: %s%s"
            .formatted(
                confirmation.person(),
                confirmation.reason().strip(),
                contradictions.isEmpty()
                    ? ""
                    : " (overrides: " + String.join("; ", contradictions) + ")");
    return new ConfirmationResult.Accepted(
        proofs.add(
            run,
            Kind.PERSON,
            reason,
            evidence.of(run.id()),
            newestReading(run.id()).orElse(confirmation.confirmedAt()),
            poweredOn));
  }

  private Optional<Instant> newestReading(UUID runId) {
    return readings.newest(runId).stream().findFirst().map(PowerReading::begunAt);
  }

  private Optional<String> formalObjection(RecoveryRun run, Confirmation confirmation) {
    if (confirmation.typedHost() == null || !confirmation.typedHost().equals(run.hostName())) {
      return Optional.of("the host name typed is not " + run.hostName());
    }
    if (confirmation.reason() == null || confirmation.reason().isBlank()) {
      return Optional.of("a reason is missing");
    }
    if (!worldReadSince(run.id(), confirmation.confirmedAt())) {
      return Optional.of("the machine's power has not been read since; try again");
    }
    return Optional.empty();
  }

  private ConfirmationResult refuse(
      RecoveryRun run, Confirmation confirmation, boolean contradicted, String reason) {
    refusals.add(run.id(), confirmation.person(), contradicted, reason);
    return new ConfirmationResult.Refused("Not taken: " + reason);
  }

  /**
   * Asks for a live reading begun after now. Where the machine cannot be found or MAAS does not
   * answer, that is written into the evidence.
   */
  public void readAgain(RecoveryRun run) {
    if (provider() == Provider.NONE) {
      return;
    }
    if (!watches.exists(run.id())) {
      try {
        Machine machine = identity.candidate(run.hostName());
        watches.begin(run.id(), run.hostName(), machine.systemId());
      } catch (FencingRefused e) {
        notes.add(run.id(), "the power cannot be read: " + e.getMessage());
      } catch (PowerControlUnavailable e) {
        notes.add(run.id(), "the power cannot be read now: " + e.getMessage());
        // read it as soon as MAAS answers: an "on" must still void the person's proof
        identity
            .known(run.hostName())
            .ifPresent(systemId -> watches.begin(run.id(), run.hostName(), systemId));
      }
    }
    watches.ask(run.id());
    watcher.wakeUp();
  }

  /** Longer than {@link #readAgain}, just called, may take to bring a reading. */
  public Duration readingDeadline() {
    return watcher.readingDeadline();
  }

  /** Goes on reading while a person is asked: MAAS may come back first. */
  public void keepReading(RecoveryRun run) {
    if (provider() == Provider.MAAS && !watches.exists(run.id())) {
      watches.begin(run.id(), run.hostName(), PowerWatches.NOT_FOUND_YET);
    }
  }

  /**
   * Whether the power can be read now and could not when a person was asked, and the host is not
   * alive.
   *
   * @param askedAt by the database's clock
   */
  public boolean isReadableAgain(UUID runId, Instant askedAt) {
    return isReadable(readings.newest(runId).stream().findFirst())
        && !isReadable(readings.newestEndedBefore(runId, askedAt))
        && !heartbeats.isAlive(runId);
  }

  private static boolean isReadable(Optional<PowerReading> reading) {
    return reading.filter(one -> !one.is(PowerState.UNKNOWN)).isPresent();
  }

  /**
   * Whether a reading begun after the time (of the database's clock) has ended; true as well when
   * there is no machine to be read.
   */
  public boolean worldReadSince(UUID runId, Instant since) {
    return !watches.exists(runId) || readings.anySince(runId, since);
  }

  /**
   * Returns only with a valid proof of off that is fresh: to be called before each evacuate.
   *
   * @throws NoProof when there is none, with the reason
   */
  public void requireProof(UUID runId) {
    voidIfContradicted(runId)
        .ifPresent(
            reason -> {
              throw new NoProof("the proof of off is void: " + reason);
            });
    ProofOfOff proof =
        proofs.valid(runId).orElseThrow(() -> new NoProof("there is no valid proof of off"));
    if (proof.kind() == Kind.READINGS) {
      requireFresh(proof);
    } else if (isHeldTooLong(proof)) {
      throw new NoProof(
          "%s's word is from %s: it is asked for again"
              .formatted(proof.givenBy(), proof.lastUsedAt()));
    }
  }

  /**
   * Whether the host has been off for certain at some time after that (of the database's clock) and
   * has not come back, so that what its processes had begun before is lost and not done later.
   * While it is being recovered only a valid, fresh proof counts.
   */
  public boolean isOffSince(String hostName, Instant time) {
    return proofs
        .openRunOf(hostName)
        .map(this::isProven)
        .orElseGet(() -> proofs.anyOf(hostName, time) && heartbeats.hasStayedSilent(hostName));
  }

  /** Those of the hosts for which {@link #isOffSince} may be true: with many, ask this first. */
  public Set<String> perhapsOff(Collection<String> hostNames) {
    return proofs.ever(hostNames);
  }

  private boolean isProven(UUID runId) {
    try {
      requireProof(runId);
      return true;
    } catch (NoProof e) {
      return false;
    }
  }

  /**
   * To be called when an evacuation is about to be asked for in reliance on the run's proof, in the
   * transaction that stores the intent.
   *
   * @throws NoProof when it has been voided meanwhile: nothing may be asked for
   */
  public void relyOn(UUID runId) {
    if (!proofs.used(runId)) {
      throw new NoProof("the proof of off has just been voided");
    }
  }

  /** A person vouched for a moment; nobody knows what happened to the machine in a long pause. */
  private boolean isHeldTooLong(ProofOfOff proof) {
    return proof.kind() == Kind.PERSON
        && proof.lastUsedAt().isBefore(clock.now().minus(settings.personProofAge()));
  }

  /** A machine whose power cannot be read for a while stays proven off, but not for long. */
  private void requireFresh(ProofOfOff proof) {
    Instant now = clock.now();
    Instant lastOff = lastOff(proof);
    if (!lastOff.isBefore(now.minus(settings.proofAge()))) {
      return;
    }
    boolean asked =
        readings
            .newest(proof.runId(), PowerState.UNKNOWN)
            .map(PowerReading::endedAt)
            .filter(ended -> !ended.isBefore(now.minus(settings.proofAge())))
            .isPresent();
    if (!asked || lastOff.isBefore(now.minus(settings.deadline()))) {
      throw new NoProof(
          "the machine was last read as off %d s ago"
              .formatted(Duration.between(lastOff, now).toSeconds()));
    }
  }

  private Instant lastOff(ProofOfOff proof) {
    return readings
        .newest(proof.runId(), PowerState.OFF)
        .map(PowerReading::begunAt)
        .filter(begun -> begun.isAfter(proof.standsFrom()))
        .orElse(proof.standsFrom());
  }

  /**
   * Ends the proof when the machine was read as on, or the host's heartbeat has advanced, since it
   * was given.
   *
   * @return why, when it was ended just now
   */
  public Optional<String> voidIfContradicted(UUID runId) {
    Optional<ProofOfOff> proof = proofs.valid(runId);
    return proof.flatMap(this::contradiction).filter(reason -> endProof(proof.get(), reason));
  }

  private Optional<String> contradiction(ProofOfOff proof) {
    boolean heartbeat = heartbeats.of(proof.runId()).filter(Heartbeat::advanced).isPresent();
    if (heartbeat) {
      return Optional.of(
          "the heartbeat of nova-compute on %s has advanced".formatted(proof.hostName()));
    }
    if (proof.overridesPower()) {
      return Optional.empty();
    }
    return readings
        .firstEndedSince(proof.runId(), PowerState.ON, proof.standsFrom())
        .map(on -> "machine %s was read as on".formatted(on.systemId()));
  }

  /** In a transaction of its own: who finds it out is about to fail. */
  private boolean endProof(ProofOfOff proof, String reason) {
    boolean ended = ownTransaction.call(() -> proofs.end(proof, reason));
    if (ended) {
      LOG.warn("Proof of off of {}, run {}, is void: {}", proof.hostName(), proof.runId(), reason);
    }
    return ended;
  }

  /**
   * Whether the run had a proof and has none that holds: it is void, or its readings have failed
   * for longer than the deadline.
   */
  public boolean needsFencingAgain(UUID runId) {
    Optional<ProofOfOff> valid = proofs.valid(runId);
    if (valid.isEmpty()) {
      return !proofs.of(runId).isEmpty();
    }
    return isHeldTooLong(valid.get())
        || valid.get().kind() == Kind.READINGS && readingsHaveFailedTooLong(valid.get());
  }

  private boolean readingsHaveFailedTooLong(ProofOfOff proof) {
    Instant lastOff = lastOff(proof);
    return readings.newest(proof.runId()).stream()
            .limit(1)
            .anyMatch(reading -> reading.is(PowerState.UNKNOWN))
        && lastOff.isBefore(clock.now().minus(settings.deadline()));
  }

  /** Locks the proven machine in MAAS, if the site wants that. What fails is in the evidence. */
  public void latch(RecoveryRun run) {
    latch.lock(run);
  }

  /**
   * Gives back the lock that we set, if we set one. What MAAS refuses is in the evidence.
   *
   * @throws PowerControlUnavailable when MAAS does not answer
   */
  public void unlatch(RecoveryRun run) {
    latch.unlock(run);
  }

  /** What of our lock in MAAS is left, for the report. */
  public Optional<String> lockLeft(UUID runId) {
    return latch.left(runId);
  }

  /** What became of the machine's power by the run, for the report; empty when nothing did. */
  public Optional<String> powerLeft(UUID runId) {
    return orders.of(runId).stream()
        .reduce((first, last) -> last)
        .map(
            order ->
                "machine %s was ordered off; its power stays as it is".formatted(order.systemId()));
  }

  /** Why the power that the run waits to see read cannot be read now; empty when it can. */
  public Optional<String> powerUnread(UUID runId) {
    if (watches.silent(runId)) {
      return Optional.of("no reading for more than 20 s");
    }
    return watches.exists(runId)
        ? readings.newest(runId).stream()
            .findFirst()
            .filter(reading -> reading.is(PowerState.UNKNOWN))
            .map(PowerReading::detail)
        : Optional.empty();
  }

  /** Ends the reading of the run's machine. */
  public void stopWatching(UUID runId) {
    watches.end(runId);
  }

  /** Orders, readings, failures, confirmations and the heartbeat, with times, as plain text. */
  public String evidence(UUID runId) {
    return evidence.of(runId);
  }
}
