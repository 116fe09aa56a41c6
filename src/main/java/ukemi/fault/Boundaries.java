package ukemi.fault;

import java.util.ServiceLoader;

/**
 * Does nothing in production. A test puts a {@link BoundaryHook} on the class path to stop the
 * program at a boundary.
 */
public final class Boundaries {

  private static final BoundaryHook HOOK =
      ServiceLoader.load(BoundaryHook.class).findFirst().orElse(boundary -> {});

  private Boundaries() {}

  /** Called at the boundary. */
  public static void reached(Boundary boundary) {
    HOOK.accept(boundary);
  }
}
