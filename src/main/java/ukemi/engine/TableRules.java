package ukemi.engine;

import java.util.Set;
import org.camunda.bpm.dmn.engine.DmnEngine;
import org.camunda.bpm.dmn.engine.DmnEngineConfiguration;
import org.camunda.bpm.dmn.engine.DmnEngineException;
import org.camunda.bpm.model.dmn.DmnModelInstance;
import org.camunda.bpm.model.dmn.instance.Decision;
import org.camunda.bpm.model.dmn.instance.DmnElement;
import org.camunda.bpm.model.dmn.instance.InputEntry;
import org.camunda.bpm.model.dmn.instance.LiteralExpression;
import org.camunda.bpm.model.dmn.instance.Text;
import org.camunda.feel.api.FeelEngineApi;
import org.camunda.feel.api.FeelEngineBuilder;
import org.camunda.feel.api.ParseResult;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * A table is a decision of its file's name that says how its rules are chosen, and every cell of it
 * can be read. The engine would read a cell only in the middle of a recovery.
 */
final class TableRules {

  private static final DmnEngine ENGINE =
      DmnEngineConfiguration.createDefaultDmnEngineConfiguration().buildEngine();
  private static final FeelEngineApi FEEL = FeelEngineBuilder.forJava().build();

  private static final Set<String> FEEL_NAMES =
      Set.of(
          "feel",
          "https://www.omg.org/spec/DMN/20191111/FEEL/",
          "https://www.omg.org/spec/DMN/20180521/FEEL/",
          "http://www.omg.org/spec/FEEL/20140401");

  private TableRules() {}

  static void check(ModelSet set, String file, DmnModelInstance model, ModelChecks.Report report) {
    String expected = file.substring(0, file.lastIndexOf('.'));
    if (model.getModelElementsByType(Decision.class).stream()
        .noneMatch(decision -> expected.equals(decision.getId()))) {
      report.add(null, "has no decision with the file's name, %s, as its id".formatted(expected));
    }
    for (Decision decision : model.getModelElementsByType(Decision.class)) {
      elsewhere(set, file, decision, report);
    }
    hitPolicies(model, report);
    cells(model, report);
    try {
      ENGINE.parseDecisions(model);
    } catch (DmnEngineException e) {
      report.add(null, "is no table for the engine: " + e.getMessage());
    }
  }

  /** In the document itself: the parser puts UNIQUE where nothing is written. */
  private static void hitPolicies(DmnModelInstance model, ModelChecks.Report report) {
    Document document = (Document) model.getDocument().getDomSource().getNode();
    NodeList tables = document.getElementsByTagNameNS("*", "decisionTable");
    for (int i = 0; i < tables.getLength(); i++) {
      Element table = (Element) tables.item(i);
      Attr policy = table.getAttributeNode("hitPolicy");
      if (policy == null || !policy.getSpecified()) {
        report.add(
            table.getAttribute("id"),
            "has no hit policy; expected: hitPolicy such as FIRST, UNIQUE or COLLECT");
      }
    }
  }

  private static void elsewhere(
      ModelSet set, String file, Decision decision, ModelChecks.Report report) {
    set.tables()
        .forEach(
            (other, table) -> {
              if (!other.equals(file) && table.getModelElementById(decision.getId()) != null) {
                report.add(decision.getId(), "is in %s too".formatted(other));
              }
            });
  }

  private static void cells(DmnModelInstance model, ModelChecks.Report report) {
    for (InputEntry entry : model.getModelElementsByType(InputEntry.class)) {
      String text = text(entry.getText());
      if (!text.isEmpty() && isFeel(entry.getExpressionLanguage())) {
        cell(entry, text, FEEL.parseUnaryTests(text), report);
      }
    }
    // what an input reads, what an output says
    for (LiteralExpression expression : model.getModelElementsByType(LiteralExpression.class)) {
      String text = text(expression.getText());
      if (!text.isEmpty() && isFeel(expression.getExpressionLanguage())) {
        cell(expression, text, FEEL.parseExpression(text), report);
      }
    }
  }

  private static void cell(
      DmnElement cell, String text, ParseResult parsed, ModelChecks.Report report) {
    if (parsed.isFailure()) {
      report.add(
          cell.getId(), "%s is no FEEL; a word is written with quotes: \"word\"".formatted(text));
    }
  }

  private static String text(Text text) {
    return text == null || text.getTextContent() == null ? "" : text.getTextContent().strip();
  }

  private static boolean isFeel(String language) {
    return language == null || FEEL_NAMES.contains(language) || "FEEL".equals(language);
  }
}
