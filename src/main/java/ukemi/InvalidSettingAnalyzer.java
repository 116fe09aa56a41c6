package ukemi;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints {@link InvalidSetting} as a few plain lines in place of a stack trace. */
class InvalidSettingAnalyzer extends AbstractFailureAnalyzer<InvalidSetting> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidSetting cause) {
    return analysis(cause);
  }

  static FailureAnalysis analysis(InvalidSetting setting) {
    return new FailureAnalysis(
        "The setting " + setting.name() + " is wrong: " + setting.problem() + ".",
        "Expected: " + setting.expected() + ".",
        setting);
  }
}
