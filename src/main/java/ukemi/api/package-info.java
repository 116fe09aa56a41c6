/** Masakari's REST API on the wire: addresses, microversions, JSON and faults; no logic. */
package ukemi.api;
