package ukemi.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import ukemi.identity.Permission;

/** What a caller needs for a method of a controller; a method without it serves nobody. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Allowed {

  Permission value();

  /**
   * Whether it is asked for only when the body has been read ({@link ApiRequest#body}): Masakari
   * tells everybody first what is wrong with a body.
   */
  boolean afterBody() default false;
}
