package ukemi.fencing;

import java.util.List;

/**
 * A machine as power control shows it.
 *
 * @param systemId its key; a machine that is enlisted anew gets another one
 * @param hostname the short name
 * @param fqdn the name with its domain; empty when unknown
 * @param deployed whether an operating system is deployed on it
 * @param statusName its life-cycle status in the provider's words
 * @param powerType how its power is controlled; empty or "manual" = not at all
 * @param locked whether power control refuses every power action on it
 * @param addresses its IP addresses, as text
 */
public record Machine(
    String systemId,
    String hostname,
    String fqdn,
    boolean deployed,
    String statusName,
    String powerType,
    boolean locked,
    List<String> addresses) {}
