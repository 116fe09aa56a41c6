package ukemi.fencing;

/**
 * The answer to one live query.
 *
 * @param detail what was answered, or why nothing was, for a person
 */
public record LivePower(PowerState state, String detail) {}
