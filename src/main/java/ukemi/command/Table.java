package ukemi.command;

import java.util.ArrayList;
import java.util.List;

/** Lines of text in columns, for a terminal. */
final class Table {

  private static final String GAP = "  ";

  private final List<List<String>> lines = new ArrayList<>();

  Table(String... titles) {
    lines.add(List.of(titles));
  }

  void add(String... cells) {
    lines.add(List.of(cells));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        String cell = line.get(column);
        row.append(cell).append(" ".repeat(width(column) - length(cell))).append(GAP);
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return lines.stream().mapToInt(line -> length(line.get(column))).max().orElse(0);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
