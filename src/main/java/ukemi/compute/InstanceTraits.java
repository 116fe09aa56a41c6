package ukemi.compute;

import java.util.List;
import java.util.Map;

/**
 * What Nova shows of a guest besides its state.
 *
 * @param project "tenant_id"
 * @param flavor the flavor's name when the guest was made
 * @param flavorProperties the flavor's extra specs; empty when we may not see them
 * @param image id of its image; null = it boots from a volume
 * @param localDisk whether its root disk, an ephemeral disk or its swap is not a volume: it lies on
 *     its host, unless the site keeps such disks on shared storage
 * @param volumes how many volumes are attached
 */
public record InstanceTraits(
    String project,
    String flavor,
    Map<String, String> flavorProperties,
    String image,
    boolean localDisk,
    int volumes,
    List<String> tags) {

  /** Nothing is known. */
  public static final InstanceTraits NONE =
      new InstanceTraits("", "", Map.of(), null, false, 0, List.of());
}
