package ukemi.lab;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Masakari's clients as Debian has them; what they do is in docker/lab. */
@Tag("lab")
class LabClientsIT {

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void theCommandLineTheSdkAndAMonitorGetTheAnswersThatMasakariGives() {
    String segment = world.createSegment("auto", "compute-1", "compute-2");
    world.bootGuests("compute-1", 2);
    world.killHost("compute-1");
    String notification = world.notifyHost("compute-1");
    world.awaitFinished(notification);
    Lab.openstack("segment", "delete", segment);

    System.out.println(Lab.walkClients(notification));
  }
}
