package ukemi.runbook;

import org.camunda.bpm.engine.delegate.VariableScope;

/** A process variable: its name in the drawing and its type. */
record Variable<T>(String name, Class<T> type) {

  T get(VariableScope scope) {
    return type.cast(scope.getVariable(name));
  }

  void set(VariableScope scope, T value) {
    scope.setVariable(name, value);
  }

  void clear(VariableScope scope) {
    scope.removeVariable(name);
  }
}
