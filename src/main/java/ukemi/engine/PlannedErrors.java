package ukemi.engine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The BPMN error codes that the Java behind a service task may throw. The drawing can't show them,
 * so the model checks read them here and see to it that each is caught.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface PlannedErrors {

  /** Error codes. */
  String[] value();
}
