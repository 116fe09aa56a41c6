package ukemi.database;

import java.util.List;

/**
 * The part of a list that is asked for.
 *
 * @param limit most rows to give; 0 gives none
 * @param marker id or uuid of the last row of the page before; null = from the start
 * @param order never empty; what it leaves undecided is settled by created_at, then id, in the
 *     first direction
 */
public record Page(int limit, String marker, List<Order> order) {

  /** One column to sort by, under the name it has on the wire. */
  public record Order(String key, boolean ascending) {}

  /** Everything (the first 1000 rows), newest first. */
  public static Page all() {
    return new Page(1000, null, List.of(new Order("created_at", false)));
  }
}
