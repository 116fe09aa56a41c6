package ukemi.fencing;

/** Who switches machines off. */
public enum Provider {
  /** MAAS, over its API. */
  MAAS,
  /** Nobody: the site has said that it accepts evacuation without proof. */
  NONE
}
