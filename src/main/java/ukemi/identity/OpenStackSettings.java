package ukemi.identity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.openstack4j.api.types.Facing;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import ukemi.InvalidSetting;
import ukemi.TrustedCertificates;

/**
 * Where OpenStack is and who we are there: the OS_* settings every OpenStack client knows, or a
 * cloud of clouds.yaml (OS_CLOUD). An OS_* setting wins over the file.
 */
public final class OpenStackSettings {

  private static final List<String> NAMES =
      List.of(
          "OS_AUTH_TYPE",
          "OS_AUTH_URL",
          "OS_USERNAME",
          "OS_PASSWORD",
          "OS_USER_DOMAIN_NAME",
          "OS_USER_DOMAIN_ID",
          "OS_PROJECT_NAME",
          "OS_PROJECT_ID",
          "OS_PROJECT_DOMAIN_NAME",
          "OS_PROJECT_DOMAIN_ID",
          "OS_APPLICATION_CREDENTIAL_ID",
          "OS_APPLICATION_CREDENTIAL_NAME",
          "OS_APPLICATION_CREDENTIAL_SECRET",
          "OS_REGION_NAME",
          "OS_INTERFACE",
          "OS_CACERT");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, String> values;
  private final String origin;
  private final URI authUrl;
  private final ObjectNode login;
  private final Facing facing;
  private final SSLContext tls;

  private OpenStackSettings(Map<String, String> values, String origin) {
    this.values = values;
    this.origin = origin;
    this.authUrl = readAuthUrl();
    this.facing = readFacing();
    this.login = readLogin();
    this.tls =
        optional("OS_CACERT")
            .map(file -> TrustedCertificates.context("OS_CACERT", Path.of(file)))
            .orElse(null);
  }

  /**
   * Reads and checks the settings; asks no server.
   *
   * @throws InvalidSetting when one is missing, wrong or contradicts another
   */
  public static OpenStackSettings from(ConfigurableEnvironment environment) {
    Map<String, String> values = new HashMap<>();
    String origin = "";
    String cloud = environment.getProperty("OS_CLOUD", "");
    if (!cloud.isBlank()) {
      CloudsFile file =
          CloudsFile.find(Optional.ofNullable(environment.getProperty("OS_CLIENT_CONFIG_FILE")));
      values.putAll(file.cloud(cloud));
      origin = " (cloud " + cloud + " of " + file.path() + ")";
    }
    for (String name : NAMES) {
      String value = isSecret(name) ? raw(environment, name) : environment.getProperty(name);
      if (value != null && !value.isBlank()) {
        values.put(name, value);
      }
    }
    return new OpenStackSettings(values, origin);
  }

  /** Keystone's address, ending in /v3. */
  public URI authUrl() {
    return authUrl;
  }

  Facing facing() {
    return facing;
  }

  /** The region whose endpoints are used; empty = the first one of the catalogue. */
  Optional<String> region() {
    return optional("OS_REGION_NAME");
  }

  /** Trusts the certificates of OS_CACERT and no others; null = those of the Java runtime. */
  SSLContext tls() {
    return tls;
  }

  /** Body of "POST /v3/auth/tokens". Secret. */
  String login() {
    return login.toString();
  }

  /** Who logs in, for messages. */
  String who() {
    return optional("OS_USERNAME")
        .map(name -> "user " + name)
        .or(
            () ->
                optional("OS_APPLICATION_CREDENTIAL_ID").map(id -> "application credential " + id))
        .orElse("the service user");
  }

  @Override
  public String toString() {
    return who() + " at " + authUrl;
  }

  private URI readAuthUrl() {
    String text = required("OS_AUTH_URL", "Keystone's address, such as https://keystone:5000/v3");
    String path = text.replaceAll("/+$", "");
    URI uri;
    try {
      uri = URI.create(path.endsWith("/v3") ? path : path + "/v3");
    } catch (IllegalArgumentException e) {
      throw invalid("OS_AUTH_URL", "is no address", "such as https://keystone:5000/v3");
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null) {
      throw invalid(
          "OS_AUTH_URL",
          "is no plain http or https address",
          "Keystone's address, such as https://keystone:5000/v3");
    }
    if (path.endsWith("/v2.0")) {
      throw invalid("OS_AUTH_URL", "ends in /v2.0", "version 3 of the Identity API");
    }
    return uri;
  }

