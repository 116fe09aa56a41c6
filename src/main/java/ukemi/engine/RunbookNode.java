package ukemi.engine;

import java.time.Instant;
import java.util.List;

/**
 * What a node found in its folders when it last looked: at its start, or when it was told to
 * reload.
 *
 * @param hash of its last good set; null = it has had none
 * @param refusedAt null = the set was good
 * @param problems why it was refused
 */
public record RunbookNode(
    String node, String hash, Instant lookedAt, Instant refusedAt, List<String> problems) {}
