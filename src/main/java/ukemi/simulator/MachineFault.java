package ukemi.simulator;

/** How a machine in MAAS, or its BMC, can misbehave. */
public enum MachineFault {
  /** Power changes only after {@link Settings#slowPowerDelay}. */
  SLOW,
  /** Power orders answer 200 and change nothing. */
  STUCK,
  /** Orders answer 200 and change nothing; queries say error, with 200. */
  BMC_LOGIN_REFUSED,
  /** Orders answer 200 and change nothing; queries answer 504 after a minute. */
  BMC_LOST,
  /** Queries say off and on in turn. */
  FLAPPING,
  /** Queries say off of a machine that has power (Redfish's PoweringOn). */
  SHOWN_AS_OFF,
  /** Every power order answers 403; an unlock through the API ends it. */
  LOCKED,
  /** power_type manual: orders answer 200 with null, queries unknown. */
  MANUAL,
  /** No power type set: orders answer 200 with null, queries 503. */
  NO_POWER_TYPE,
  /** The key's user does not see it: absent from lists, 403 by id. */
  NOT_VISIBLE,
  /** Orders answer 503: another action is in progress. */
  OTHER_ACTION_RUNNING,
  /** Orders and queries answer 503: no rack reaches the BMC. */
  NO_RACK,
  /** The cached power state no longer changes. */
  STALE_CACHE,
  /** Orders answer 409 with HTML and Retry-After, and change nothing. */
  CONFLICT,
  /** Orders take effect and answer 500. */
  ERROR_AFTER_EFFECT,
  /** Orders take effect, then the connection is cut. */
  CUT_AFTER_EFFECT,
  /** Orders are answered only when they have happened, as MAAS 3.5 and later do. */
  BLOCKING
}
