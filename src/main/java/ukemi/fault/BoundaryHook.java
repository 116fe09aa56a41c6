package ukemi.fault;

import java.util.function.Consumer;

/** A service that tests provide; see {@link Boundaries}. */
public interface BoundaryHook extends Consumer<Boundary> {}
