package ukemi.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.web.bind.annotation.RestController;

/** A controller under {@code /v1}: {@link RequestChecks} guards it, {@link FaultAdvice} answers. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@RestController
@interface MasakariApi {

  /** Whether no token is asked for. */
  boolean open() default false;

  /** Whether anything is served; if not, the answer is a fault and no role is asked for. */
  boolean served() default true;
}
