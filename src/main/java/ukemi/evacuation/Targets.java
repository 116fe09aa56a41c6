package ukemi.evacuation;

import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.compute.Compute;
import ukemi.compute.ComputeService;
import ukemi.notification.Notifications;
import ukemi.notification.PlannedFailures;
import ukemi.segment.Host;
import ukemi.segment.Hosts;

/**
 * Where a guest goes that is not for a reserve: to the segment's hosts in turn, those that have
 * refused a guest of this pass last. Nova's scheduler checks the choice.
 */
@Service
class Targets {

  /** How old the list of services may be: many guests are sent at about the same time. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final JdbcClient jdbc;
  private final Attempts attempts;
  private final Hosts hosts;
  private final Notifications notifications;
  private final PlannedFailures plannedFailures;
  private final Compute compute;
  private final TargetSettings settings;
  private final TransactionTemplate ownTransaction;
  private volatile Usable usable;

  /** Service host names, with a time of System.nanoTime. */
  private record Usable(Set<String> hosts, long readAt) {}

  Targets(
      JdbcClient jdbc,
      Attempts attempts,
      Hosts hosts,
      Notifications notifications,
      PlannedFailures plannedFailures,
      Compute compute,
      TargetSettings settings,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.attempts = attempts;
    this.hosts = hosts;
    this.notifications = notifications;
    this.plannedFailures = plannedFailures;
    this.compute = compute;
    this.settings = settings;
    this.ownTransaction = new TransactionTemplate(transactions);
    this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /**
   * The host for the attempt.
   *
   * @return empty = Nova chooses: the site wants it so, or no other host of the segment is
   *     registered, not even a reserve
   * @throws NoTarget when none of the segment's other hosts can take guests
   */
  Optional<String> choose(Attempt attempt) throws NoTarget {
    if (settings.auto() == TargetSettings.Auto.ANYWHERE) {
      return Optional.empty();
    }
    List<Host> others = hosts.besides(attempt.sourceHost());
    if (others.isEmpty()) {
      return Optional.empty();
    }
    Set<UUID> reportedDead = reportedDead(others);
    Set<String> up = usable();
    List<String> able =
        others.stream()
            .filter(host -> !host.onMaintenance() && !reportedDead.contains(host.uuid()))
            .filter(host -> !host.reserved() || isHeldBy(attempt.runId(), host.uuid()))
            .map(Host::name)
            .filter(up::contains)
            .toList();
    if (able.isEmpty()) {
      throw new NoTarget(
          "none of the segment's other hosts is up and enabled, and neither reported dead, on maintenance nor a reserve");
    }
    return Optional.ofNullable(ownTransaction.execute(status -> take(attempt, able)));
  }

  /**
   * The reserve that is being filled. Who comes after it has failed and before Nova knows would
   * wait for ever: Nova accepts what it sends to a dead host.
   *
   * @throws NoTarget when it has failed meanwhile, or an operator has put it on maintenance
   */
  Optional<String> reserve(String name) throws NoTarget {
    if (hosts
        .byName(name)
        .filter(host -> !host.onMaintenance() && reportedDead(List.of(host)).isEmpty())
        .isEmpty()) {
      throw new NoTarget("reserve " + name + " is on maintenance or reported dead");
    }
    return Optional.of(name);
  }

  /** Nova shows a dead host up for a minute, and one that was only noted is dead all the same. */
  private Set<UUID> reportedDead(List<Host> hosts) {
    List<UUID> all = hosts.stream().map(Host::uuid).toList();
    Set<UUID> dead = new HashSet<>(notifications.unfinishedAmong(all));
    dead.addAll(plannedFailures.deadAmong(all));
    return dead;
  }

  /** One after the other, since many guests are sent in the same moment. */
  private String take(Attempt attempt, List<String> able) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('ukemi targets', 0))")
        .query((row, number) -> 0)
        .single();
    Map<String, Integer> refusals = refusals(attempt);
    Set<String> refusedThis = refusedTo(attempt);
    Map<String, Integer> sent = sent(attempt);
    String chosen =
        able.stream()
            .min(
                Comparator.comparing((String host) -> refusedThis.contains(host))
                    .thenComparing(host -> refusals.getOrDefault(host, 0))
                    .thenComparing(host -> sent.getOrDefault(host, 0))
                    .thenComparing(host -> host))
            .orElseThrow();
    attempts.aim(attempt.id(), chosen);
    return chosen;
  }

  private Set<String> usable() {
    Usable known = usable;
    long began = System.nanoTime();
    if (known == null || began - known.readAt() > FRESH.toNanos()) {
      known =
          new Usable(
              compute.services().stream()
                  .filter(service -> service.up() && service.enabled() && !service.forcedDown())
                  .map(ComputeService::host)
                  .collect(Collectors.toSet()),
              began);
      usable = known;
    }
    return known.hosts();
  }

  private boolean isHeldBy(UUID run, UUID host) {
    return jdbc.sql(
            """
            select exists (select 1 from ukemi.reserve_claim
                            where run_id = ? and host_uuid = ? and settled_at is null)
            """)
        .params(run, host)
        .query(Boolean.class)
        .single();
  }

  /** How many guests of this pass each host has refused. */
  private Map<String, Integer> refusals(Attempt attempt) {
    return counts(
        """
        select target, count(*) from ukemi.evacuation_attempt
         where run_id = ? and pass = ? and outcome = 'FAILED' and target is not null
         group by target
        """,
        attempt.runId(),
        attempt.pass());
  }

  private Set<String> refusedTo(Attempt attempt) {
    return counts(
            """
            select target, count(*) from ukemi.evacuation_attempt
             where vmove_uuid = ? and outcome = 'FAILED' and target is not null group by target
            """,
            attempt.vmoveUuid())
        .keySet();
  }

  /** Guests on their way to each host, of all runs, and those that this run has brought there. */
  private Map<String, Integer> sent(Attempt attempt) {
    return counts(
        """
        select target, count(*) from ukemi.evacuation_attempt
         where target is not null and id <> ?
           and (closed_at is null or run_id = ? and outcome = 'RECOVERED')
         group by target
        """,
        attempt.id(),
        attempt.runId());
  }

  private record Count(String host, int guests) {}

  private Map<String, Integer> counts(String sql, Object... parameters) {
    return jdbc
        .sql(sql)
        .params(parameters)
        .query((row, number) -> new Count(row.getString(1), row.getInt(2)))
        .list()
        .stream()
        .collect(toMap(Count::host, Count::guests));
  }
}