  private Facing readFacing() {
    String name = optional("OS_INTERFACE").orElse("public");
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "public", "publicurl" -> Facing.PUBLIC;
      case "internal", "internalurl" -> Facing.INTERNAL;
      case "admin", "adminurl" -> Facing.ADMIN;
      default -> throw invalid("OS_INTERFACE", "is " + name, "public, internal or admin");
    };
  }

  private ObjectNode readLogin() {
    ObjectNode auth = JSON.objectNode();
    if (byApplicationCredential()) {
      ObjectNode identity = auth.putObject("identity");
      identity.putArray("methods").add("application_credential");
      identity.set("application_credential", applicationCredential());
    } else {
      ObjectNode identity = auth.putObject("identity");
      identity.putArray("methods").add("password");
      ObjectNode user = user();
      user.put("password", required("OS_PASSWORD", "the password of OS_USERNAME"));
      identity.putObject("password").set("user", user);
      auth.putObject("scope").set("project", project());
    }
    ObjectNode body = JSON.objectNode();
    body.set("auth", auth);
    return body;
  }

  private boolean byApplicationCredential() {
    boolean credential =
        optional("OS_APPLICATION_CREDENTIAL_ID").isPresent()
            || optional("OS_APPLICATION_CREDENTIAL_NAME").isPresent()
            || optional("OS_APPLICATION_CREDENTIAL_SECRET").isPresent();
    Optional<String> type = optional("OS_AUTH_TYPE");
    if (type.isEmpty()) {
      if (credential && optional("OS_PASSWORD").isPresent()) {
        throw invalid(
            "OS_AUTH_TYPE",
            "is missing although OS_PASSWORD and OS_APPLICATION_CREDENTIAL_... are both set",
            "password or v3applicationcredential, or only one of the two");
      }
      return credential;
    }
    return switch (type.get().toLowerCase(Locale.ROOT)) {
      case "password", "v3password" -> false;
      case "v3applicationcredential", "applicationcredential" -> true;
      default ->
          throw invalid("OS_AUTH_TYPE", "is " + type.get(), "password or v3applicationcredential");
    };
  }

  private ObjectNode applicationCredential() {
    ObjectNode credential = JSON.objectNode();
    Optional<String> id = optional("OS_APPLICATION_CREDENTIAL_ID");
    if (id.isPresent()) {
      credential.put("id", id.get());
    } else {
      credential.put(
          "name",
          required(
              "OS_APPLICATION_CREDENTIAL_ID",
              "the id of an application credential, or OS_APPLICATION_CREDENTIAL_NAME with"
                  + " OS_USERNAME and its domain",
              "OS_APPLICATION_CREDENTIAL_NAME"));
      credential.set("user", user());
    }
    credential.put(
        "secret",
        required("OS_APPLICATION_CREDENTIAL_SECRET", "the secret of the application credential"));
    return credential;
  }

  private ObjectNode user() {
    ObjectNode user = JSON.objectNode();
    user.put(
        "name",
        required(
            "OS_USERNAME",
            "the name of Ukemi's user, or OS_APPLICATION_CREDENTIAL_ID and _SECRET"));
    user.set("domain", domain("OS_USER_DOMAIN_NAME", "OS_USER_DOMAIN_ID", "the user's domain"));
    return user;
  }

  private ObjectNode project() {
    ObjectNode project = JSON.objectNode();
    // openrc files name both; the id is exact
    Optional<String> id = optional("OS_PROJECT_ID");
    if (id.isPresent()) {
      return project.put("id", id.get());
    }
    project.put(
        "name",
        required("OS_PROJECT_NAME", "the project in which Ukemi's user has the role admin"));
    project.set(
        "domain", domain("OS_PROJECT_DOMAIN_NAME", "OS_PROJECT_DOMAIN_ID", "the project's domain"));
    return project;
  }

  private ObjectNode domain(String byName, String byId, String meaning) {
    ObjectNode domain = JSON.objectNode();
    return optional(byId)
        .map(id -> domain.put("id", id))
        .orElseGet(() -> domain.put("name", required(byName, meaning + ", by name or by " + byId)));
  }

  private Optional<String> optional(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  private String required(String name, String expected) {
    return required(name, expected, name);
  }

  private String required(String name, String expected, String readFrom) {
    return optional(readFrom).orElseThrow(() -> invalid(name, "is missing", expected));
  }

  private InvalidSetting invalid(String name, String problem, String expected) {
    return new InvalidSetting(name, problem + origin, expected);
  }

  private static boolean isSecret(String name) {
    return name.equals("OS_PASSWORD") || name.equals("OS_APPLICATION_CREDENTIAL_SECRET");
  }

  // getProperty would read "${" in a password as a placeholder, and name the password when it fails
  private static String raw(ConfigurableEnvironment environment, String name) {
    for (PropertySource<?> source : environment.getPropertySources()) {
      Object value = source.getProperty(name);
      if (value != null) {
        return value.toString();
      }
    }
    return null;
  }
}
