package ukemi.engine;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.impl.juel.Builder;
import org.camunda.bpm.impl.juel.TreeBuilderException;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Every expression can be read, and asks a bean only for what it has. The engine would notice the
 * first without saying where, and the second in the middle of a recovery.
 */
final class ExpressionRules {

  /** What they hold is for people, or no expression. */
  private static final Set<String> TEXTS = Set.of("documentation", "text", "script");

  private static final Pattern CALL = Pattern.compile("[$#]\\{\\s*(\\w+)\\.(\\w+)\\(");

  private final Function<String, Optional<Class<?>>> beans;
  private final ModelChecks.Report report;

  private ExpressionRules(Function<String, Optional<Class<?>>> beans, ModelChecks.Report report) {
    this.beans = beans;
    this.report = report;
  }

  static void check(
      BpmnModelInstance model,
      Function<String, Optional<Class<?>>> beans,
      ModelChecks.Report report) {
    new ExpressionRules(beans, report).walk(model.getDocument().getDomSource().getNode());
  }

  private void walk(Node node) {
    if (TEXTS.contains(String.valueOf(node.getLocalName()))) {
      return;
    }
    for (int i = 0; node.hasAttributes() && i < node.getAttributes().getLength(); i++) {
      text(node, node.getAttributes().item(i).getNodeValue());
    }
    NodeList children = node.getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      Node child = children.item(i);
      if (child.getNodeType() == Node.TEXT_NODE || child.getNodeType() == Node.CDATA_SECTION_NODE) {
        text(node, child.getNodeValue());
      } else {
        walk(child);
      }
    }
  }

  private void text(Node where, String text) {
    if (!text.contains("${") && !text.contains("#{")) {
      return;
    }
    try {
      new Builder(Builder.Feature.METHOD_INVOCATIONS).build(text.strip());
    } catch (TreeBuilderException e) {
      report.add(owner(where), "%s is no expression: %s".formatted(text.strip(), e.getMessage()));
    }
    Matcher call = CALL.matcher(text);
    while (call.find()) {
      Optional<Class<?>> bean = beans.apply(call.group(1));
      String method = call.group(2);
      if (bean.isPresent()
          && Arrays.stream(bean.get().getMethods()).noneMatch(it -> it.getName().equals(method))) {
        report.add(owner(where), "%s has no %s()".formatted(call.group(1), method));
      }
    }
  }

  /** Id of the box, event or arrow that the node belongs to. */
  private static String owner(Node node) {
    for (Node at = node; at instanceof Element element; at = at.getParentNode()) {
      String name = element.getLocalName();
      if (element.hasAttribute("id")
          && !name.endsWith("EventDefinition")
          && !name.endsWith("Expression")
          && !name.startsWith("time")) {
        return element.getAttribute("id");
      }
    }
    return null;
  }
}
