package ukemi.evacuation;

import static java.util.stream.Collectors.groupingBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.database.DatabaseClock;
import ukemi.fault.Boundaries;
import ukemi.fault.Boundary;
import ukemi.fencing.Fencing;

/**
 * Settles attempts from what Nova shows: one list of migrations a host and round, and one read of a
 * guest whose evacuation Nova calls over. Level-triggered: it can be stopped and started at any
 * time, on any node.
 */
@Service
public class LandingWatch {

  private static final Logger LOG = LoggerFactory.getLogger(LandingWatch.class);

  /** Beside the longest request: Nova writes the migration before it answers. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** See {@link #closeAsNeverTaken}. */
  private static final Duration SURE = Duration.ofSeconds(5);

  /** A failure that took longer ends the round: the next begins with the hosts not read in it. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  /** A guest whose evacuation does not move is looked at itself this often: it may be deleted. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(300);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Attempts attempts;
  private final Guests guests;
  private final Compute compute;
  private final Fencing fencing;
  private final SourceReadings readings;
  private final DatabaseClock clock;
  private final TransactionTemplate transaction;
  private final Map<UUID, Instant> lookedAt = new HashMap<>();

  /** Since when Nova, read without a failure, shows nothing of an attempt. */
  private final Map<Long, Instant> missingSince = new HashMap<>();

  /** Rounds in which a host was last read, so that none waits behind the others for ever. */
  private final Map<String, Long> triedIn = new HashMap<>();

  private long rounds;

  private int settled;

  private Duration pause = SHORTEST_PAUSE;

  /**
   * A round's outcome.
   *
   * @param problems the runs whose guests could not be read, and why
   * @param settled how many attempts are over
   * @param pause until the next round: about as long as it takes the next guest to land
   */
  public record Look(Map<UUID, String> problems, int settled, Duration pause) {}

