package ukemi.restart;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import ukemi.compute.ColdMigration;
import ukemi.compute.Compute;

/** What Nova shows of the move of a run. */
@Component
class Moves {

  private static final Set<String> FAILED = Set.of("error", "failed");

  private final Compute compute;
  private final GuestRuns runs;

  Moves(Compute compute, GuestRuns runs) {
    this.compute = compute;
    this.runs = runs;
  }

  /** Every cold migration of the guest since that try, the oldest first. */
  List<ColdMigration> since(GuestRun run, Move move) {
    return compute.coldMigrations(run.instance(), move.after()).stream()
        .sorted(Comparator.comparingLong(ColdMigration::id))
        .toList();
  }

  /**
   * The run's own one while it is awaited. Nova makes a new row when it tries the next host by
   * itself; what follows one that came about is somebody else's. It is kept which one that is. Not
   * in a transaction that has written to the run.
   */
  Optional<ColdMigration> follow(GuestRun run) {
    return runs.move(run.id()).flatMap(move -> follow(run, move));
  }

  private Optional<ColdMigration> follow(GuestRun run, Move move) {
    List<ColdMigration> found =
        since(run, move).stream()
            .filter(migration -> migration.source().equals(move.from()))
            .toList();
    Optional<ColdMigration> ours =
        found.stream()
            .filter(migration -> !hasFailed(migration))
            .findFirst()
            .or(() -> found.stream().reduce((first, second) -> second));
    ours.filter(migration -> !Long.valueOf(migration.id()).equals(move.migration()))
        .ifPresent(migration -> runs.moveSeen(run.id(), move.askedAt(), migration.id()));
    return ours;
  }

  /** The run's own one when it is awaited no more: what follows may be somebody else's. */
  Optional<ColdMigration> ours(GuestRun run) {
    Optional<Move> move = runs.move(run.id());
    return move.filter(known -> known.migration() == null).isPresent()
        ? follow(run, move.get())
        : known(run);
  }

  /** As {@link #ours}, when Nova has shown it before. */
  Optional<ColdMigration> known(GuestRun run) {
    return runs.move(run.id())
        .filter(move -> move.migration() != null)
        .flatMap(
            move ->
                since(run, move).stream()
                    .filter(migration -> migration.id() == move.migration())
                    .findFirst());
  }

  static boolean hasFailed(ColdMigration migration) {
    return FAILED.contains(migration.status());
  }

  /** Whether nothing more comes of it. */
  static boolean isOver(ColdMigration migration) {
    return hasFailed(migration) || migration.status().equals("reverted");
  }
}
