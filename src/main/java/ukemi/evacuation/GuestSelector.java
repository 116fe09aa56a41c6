package ukemi.evacuation;

import ukemi.compute.Instance;

/** Decides about the guests of a dead host, one by one. */
@FunctionalInterface
public interface GuestSelector {

  /**
   * Never throws.
   *
   * @param marked whether its metadata says that it is to be recovered
   * @param wanted the state that it is to end in
   */
  GuestSelection select(Instance guest, boolean marked, String wanted);
}
