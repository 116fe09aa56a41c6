package ukemi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static ukemi.lab.Lab.openstack;
import static ukemi.lab.Lab.openstackJson;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import ukemi.fault.Boundary;

/**
 * A failed guest is moved to another host, on a real Nova. Its fake hypervisor starts every guest,
 * so the table has it moved at once instead of after two starts in vain.
 */
@Tag("lab")
@Tag("long")
class LabMoveIT {

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void aGuestIsMovedAndConfirmedOnceThoughUkemiIsKilledInBetween() throws IOException {
    String uuid = guestThatIsMovedAtOnce();
    String flavor = openstackJson("server", "show", uuid).get("flavor").toString();
    world.restartHaltingAt(Boundary.MOVE_ANSWERED);

    String notification = world.guestReported("compute-1", uuid);
    world.awaitHalt();
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> status(uuid), "VERIFY_RESIZE"::equals);
    world.start();
    world.awaitFinished(notification);

    JsonNode moved = openstackJson("server", "show", uuid);
    assertThat(moved.get("status").asText()).isEqualTo("ACTIVE");
    assertThat(moved.get("OS-EXT-SRV-ATTR:host").asText()).isNotEqualTo("compute-1");
    assertThat(moved.get("flavor").toString()).isEqualTo(flavor);
    assertThat(world.migrationsOf(uuid))
        .singleElement()
        .satisfies(
            migration -> {
              assertThat(migration.get("Type").asText()).isEqualTo("migration");
              assertThat(migration.get("Status").asText()).isEqualTo("confirmed");
            });
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(2))
        .until(() -> !world.isLocked(uuid));
  }

  @Test
  void withoutAHostForItAPersonIsAskedAndItIsItsOwnersAgain() throws IOException {
    String uuid = guestThatIsMovedAtOnce();
    for (String host : List.of("compute-2", "compute-3", "compute-4")) {
      openstack("compute", "service", "set", "--disable", host, "nova-compute");
    }

    String notification = world.guestReported("compute-1", uuid);

    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(2))
        .until(() -> world.workflow(notification).contains("LookIntoGuestTask"));
    assertThat(world.migrationsOf(uuid))
        .isNotEmpty()
        .allSatisfy(migration -> assertThat(migration.get("Status").asText()).isEqualTo("error"));
    assertThat(status(uuid)).isEqualTo("SHUTOFF");
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(2))
        .until(() -> !world.isLocked(uuid));
  }

  private String guestThatIsMovedAtOnce() throws IOException {
    String table =
        Files.readString(Path.of("processes", "instance-response.dmn"))
            .replace("<text>\"restart\"</text>", "<text>\"move\"</text>");
    world.restartWith(Map.of("instance-response.dmn", table));
    world.createSegment("auto", LabWorld.HOSTS.toArray(String[]::new));
    String guest = world.bootGuests("compute-1", 1).get(0);
    openstack("server", "set", "--property", "HA_Enabled=True", guest);
    return openstackJson("server", "show", guest).get("id").asText();
  }

  private static String status(String uuid) {
    return openstackJson("server", "show", uuid).get("status").asText();
  }
}
