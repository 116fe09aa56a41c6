package ukemi.lab;

import static java.util.Comparator.naturalOrder;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static ukemi.lab.Lab.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The order of many guests, by the times that Nova keeps of its own migrations. */
@Tag("lab")
@Tag("long")
class LabWavesIT {

  private static final int WAVES = 5;
  private static final int RANKS = 3;
  private static final int GUESTS_OF_A_RANK = 20;

  /** The shipped setting. */
  private static final int IN_FLIGHT = 16;

  @RegisterExtension private final LabWorld world = new LabWorld();

  /** What Nova keeps of one guest's evacuation, in whole seconds. */
  private record Evacuation(int wave, int rank, LocalDateTime asked, LocalDateTime ended) {}

  @Test
  void threeHundredGuestsComeBackInFiveWavesTheMoreImportantFirst() throws IOException {
    world.restartWith(Map.of("instance-selection.dmn", waveAndRankByMetadata()));
    world.createSegment("auto", "compute-1", "compute-2", "compute-3");
    List<Integer> groups = new ArrayList<>(IntStream.range(0, WAVES * RANKS).boxed().toList());
    Collections.shuffle(groups, new Random(11)); // Nova lists the newest first
    for (int group : groups) {
      int wave = group / RANKS + 1;
      int rank = group % RANKS;
      lab(
          "boot",
          "compute-1",
          Integer.toString(GUESTS_OF_A_RANK),
          "--meta",
          "wave=" + wave,
          "rank=" + rank,
          "--prefix",
          "w" + wave + "r" + rank);
    }
    Map<String, JsonNode> guests =
        world.guests().stream()
            .collect(Collectors.toMap(guest -> guest.get("ID").asText(), Function.identity()));
    assertThat(guests).hasSize(WAVES * RANKS * GUESTS_OF_A_RANK);
    world.killHost("compute-1");

    world.awaitFinished(world.notifyHost("compute-1"), Duration.ofMinutes(30));

    List<Evacuation> evacuations =
        world.evacuationsFrom("compute-1").stream()
            .filter(row -> guests.containsKey(row.get("Server UUID").asText()))
            .map(row -> evacuation(row, guests.get(row.get("Server UUID").asText())))
            .toList();
    assertThat(evacuations).as("once each").hasSize(guests.size());
    for (int wave = 2; wave <= WAVES; wave++) {
      assertThat(first(evacuations, wave))
          .as("wave %d begins when the one before is back", wave)
          .isAfterOrEqualTo(last(evacuations, wave - 1));
    }
    for (Evacuation one : evacuations) {
      assertThat(
              evacuations.stream()
                  .filter(other -> other.wave() == one.wave() && other.rank() > one.rank())
                  .filter(other -> other.asked().isAfter(one.asked())))
          .as("more important guests asked for after %s, no more than are under way", one)
          .hasSizeLessThan(IN_FLIGHT);
    }
    assertThat(
            world.guests().stream()
                .collect(groupingBy(guest -> guest.get("Status").asText(), counting())))
        .containsOnly(Map.entry("ACTIVE", (long) guests.size()));
  }

  /** The shipped table, but whichever rule fits, the guest's metadata tell its place. */
  private static String waveAndRankByMetadata() throws IOException {
    String shipped = Files.readString(Path.of("processes", "instance-selection.dmn"));
    return byMetadata(byMetadata(shipped, "priority", "rank"), "wave", "wave");
  }

  private static String byMetadata(String table, String output, String key) {
    String changed =
        table.replaceAll(
            "(_" + output + "\">\\s*<text>)[^<]*(</text>)", "$1number(metadata." + key + ")$2");
    assertThat(changed).isNotEqualTo(table);
    return changed;
  }

  private static Evacuation evacuation(JsonNode migration, JsonNode guest) {
    String name = guest.get("Name").asText();
    assertThat(name).matches("w\\dr\\d.*");
    return new Evacuation(
        name.charAt(1) - '0',
        name.charAt(3) - '0',
        LocalDateTime.parse(migration.get("Created At").asText()),
        LocalDateTime.parse(migration.get("Updated At").asText()));
  }

  private static LocalDateTime first(List<Evacuation> evacuations, int wave) {
    return evacuations.stream()
        .filter(one -> one.wave() == wave)
        .map(Evacuation::asked)
        .min(naturalOrder())
        .orElseThrow();
  }

  private static LocalDateTime last(List<Evacuation> evacuations, int wave) {
    return evacuations.stream()
        .filter(one -> one.wave() == wave)
        .map(Evacuation::ended)
        .max(naturalOrder())
        .orElseThrow();
  }
}
