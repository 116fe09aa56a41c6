package ukemi.compute;

import java.util.Map;
import java.util.UUID;

/**
 * A guest as one answer of Nova showed it.
 *
 * @param host "OS-EXT-SRV-ATTR:host", the service host; null while none is assigned
 * @param vmState "OS-EXT-STS:vm_state": active, stopped, error, ...
 * @param taskState "OS-EXT-STS:task_state"; null = no task in progress
 * @param powerState "OS-EXT-STS:power_state"
 * @param lockedReason what was said when it was locked; null when it is not, or nothing was said
 * @param fault Nova's fault message; null when there is none
 */
public record Instance(
    UUID id,
    String name,
    String host,
    String vmState,
    String taskState,
    int powerState,
    boolean locked,
    String lockedReason,
    Map<String, String> metadata,
    String fault,
    InstanceTraits traits) {

  public Instance(
      UUID id,
      String name,
      String host,
      String vmState,
      String taskState,
      int powerState,
      boolean locked,
      Map<String, String> metadata,
      String fault) {
    this(
        id,
        name,
        host,
        vmState,
        taskState,
        powerState,
        locked,
        null,
        metadata,
        fault,
        InstanceTraits.NONE);
  }
}
