package ukemi.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import ukemi.demo.Progress.Guest;
import ukemi.demo.Progress.Phase;
import ukemi.demo.Progress.Place;

/** What is printed about a recovery. */
final class Report {

  private static final int COLUMN = 37;
  private static final int BAR = 28;
  private static final int STROKE = 20;
  private static final int NOTE_WIDTH = 72;

  private final Screen screen;

  Report(Screen screen) {
    this.screen = screen;
  }

  /** The live table of one recovery. */
  List<String> table(Progress progress) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "  "
            + screen.strong(
                "%s died %.1f s ago: %d of %s back"
                    .formatted(
                        progress.host(),
                        progress.seconds(),
                        progress.back(),
                        guests(progress.guests().size()))));
    lines.add("");
    for (Phase phase : Phase.values()) {
      lines.add(phase(progress, phase));
    }
    notes(progress).forEach(note -> lines.add("    " + screen.bad(note)));
    if (!progress.guests().isEmpty()) {
      lines.add("");
      lines.addAll(guestTable(progress));
    }
    return lines;
  }

  private String phase(Progress progress, Phase phase) {
    String mark =
        progress.isDone(phase)
            ? screen.done()
            : progress.seconds(phase).isPresent() ? screen.going() : screen.toCome();
    String seconds = progress.seconds(phase).map(Report::seconds).orElse("");
    return "  %s %-9s %8s   %s"
        .formatted(mark, phase.word(), seconds, explanation(progress, phase));
  }

  private String explanation(Progress progress, Phase phase) {
    if (progress.seconds(phase).isEmpty()) {
      return "";
    }
    if (phase == Phase.EVACUATE) {
      return screen.bar((double) progress.back() / progress.guests().size(), BAR)
          + "  %d of %d".formatted(progress.back(), progress.guests().size());
    }
    if (progress.isDone(phase)) {
      return what(progress, phase);
    }
    if (phase == Phase.FENCE) {
      return progress.bmcBroken()
          ? "MAAS does not reach its BMC: nothing proves it off"
          : "MAAS switches it off; two readings of off must prove it";
    }
    return progress.reportedAt() == null
        ? "no monitor has noticed yet"
        : "reported to Ukemi; it must be silent in Nova, too";
  }

  private List<String> guestTable(Progress progress) {
    List<String> lines = new ArrayList<>();
    List<Guest> guests = progress.guests();
    int rows = (guests.size() + 1) / 2;
    for (int row = 0; row < rows; row++) {
      String left = "    " + guest(guests.get(row));
      String right = row + rows < guests.size() ? guest(guests.get(row + rows)) : "";
      lines.add((left + right).stripTrailing());
    }
    return lines;
  }

  private String guest(Guest guest) {
    String mark =
        switch (guest.place()) {
          case BACK -> screen.done();
          case ON_ITS_WAY -> screen.going();
          case DOWN -> screen.toCome();
        };
    String where =
        switch (guest.place()) {
          case BACK -> "on " + guest.host();
          case ON_ITS_WAY -> guest.host() == null ? "on its way" : "to " + guest.host();
          case DOWN -> "down";
        };
    String padding = " ".repeat(Math.max(1, COLUMN - 2 - 15 - where.length()));
    return "%s %-15s".formatted(mark, guest.name())
        + (guest.place() == Place.DOWN ? screen.faint(where) : where)
        + padding;
  }

  /** What Ukemi or the monitor waits for, wrapped. */
  private static List<String> notes(Progress progress) {
    List<String> notes = new ArrayList<>();
    if (progress.trouble() != null) {
      notes.addAll(wrapped("Not reported: " + progress.trouble()));
    }
    if (progress.notice() != null && progress.notice().message() != null) {
      notes.addAll(wrapped(progress.notice().message()));
    }
    return notes;
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : text.strip().split("\n")) {
      StringBuilder line = new StringBuilder();
      for (String word : paragraph.split(" ")) {
        if (line.length() > 0 && line.length() + 1 + word.length() > NOTE_WIDTH) {
          lines.add(line.toString());
          line.setLength(0);
        }
        line.append(line.length() == 0 ? "" : " ").append(word);
      }
      lines.add(line.toString());
    }
    return lines;
  }

  /** What has happened since the last look, a line each, for output that is no terminal. */
  List<String> news(Progress before, Progress now) {
    List<String> news = new ArrayList<>();
    if (before == null) {
      news.add("");
      news.add(line(now, 0, "dies, with %s".formatted(guests(now.guests().size()))));
    }
    if (now.reportedAt() != null && (before == null || before.reportedAt() == null)) {
      news.add(line(now, at(now, now.reportedAt()), "a monitor reports it to Ukemi"));
    }
    if (now.orderedOffAt() != null && (before == null || before.orderedOffAt() == null)) {
      news.add(
          line(
              now,
              at(now, now.orderedOffAt()),
              "it is silent in Nova, too: MAAS is told to switch it off"));
    }
    if (now.evacuatedAt() != null && (before == null || before.evacuatedAt() == null)) {
      news.add(line(now, at(now, now.evacuatedAt()), "it is proven off: its guests are evacuated"));
    }
    String said = String.join(" ", notes(now));
    if (!now.isOver()
        && !said.isEmpty()
        && (before == null || !said.equals(String.join(" ", notes(before))))) {
      news.add(line(now, now.seconds(), said));
    }
    long back = before == null ? 0 : before.back();
    for (int i = 0; i < now.guests().size(); i++) {
      Guest guest = now.guests().get(i);
      if (guest.place() == Place.BACK
          && (before == null || before.guests().get(i).place() != Place.BACK)) {
        back++;
        news.add(
            line(
                now,
                now.seconds(),
                "%s is back on %s (%d of %d)"
                    .formatted(guest.name(), guest.host(), back, now.guests().size())));
      }
    }
    return news;
  }

  private static String line(Progress progress, double seconds, String text) {
    return "%8s  %s  %s".formatted(seconds(seconds), progress.host(), text);
  }

  private static double at(Progress progress, java.time.Instant time) {
    return Progress.seconds(progress.diedAt(), time);
  }

  /** What is said at the end of a recovery. */
  List<String> end(Progress progress) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    if (progress.guests().isEmpty()) {
      lines.add("  " + progress.host() + " had no guests. " + said(progress));
      return lines;
    }
    boolean all = progress.allBackAt() != null;
    String sum =
        all
            ? "All %s of %s are back, %s after it died."
                .formatted(
                    guests(progress.guests().size()), progress.host(), seconds(progress.seconds()))
            : "%d of %s of %s are back; Ukemi has ended its recovery (%s)."
                .formatted(
                    progress.back(),
                    guests(progress.guests().size()),
                    progress.host(),
                    progress.notice().status());
    lines.add("  " + (all ? screen.done() : screen.bad("!")) + " " + screen.strong(sum));
    lines.add("");
    for (Phase phase : Phase.values()) {
      if (progress.isDone(phase)) {
        double seconds = progress.seconds(phase).orElseThrow();
        String stroke = screen.stroke(seconds / progress.seconds(), STROKE);
        lines.add(
            "    %-9s %8s   %s  %s"
                .formatted(phase.word(), seconds(seconds), stroke, what(progress, phase)));
      }
    }
    lines.add("");
    lines.addAll(wrapped(said(progress)).stream().map(line -> "    " + line).toList());
    return lines;
  }

  /** What was done in a phase that is over. */
  private static String what(Progress progress, Phase phase) {
    return switch (phase) {
      case DETECT -> "reported, and silent in Nova";
      case FENCE ->
          progress.bmcBroken() ? "confirmed by a person" : "switched off, read as off twice";
      case EVACUATE ->
          progress.arrivals().entrySet().stream()
              .map(arrival -> "%s to %s".formatted(arrival.getValue(), arrival.getKey()))
              .collect(Collectors.joining(", "));
    };
  }

  private static String said(Progress progress) {
    return "Ukemi says: " + progress.notice().message();
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }

  private static String guests(int count) {
    return count == 1 ? "1 guest" : count + " guests";
  }
}
