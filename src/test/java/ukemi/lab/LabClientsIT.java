package ukemi.lab;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Masakari's clients as Debian has them; what they do is in docker/lab. */
@Tag("lab")
@Tag("long")
class LabClientsIT {

  @RegisterExtension private final LabWorld world = new LabWorld();

  @Test
  void theCommandLineAndTheSdkGetWhatMasakariAnswers() {
    world.bootGuests("compute-2", 1);

    System.out.println(Lab.walkClients("clients"));
  }

  /** Needs the monitors, libvirt, qemu and Pacemaker, which a machine for builds need not have. */
  @Test
  void theMonitorsOfProcessesGuestsAndHostsAreHeard() {
    world.bootGuests("compute-2", 1);

    System.out.println(Lab.walkClients("monitors"));
  }

  /** Needs Horizon, too. */
  @Test
  void theDashboardShowsAndChangesWhatAnOperatorAsksFor() {
    System.out.println(Lab.walkClients("dashboard"));
  }
}