  LandingWatch(
      Attempts attempts,
      Guests guests,
      Compute compute,
      Fencing fencing,
      SourceReadings readings,
      DatabaseClock clock,
      PlatformTransactionManager transactions) {
    this.attempts = attempts;
    this.guests = guests;
    this.compute = compute;
    this.fencing = fencing;
    this.readings = readings;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Whether there is anything to look for. */
  public boolean hasWork() {
    return attempts.anyOpen() || guests.anyStillLocked();
  }

  /**
   * One round over all hosts with guests under way. One that cannot be read keeps no other waiting;
   * the next round tries again.
   *
   * @return what came of it
   */
  public Look look() {
    settled = 0;
    List<Attempt> asked = attempts.asked();
    lookedAt.keySet().retainAll(asked.stream().map(Attempt::instance).toList());
    missingSince.keySet().retainAll(asked.stream().map(Attempt::id).toList());
    Map<String, List<Attempt>> hosts = asked.stream().collect(groupingBy(Attempt::sourceHost));
    readings.forgetOld();
    triedIn.keySet().retainAll(hosts.keySet());
    Map<UUID, String> problems = new HashMap<>();
    String nobodyAnswers = null;
    rounds++;
    for (String host : longestUnreadFirst(hosts.keySet())) {
      long began = System.nanoTime();
      String problem = nobodyAnswers;
      if (problem == null) {
        triedIn.put(host, rounds);
        problem = lookOrTell(host, hosts.get(host));
        if (problem != null && isSlow(began)) {
          nobodyAnswers = problem;
        }
      }
      if (problem != null) {
        for (Attempt attempt : hosts.get(host)) {
          problems.put(attempt.runId(), problem);
          missingSince.remove(attempt.id());
        }
      }
    }
    if (nobodyAnswers == null) {
      unlock(problems);
    }
    return new Look(problems, settled, pause);
  }

  /** A guest is its owner's again as soon as it is settled. */
  private void unlock(Map<UUID, String> problems) {
    for (Guests.Locked guest : guests.stillLocked()) {
      try {
        compute.unlock(guest.instance());
        Boundaries.reached(Boundary.GUEST_UNLOCKED);
        guests.unlocked(guest.uuid(), null);
      } catch (ComputeRefused e) {
        LOG.warn("{} stays locked: {}", guest.instance(), e.getMessage());
        guests.unlocked(guest.uuid(), "still locked, Nova refuses to unlock it: " + e.getMessage());
      } catch (ComputeUnavailable e) {
        problems.putIfAbsent(guest.run(), e.getMessage());
        return;
      }
    }
  }

  private List<String> longestUnreadFirst(Collection<String> hosts) {
    return hosts.stream()
        .sorted(Comparator.comparing(host -> triedIn.getOrDefault(host, -1L)))
        .toList();
  }

  private String lookOrTell(String host, List<Attempt> asked) {
    try {
      look(host, asked);
      return null;
    } catch (ComputeUnavailable | ComputeRefused e) {
      return e.getMessage();
    }
  }

  private void look(String host, List<Attempt> asked) {
    long oldest = asked.stream().mapToLong(Attempt::baselineMigration).min().orElse(0);
    Map<UUID, EvacuationMigration> newest =
        readings.evacuationsFrom(host, oldest).stream()
            .collect(
                Collectors.toMap(
                    EvacuationMigration::instance,
                    migration -> migration,
                    java.util.function.BinaryOperator.maxBy(
                        Comparator.comparingLong(EvacuationMigration::id))));
    Set<String> perhapsDead = fencing.perhapsOff(targets(asked, newest));
    Instant now = clock.now();
    ComputeUnavailable problem = null;
    for (Attempt attempt : asked) {
      EvacuationMigration migration = newest.get(attempt.instance());
      boolean ours = migration != null && migration.id() > attempt.baselineMigration();
      boolean targetDead = ours && isTargetDead(attempt, migration, perhapsDead);
      boolean over = ours && (migration.done() || migration.failed());
      if (ours && !over && !targetDead && !isDue(attempt, now)) {
        continue;
      }
      if (!ours && now.isBefore(attempt.askedAt().plus(compute.evacuateTimeout()).plus(GRACE))) {
        continue;
      }
      lookedAt.put(attempt.instance(), now);
      long began = System.nanoTime();
      try {
        if (!targetDead || !closeAsTargetDied(attempt, migration)) {
          settle(attempt, ours ? migration : null, now);
        }
      } catch (ComputeRefused e) {
        LOG.warn("{} of {}: Nova refuses: {}", attempt.instanceName(), host, e.getMessage());
      } catch (ComputeUnavailable e) {
        if (isSlow(began)) {
          throw e; // it would be the same for each of the others
        }
        problem = e;
      }
    }
    if (problem != null) {
      throw problem;
    }
  }

  /** Where it is to go: Nova says it when the target has begun, before that only we know. */
  private static String target(Attempt attempt, EvacuationMigration migration) {
    return migration.destination() == null ? attempt.target() : migration.destination();
  }

  private static Set<String> targets(
      List<Attempt> asked, Map<UUID, EvacuationMigration> migrations) {
    return asked.stream()
        .filter(attempt -> migrations.containsKey(attempt.instance()))
        .map(attempt -> target(attempt, migrations.get(attempt.instance())))
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  private boolean isTargetDead(
      Attempt attempt, EvacuationMigration migration, Set<String> perhapsDead) {
    String target = target(attempt, migration);
    return !migration.failed()
        && target != null
        && perhapsDead.contains(target)
        && fencing.isOffSince(target, attempt.askedAt());
  }

  /**
   * What the target had begun is lost; the guest starts again from where it then is (R8).
   *
   * @return false when it is neither where it was nor where it was to go
   */
  private boolean closeAsTargetDied(Attempt attempt, EvacuationMigration migration) {
    Optional<Instance> guest = compute.instance(attempt.instance());
    String target = target(attempt, migration);
    if (guest.isEmpty()) {
      return false;
    }
    String host = guest.get().host();
    boolean arrived = target.equals(host);
    if (!arrived && host != null && !host.equals(attempt.sourceHost())) {
      return false;
    }
    LOG.info(
        "{} of {}: {} has failed as well", attempt.instanceName(), attempt.sourceHost(), target);
    transaction.executeWithoutResult(
        status -> {
          settled++;
          attempts.closeAsTargetDied(attempt.id(), migration.id(), arrived ? target : null, target);
          if (arrived) {
            // it is the other recovery's now
            guests.ignore(attempt.vmoveUuid(), "went to " + target + ", which failed as well");
          } else {
            guests.explain(
                attempt.vmoveUuid(),
                target + " failed while it was on its way there: it is down, retry the recovery");
          }
        });
    return true;
  }

  /** With a cloud's usual number in flight, one lands in a sixteenth of the time that one takes. */
  private void adapt(Duration took) {
    Duration wanted = took.dividedBy(16);
    pause =
        wanted.compareTo(SHORTEST_PAUSE) < 0
            ? SHORTEST_PAUSE
            : wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
  }

  private static boolean isSlow(long began) {
    return System.nanoTime() - began > SLOW.toNanos();
  }

  private boolean isDue(Attempt attempt, Instant now) {
    return lookedAt
        .getOrDefault(attempt.instance(), attempt.askedAt())
        .plus(LOOK_AGAIN)
        .isBefore(now);
  }

  private void settle(Attempt attempt, EvacuationMigration migration, Instant now) {
    Optional<Instance> found = compute.instance(attempt.instance());
    if (found.isEmpty()) {
      close(attempt, Attempt.Outcome.GONE, null, "Nova has no such guest any more");
      return;
    }
    Instance guest = found.get();
    boolean left = !attempt.sourceHost().equals(guest.host());
    boolean over = migration == null || migration.done() || migration.failed();
    if (migration == null && !left && !Evacuator.isRebuilding(guest)) {
      // its task, if any, is one that the host died with
      closeAsNeverTaken(attempt, now);
      return;
    }
    if (guest.taskState() != null) {
      return;
    }
    boolean elsewhere = left && guest.host() != null;
    if (elsewhere && guest.vmState().equals(attempt.stateWanted())) {
      close(attempt, Attempt.Outcome.RECOVERED, guest.host(), null);
    } else if (elsewhere && attempt.held()) {
      return; // its owner may have wanted it so since
    } else if (elsewhere && guest.vmState().equals("active")) {
      // Nova starts every guest that was in error: to be stopped, or to be in error and off again
      compute.stop(guest.id());
      Boundaries.reached(Boundary.GUEST_STOPPED);
    } else if (elsewhere && isOther(guest, attempt, "stopped", "active")) {
      // Nova calls the guests of a host stopped when its nova-compute comes back for a moment
      compute.start(guest.id());
    } else if (elsewhere && isOther(guest, attempt, "stopped", "error")) {
      compute.resetToError(guest.id());
    } else if (left && over) {
      close(attempt, Attempt.Outcome.IMPOSSIBLE, null, whereItIs(guest, attempt));
    } else if (!left && migration.done()) {
      if (isSure(attempt, now)) {
        close(
            attempt,
            Attempt.Outcome.FAILED,
            null,
            "Nova calls it over, but " + whereItIs(guest, attempt));
      }
    } else if (!left && (migration.failed() || guest.vmState().equals("error"))) {
      close(attempt, Attempt.Outcome.FAILED, null, fault(guest, migration));
    }
  }

  /**
   * Only when two looks some time apart agree: a request that hung in Nova until just now may still
   * be carried out. An order that Nova did not answer and has not taken is not the guest's failure.
   */
  private void closeAsNeverTaken(Attempt attempt, Instant now) {
    if (!isSure(attempt, now)) {
      return;
    }
    if (attempt.answeredAt() != null) {
      close(attempt, Attempt.Outcome.FAILED, null, "Nova never took the order");
    } else {
      String why = attempt.reason() == null ? "" : ": " + attempt.reason();
      close(attempt, Attempt.Outcome.NOT_ASKED, null, "Nova never took the order" + why);
    }
  }

  private boolean isSure(Attempt attempt, Instant now) {
    Instant since = missingSince.putIfAbsent(attempt.id(), now);
    return since != null && !now.isBefore(since.plus(SURE));
  }

  private static String whereItIs(Instance guest, Attempt attempt) {
    return "it is on %s in state %s, before it was %s%s"
        .formatted(
            guest.host() == null ? "no host" : guest.host(),
            guest.vmState(),
            attempt.stateWanted(),
            guest.fault() == null ? "" : ": " + guest.fault());
  }

  private static boolean isOther(Instance guest, Attempt attempt, String is, String was) {
    return guest.vmState().equals(is) && attempt.stateWanted().equals(was);
  }

  private static String fault(Instance guest, EvacuationMigration migration) {
    String state = "evacuation " + migration.status() + " in Nova";
    return guest.fault() == null ? state : state + ": " + guest.fault();
  }

  private void close(Attempt attempt, Attempt.Outcome outcome, String destHost, String reason) {
    if (outcome == Attempt.Outcome.RECOVERED && attempt.answeredAt() != null) {
      adapt(Duration.between(attempt.answeredAt(), clock.now()));
    }
    LOG.info(
        "{} of {}: {} {}",
        attempt.instanceName(),
        attempt.sourceHost(),
        outcome,
        outcome == Attempt.Outcome.RECOVERED ? "on " + destHost : reason);
    transaction.executeWithoutResult(
        status -> {
          if (!attempts.close(attempt.id(), outcome, destHost, reason)) {
            return;
          }
          settled++;
          if (outcome == Attempt.Outcome.RECOVERED) {
            guests.succeed(attempt.vmoveUuid(), destHost); // also when it was listed as overdue
          } else {
            guests.explain(attempt.vmoveUuid(), reason);
          }
        });
  }
}
