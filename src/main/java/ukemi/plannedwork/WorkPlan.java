package ukemi.plannedwork;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import ukemi.database.DatabaseClock;
import ukemi.plannedwork.PlannedWork.Scope;
import ukemi.segment.Host;
import ukemi.segment.Hosts;
import ukemi.segment.Segment;
import ukemi.segment.Segments;

/** The rules for announcing work, moving its end and ending it. */
@Service
public class WorkPlan {

  /** Who needs longer takes hosts out of service, not their protection away. */
  private static final Duration LONGEST = Duration.ofDays(30);

  /** It is in the message of each notification that is ignored. */
  private static final int LONGEST_REASON = 255;

  private static final Duration FURTHEST = Duration.ofDays(365);

  private final PlannedWorks works;
  private final Hosts hosts;
  private final Segments segments;
  private final DatabaseClock clock;
  private final WorkProcesses processes;

  WorkPlan(
      PlannedWorks works,
      Hosts hosts,
      Segments segments,
      DatabaseClock clock,
      WorkProcesses processes) {
    this.works = works;
    this.hosts = hosts;
    this.segments = segments;
    this.clock = clock;
    this.processes = processes;
  }

  /**
   * Stores the work and starts the process that remembers its end.
   *
   * @throws WorkRefused when its times or what it is about are wrong
   * @throws PlanIsBusy when it cannot be stored at this moment
   */
  @Transactional
  public PlannedWork announce(NewWork work) {
    PlannedWork announced = store(work);
    processes.start(announced);
    return announced;
  }

  /**
   * Stores work that has a process already.
   *
   * @throws WorkRefused when its times or what it is about are wrong
   * @throws PlanIsBusy when it cannot be stored at this moment
   */
  @Transactional(noRollbackFor = WorkRefused.class) // thrown before anything is written
  public PlannedWork store(NewWork work) {
    works.change();
    Instant now = clock.now();
    Instant starts =
        work.startsAt() == null || work.startsAt().isBefore(now) ? now : work.startsAt();
    if (work.host() != null && work.segment() != null) {
      throw new WorkRefused("it is about a host or about a segment, not both");
    }
    if (work.reason() == null || work.reason().isBlank()) {
      throw new WorkRefused("the reason is empty");
    }
    if (work.reason().length() > LONGEST_REASON) {
      throw new WorkRefused("the reason is longer than %d characters".formatted(LONGEST_REASON));
    }
    if (starts.isAfter(now.plus(FURTHEST))) {
      throw new WorkRefused("it begins more than %d days ahead".formatted(FURTHEST.toDays()));
    }
    checkEnd(starts, work.endsAt(), now);
    if (work.host() != null) {
      Host host =
          hosts
              .byName(work.host())
              .orElseThrow(() -> new WorkRefused("no host named \"" + work.host() + "\""));
      return works.add(Scope.HOST, host.uuid(), host.name(), starts, work);
    }
    if (work.segment() != null) {
      Segment segment =
          segment(work.segment())
              .orElseThrow(
                  () -> new WorkRefused("no segment with name or uuid \"" + work.segment() + "\""));
      return works.add(Scope.SEGMENT, segment.uuid(), segment.name(), starts, work);
    }
    return works.add(Scope.CLOUD, null, null, starts, work);
  }

  private static void checkEnd(Instant starts, Instant ends, Instant now) {
    if (!ends.isAfter(now)) {
      throw new WorkRefused("its end is in the past");
    }
    if (!ends.isAfter(starts)) {
      throw new WorkRefused("it ends before it begins");
    }
    if (Duration.between(starts, ends).compareTo(LONGEST) > 0) {
      throw new WorkRefused("it is longer than %d days".formatted(LONGEST.toDays()));
    }
  }

  private Optional<Segment> segment(String nameOrUuid) {
    return segments.byName(nameOrUuid).or(() -> uuid(nameOrUuid).flatMap(segments::byUuid));
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Ends the work now, or calls it off; its process notices.
   *
   * @throws WorkIsOver when it has ended
   * @throws PlanIsBusy when it cannot be ended at this moment
   */
  @Transactional
  public void end(PlannedWork work, String person) {
    works.change();
    PlannedWork now = works.find(work.uuid()).orElseThrow();
    if (now.endedAt() != null) {
      throw new WorkIsOver(now);
    }
    works.end(work.uuid(), person);
  }

  /**
   * Ends it when a person says so or its time is up. What was reported before has been noted by
   * then, and what is reported later is recovered.
   *
   * @param person null = nobody has said so
   * @return how it is now
   * @throws PlanIsBusy when it cannot be ended at this moment
   */
  @Transactional
  public PlannedWork endWhenOver(UUID uuid, String person) {
    works.change();
    PlannedWork work = works.find(uuid).orElseThrow();
    if (person != null || !work.endsAt().isAfter(clock.now())) {
      works.end(uuid, person);
    }
    return works.find(uuid).orElseThrow();
  }

  /**
   * Moves its end.
   *
   * @return how it is now
   * @throws WorkRefused when it may not end then
   * @throws PlanIsBusy when it cannot be changed at this moment
   */
  @Transactional(noRollbackFor = WorkRefused.class) // thrown before anything is written
  public PlannedWork changeEnd(UUID uuid, Instant endsAt) {
    works.change();
    PlannedWork work = works.find(uuid).orElseThrow();
    checkEnd(work.startsAt(), endsAt, clock.now());
    works.changeEnd(uuid, endsAt);
    return works.find(uuid).orElseThrow();
  }
}
