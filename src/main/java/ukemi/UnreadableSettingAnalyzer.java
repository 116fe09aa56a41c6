package ukemi;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * A setting of ours that can't be read as what it should be, or that breaks a rule of its record.
 * Spring's own analyzers would print the value, which may be a password.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnreadableSettingAnalyzer extends AbstractFailureAnalyzer<BindException> {

  private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of("ukemi");

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
    if (!OURS.equals(cause.getName()) && !OURS.isAncestorOf(cause.getName())) {
      return null;
    }
    InvalidSetting saidItself = findCause(cause, InvalidSetting.class);
    if (saidItself != null) {
      return InvalidSettingAnalyzer.analysis(saidItself);
    }
    BindValidationException rules = findCause(cause, BindValidationException.class);
    if (rules != null) {
      return brokenRules(rules.getValidationErrors(), cause);
    }
    return unreadable(cause);
  }

  private static FailureAnalysis brokenRules(ValidationErrors errors, BindException cause) {
    String problems =
        errors.getAllErrors().stream()
            .map(error -> name(errors.getName(), error) + " " + error.getDefaultMessage())
            .sorted()
            .collect(Collectors.joining("%n  ".formatted()));
    return new FailureAnalysis(
        "A setting is wrong:%n  %s".formatted(problems), "Correct it and start again.", cause);
  }

  private static String name(ConfigurationPropertyName prefix, ObjectError error) {
    return error instanceof FieldError field
        ? prefix + "." + dashed(field.getField())
        : prefix.toString();
  }

  private static FailureAnalysis unreadable(BindException cause) {
    Class<?> type = cause.getTarget().getType().resolve(Object.class);
    ConfigurationProperty property = cause.getProperty();
    String where = property == null ? "" : " (from " + property.getOrigin() + ")";
    return new FailureAnalysis(
        "The setting %s%s is wrong: it can't be read.".formatted(cause.getName(), where),
        "Expected: " + expected(type) + ".",
        cause);
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == Duration.class) {
      return "a time such as 500ms, 30s, 5m or 1h";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a number";
    }
    return "a value of type " + type.getSimpleName();
  }

  private static String dashed(String field) {
    return field.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
