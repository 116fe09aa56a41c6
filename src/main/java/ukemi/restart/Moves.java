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
   * The run's own one. Nova makes a new row when it tries the next host by itself; what follows one
   * that came about is somebody else's.
   */
  Optional<ColdMigration> ours(GuestRun run) {
    return runs.move(run.id()).flatMap(move -> ours(run, move));
  }

  private Optional<ColdMigration> ours(GuestRun run, Move move) {
    List<ColdMigration> found =
        since(run, move).stream()
            .filter(migration -> migration.source().equals(move.from()))
            .toList();
    return found.stream()
        .filter(migration -> !FAILED.contains(migration.status()))
        .findFirst()
        .or(() -> found.stream().reduce((first, second) -> second));
  }
}
