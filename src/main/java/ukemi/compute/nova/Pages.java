package ukemi.compute.nova;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import ukemi.compute.ComputeRefused;

/** Reads lists that Nova hands out in pages of at most its own limit (1000 unless changed). */
final class Pages {

  private static final int TRIES = 3;

  private final NovaCalls nova;
  private final Duration timeout;

  Pages(NovaCalls nova, Duration timeout) {
    this.nova = nova;
    this.timeout = timeout;
  }

  /**
   * Reads page after page.
   *
   * @param key the list's name, such as "servers"
   * @param markerField the field of the last row that names the next page
   * @param read a row in our words
   * @param enough told each page's rows; true = no further page is wanted
   */
  <T> List<T> read(
      String path,
      Map<String, ?> query,
      String key,
      String markerField,
      Function<Fields, T> read,
      Predicate<List<T>> enough) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(path, query, key, markerField, read, enough);
      } catch (ComputeRefused e) {
        // the row that marks a page's end may be deleted while we read: "marker [...] not found",
        // of migrations "Marker ... could not be found."
        if (attempt == TRIES || e.status() != 400 || !e.getMessage().contains("arker ")) {
          throw e;
        }
      }
    }
  }

  private <T> List<T> once(
      String path,
      Map<String, ?> query,
      String key,
      String markerField,
      Function<Fields, T> read,
      Predicate<List<T>> enough) {
    List<T> all = new ArrayList<>();
    Map<String, Object> parameters = new HashMap<>(query);
    parameters.put("limit", 1000);
    while (true) {
      Answer answer = nova.get(path, parameters, timeout);
      List<T> rows = new ArrayList<>();
      String last = null;
      for (JsonNode row : answer.list(key)) {
        Fields fields = new Fields(answer, row);
        rows.add(read.apply(fields));
        last = fields.text(markerField);
      }
      all.addAll(rows);
      if (!answer.hasNext(key) || enough.test(rows)) {
        return all;
      }
      if (last == null || last.equals(parameters.put("marker", last))) {
        throw answer.unexpected("pages without end");
      }
    }
  }
}
