package ukemi.compute;

import java.util.Map;

/** The images that guests were made from. */
public interface Images {

  /**
   * What is known of an image, its name among it; empty when it exists no more.
   *
   * @param id as a guest names it
   * @throws ComputeUnavailable when Glance does not answer
   */
  Map<String, String> properties(String id);
}
