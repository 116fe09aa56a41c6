package ukemi.fencing;

import org.springframework.context.annotation.Import;

/** The parts of fencing behind {@link HostChecks}, for a context without recoveries. */
@Import({
  FencingNotes.class,
  HostChecks.class,
  KnownMachines.class,
  MachineIdentity.class,
  MachineLatch.class,
  NoPowerControl.class,
  OwnMachines.class,
  OwnTransaction.class,
  PowerOrders.class
})
public final class HostCheckParts {

  private HostCheckParts() {}
}
