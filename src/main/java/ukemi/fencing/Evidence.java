package ukemi.fencing;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** What is known of a run's fencing, as plain text for a person. */
@Component
class Evidence {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private final PowerOrders orders;
  private final PowerReadings readings;
  private final Proofs proofs;
  private final FencingNotes notes;
  private final RefusedConfirmations refusals;
  private final Heartbeats heartbeats;

  Evidence(
      PowerOrders orders,
      PowerReadings readings,
      Proofs proofs,
      FencingNotes notes,
      RefusedConfirmations refusals,
      Heartbeats heartbeats) {
    this.orders = orders;
    this.readings = readings;
    this.proofs = proofs;
    this.notes = notes;
    this.refusals = refusals;
    this.heartbeats = heartbeats;
  }

  private record Line(Instant at, String text) {}

  String of(UUID runId) {
    List<Line> lines = new ArrayList<>();
    orders.of(runId).forEach(order -> addOrder(lines, order));
    addReadings(lines, readings.of(runId));
    notes
        .of(runId)
        .forEach(
            note ->
                lines.add(
                    new Line(
                        note.firstAt(),
                        note.text()
                            + (note.lastAt().equals(note.firstAt())
                                ? ""
                                : " (again, last at " + TIME.format(note.lastAt()) + ")"))));
    refusals
        .of(runId)
        .forEach(
            refusal ->
                lines.add(
                    new Line(
                        refusal.refusedAt(),
                        "confirmation by %s not taken: %s"
                            .formatted(refusal.person(), refusal.reason()))));
    proofs.of(runId).forEach(proof -> addProof(lines, proof));
    lines.sort(Comparator.comparing(Line::at));
    String text =
        lines.stream()
            .map(line -> TIME.format(line.at()) + "  " + line.text())
            .collect(Collectors.joining("\n"));
    return (text.isEmpty() ? "its power was neither switched nor read" : text)
        + "\n"
        + heartbeat(runId);
  }

  private static void addOrder(List<Line> lines, PowerOrder order) {
    lines.add(
        new Line(
            order.begunAt(),
            "power off (hard) ordered for machine %s".formatted(order.systemId())));
    if (order.ended()) {
      lines.add(new Line(order.endedAt(), "the order ended: " + order.answer()));
    }
  }

  /** Equal readings in a row are one line: there may be thousands. */
  private static void addReadings(List<Line> lines, List<PowerReading> readings) {
    int begin = 0;
    for (int end = 1; end <= readings.size(); end++) {
      PowerReading first = readings.get(begin);
      if (end < readings.size() && same(first, readings.get(end))) {
        continue;
      }
      int count = end - begin;
      String many =
          count == 1
              ? ""
              : " (%d times, last at %s)"
                  .formatted(count, TIME.format(readings.get(end - 1).begunAt()));
      lines.add(
          new Line(
              first.begunAt(),
              "power of machine %s read: %s, %s%s"
                  .formatted(
                      first.systemId(),
                      first.state().name().toLowerCase(Locale.ROOT),
                      first.detail(),
                      many)));
      begin = end;
    }
  }

  private static boolean same(PowerReading one, PowerReading other) {
    return one.is(other.state())
        && one.detail().equals(other.detail())
        && one.systemId().equals(other.systemId());
  }

  private static void addProof(List<Line> lines, ProofOfOff proof) {
    String kind =
        switch (proof.kind()) {
          case READINGS -> "proof of off by readings";
          case PERSON ->
              proof.overridesPower()
                  ? "confirmed as off by a second person, against what was read"
                  : "confirmed as off by a person";
          case NONE -> "taken as off without proof";
        };
    lines.add(new Line(proof.givenAt(), kind + ": " + proof.givenBy()));
    if (proof.voidedAt() != null) {
      lines.add(new Line(proof.voidedAt(), "proof void: " + proof.voidReason()));
    }
  }

  private String heartbeat(UUID runId) {
    return heartbeats
        .of(runId)
        .map(
            heartbeat ->
                "last heartbeat of nova-compute %s%s, when Nova's clock was %s"
                    .formatted(
                        TIME.format(heartbeat.last()),
                        heartbeat.advanced() ? " (it has advanced)" : "",
                        TIME.format(heartbeat.readAt())))
        .orElse("no heartbeat of nova-compute is known");
  }
}
