package ukemi.database;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads pages of one table. A page starts after the place of its marker in the order asked for, so
 * rows that come or go between two pages neither repeat nor hide others. The marker may be any row
 * of the table, also one the filter leaves out.
 */
public final class PagedTable<T> {

  private static final Pattern ID = Pattern.compile("[0-9]{1,18}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final Set<String> NEVER_NULL = Set.of("created_at", "id");

  private final String table;
  private final Map<String, String> sortKeys;
  private final RowMapper<T> rows;

  /**
   * @param sortKeys what may be sorted by: name on the wire to SQL expression, with {@code $} for
   *     the table's alias; must contain created_at and id
   */
  public PagedTable(String table, Map<String, String> sortKeys, RowMapper<T> rows) {
    this.table = table;
    this.sortKeys = sortKeys;
    this.rows = rows;
  }

  /**
   * The rows of the page that satisfy the condition.
   *
   * @param condition SQL over the alias {@code t}
   * @throws BadPage when the marker or a sort key is unknown
   */
  public List<T> read(
      JdbcClient jdbc, Page page, String condition, Map<String, ?> conditionParameters) {
    Map<String, Boolean> order = completed(page.order());
    Map<String, Object> parameters = new HashMap<>(conditionParameters);
    String where = "(" + condition + ")";
    if (page.marker() != null) {
      where += " and " + notBefore(order) + "(" + after(order) + ")";
      parameters.put("pageMarker", markerId(jdbc, page.marker()));
    }
    // the number itself: a plan for any limit may be one that reads the whole table
    return jdbc.sql(
            "select t.* from %s t where %s order by %s limit %d"
                .formatted(table, where, orderBy(order), page.limit()))
        .params(parameters)
        .query(rows)
        .list();
  }

  private Map<String, Boolean> completed(List<Page.Order> asked) {
    Map<String, Boolean> order = new LinkedHashMap<>();
    for (Page.Order one : asked) {
      if (!sortKeys.containsKey(one.key())) {
        throw new BadPage("cannot sort by \"" + one.key() + "\"");
      }
      order.putIfAbsent(one.key(), one.ascending());
    }
    boolean first = asked.get(0).ascending();
    order.putIfAbsent("created_at", first);
    order.putIfAbsent("id", first);
    return order;
  }

  private long markerId(JdbcClient jdbc, String marker) {
    Optional<Long> known = Optional.empty();
    // never text against text: the indexes are of numbers and uuids
    if (ID.matcher(marker).matches()) {
      known = id(jdbc, "id = cast(:marker as bigint)", marker);
    } else if (UUID.matcher(marker).matches()) {
      known = id(jdbc, "uuid = cast(:marker as uuid)", marker);
    }
    return known.orElseThrow(() -> new BadPage("marker \"" + marker + "\" is unknown"));
  }

  private Optional<Long> id(JdbcClient jdbc, String condition, String marker) {
    return jdbc.sql("select id from %s where %s".formatted(table, condition))
        .param("marker", marker)
        .query(Long.class)
        .optional();
  }

  /**
   * Nulls come first upwards and last downwards, as clients know it from MySQL. Not said where
   * there are none, so that an index may be read in either direction.
   */
  private String orderBy(Map<String, Boolean> order) {
    return order.entrySet().stream()
        .map(
            e ->
                row(e.getKey())
                    + (e.getValue() ? " asc" : " desc")
                    + (NEVER_NULL.contains(e.getKey())
                        ? ""
                        : e.getValue() ? " nulls first" : " nulls last"))
        .collect(Collectors.joining(", "));
  }

  /** Follows from {@link #after}, and is what an index can begin at. */
  private String notBefore(Map<String, Boolean> order) {
    Map.Entry<String, Boolean> first = order.entrySet().iterator().next();
    String key = first.getKey();
    return NEVER_NULL.contains(key)
        ? "%s %s %s and ".formatted(row(key), first.getValue() ? ">=" : "<=", marker(key))
        : "";
  }

  private String after(Map<String, Boolean> order) {
    List<String> cases = new ArrayList<>();
    String equalSoFar = "";
    for (Map.Entry<String, Boolean> one : order.entrySet()) {
      String row = row(one.getKey());
      String marker = marker(one.getKey());
      String later =
          one.getValue()
              ? "(%1$s > %2$s or (%2$s is null and %1$s is not null))"
              : "(%1$s < %2$s or (%1$s is null and %2$s is not null))";
      cases.add(equalSoFar + later.formatted(row, marker));
      equalSoFar += "%s is not distinct from %s and ".formatted(row, marker);
    }
    return String.join(" or ", cases);
  }

  private String row(String key) {
    return column(key, "t");
  }

  /** Not a join: the planner is to know that it is one value, and keep the index's order. */
  private String marker(String key) {
    return "(select %s from %s m where m.id = :pageMarker)".formatted(column(key, "m"), table);
  }

  private String column(String key, String alias) {
    return sortKeys.get(key).replace("$", alias);
  }
}
