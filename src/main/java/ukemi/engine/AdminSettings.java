package ukemi.engine;

import org.springframework.boot.context.properties.ConfigurationProperties;
import ukemi.InvalidSetting;

/**
 * Settings of the engine's users.
 *
 * @param adminPassword password of Cockpit's user "admin" (environment: UKEMI_ADMIN_PASSWORD), at
 *     least 8 characters, set at every start; null = one is made at the first start and printed
 *     once
 */
@ConfigurationProperties("ukemi")
record AdminSettings(String adminPassword) {

  private static final int SHORTEST = 8;

  AdminSettings {
    if (adminPassword != null && adminPassword.isBlank()) {
      throw invalid("it is empty");
    }
    if (adminPassword != null && adminPassword.length() < SHORTEST) {
      throw invalid("it has only " + adminPassword.length() + " characters");
    }
  }

  private static InvalidSetting invalid(String problem) {
    return new InvalidSetting(
        "UKEMI_ADMIN_PASSWORD",
        problem,
        "at least "
            + SHORTEST
            + " characters, or no such setting at all: then a password is made at the first start");
  }

  /** Without the password, so that it can't get into a log. */
  @Override
  public String toString() {
    return "AdminSettings[]";
  }
}
