package ukemi.engine;

import java.time.Instant;
import java.util.SortedMap;

/**
 * Runbooks that were deployed.
 *
 * @param hash of all names and contents
 * @param files where each came from, by its name: a folder, or "shipped"
 * @param node from whose folders
 * @param orderedBy who gave the command to reload; null = the node's start
 */
public record RunbookDeployment(
    String deploymentId,
    String hash,
    SortedMap<String, String> files,
    String node,
    String orderedBy,
    Instant deployedAt) {}
