package ukemi.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ukemi.engine.RunbookDeployment;
import ukemi.engine.RunbookNode;
import ukemi.engine.Runbooks;

/**
 * The runbooks on the wire.
 *
 * @param answeredBy the node that answers, and that a reload would read from
 * @param deployedAt null when they were deployed before this was kept, as are the others
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record RunbooksView(
    String answeredBy,
    String deploymentId,
    String hash,
    String deployedAt,
    String fromNode,
    String orderedBy,
    Map<String, String> files,
    List<Node> nodes) {

  /**
   * What a node found when it last looked.
   *
   * @param inForce whether its last good files are those in force
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Node(
      String name,
      boolean inForce,
      String hash,
      String lookedAt,
      String refusedAt,
      List<String> problems) {

    static Node of(RunbookNode node, Optional<String> hashInForce) {
      return new Node(
          node.node(),
          hashInForce.filter(hash -> hash.equals(node.hash())).isPresent(),
          node.hash(),
          WireTime.seconds(node.lookedAt()),
          WireTime.seconds(node.refusedAt()),
          node.problems());
    }
  }

  static RunbooksView of(Runbooks runbooks) {
    Optional<RunbookDeployment> inForce = runbooks.inForce();
    return new RunbooksView(
        runbooks.node(),
        inForce.map(RunbookDeployment::deploymentId).orElse(null),
        inForce.map(RunbookDeployment::hash).orElse(null),
        inForce.map(RunbookDeployment::deployedAt).map(WireTime::seconds).orElse(null),
        inForce.map(RunbookDeployment::node).orElse(null),
        inForce.map(RunbookDeployment::orderedBy).orElse(null),
        inForce.<Map<String, String>>map(RunbookDeployment::files).orElse(Map.of()),
        runbooks.nodes().stream()
            .map(node -> Node.of(node, inForce.map(RunbookDeployment::hash)))
            .toList());
  }
}
