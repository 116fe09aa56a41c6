package ukemi.fencing;

import java.util.Optional;

/**
 * Whether a host could be fenced now.
 *
 * @param machine the one machine that goes by its name; empty when there is none, or more than one
 * @param power the answer to one live query of that machine; empty without a machine
 * @param problem why a person would be asked instead; empty when nothing is in the way
 */
public record HostCheck(
    String host, Optional<Machine> machine, Optional<LivePower> power, Optional<String> problem) {}
