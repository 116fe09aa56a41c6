package ukemi.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.openstack4j.api.exceptions.OS4JException;
import org.openstack4j.core.transport.ClientConstants;
import org.openstack4j.core.transport.HttpRequest;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.internal.HttpExecutor;
import org.openstack4j.model.identity.v3.Token;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Asks Keystone, and remembers a good answer for at most a minute, under the token's hash. Bad
 * answers are not remembered.
 */
@Component
class KeystoneCallerTokens implements CallerTokens {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]{1,8192}");
  private static final int REMEMBERED = 1000;
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final OpenStackSession session;
  private final OpenStackSettings settings;
  private final OpenStackTimeouts timeouts;
  private final LongSupplier nanoTime;
  private final Map<String, Remembered> answers = new LinkedHashMap<>();

  /**
   * What Keystone answered.
   *
   * @param ourProject of our own token; null when it is of none
   */
  private record Answer(HttpResponse response, String ourProject) {}

  private record Remembered(Caller caller, long until) {}

  @Autowired
  KeystoneCallerTokens(
      OpenStackSession session, OpenStackSettings settings, OpenStackTimeouts timeouts) {
    this(session, settings, timeouts, System::nanoTime);
  }

  KeystoneCallerTokens(
      OpenStackSession session,
      OpenStackSettings settings,
      OpenStackTimeouts timeouts,
      LongSupplier nanoTime) {
    this.session = session;
    this.settings = settings;
    this.timeouts = timeouts;
    this.nanoTime = nanoTime;
  }

  @Override
  public Optional<Caller> validate(String token) {
    if (token == null || !SENDABLE.matcher(token).matches()) {
      return Optional.empty();
    }
    String hash = hash(token);
    Optional<Caller> known = remembered(hash);
    return known.isPresent() ? known : ask(token, hash);
  }

  private Optional<Caller> ask(String token, String hash) {
    long began = nanoTime.getAsLong();
    Answer answer;
    try {
      answer = session.call(timeouts.readTimeout(), client -> ask(client.getToken(), token));
    } catch (OS4JException e) {
      throw new IdentityUnavailable("Keystone does not answer: " + e.getMessage(), e);
    }
    HttpResponse response = answer.response();
    JsonNode body = json(response);
    if (response.getStatus() == 404 && body.has("error")) {
      return Optional.empty();
    }
    if (response.getStatus() != 200 || !body.path("token").path("user").has("id")) {
      throw new IdentityUnavailable(
          "Keystone answered "
              + response.getStatus()
              + " when asked about a token; may "
              + settings.who()
              + " ask?",
          null);
    }
    Caller caller = caller(body.path("token"), answer.ourProject());
    remember(hash, caller, began + nanosToRemember(response, body.path("token")));
    return Optional.of(caller);
  }

  private Answer ask(Token own, String token) {
    return new Answer(
        get(own.getId(), token), own.getProject() == null ? null : own.getProject().getId());
  }

  private HttpResponse get(String own, String token) {
    return HttpExecutor.create()
        .execute(
            HttpRequest.builder(Void.class)
                .endpoint(settings.authUrl().toString())
                .path("/auth/tokens?nocatalog")
                .header(ClientConstants.HEADER_X_AUTH_TOKEN, own)
                .header(ClientConstants.HEADER_X_SUBJECT_TOKEN, token)
                .config(session.config(timeouts.readTimeout()))
                .build());
  }

  private static JsonNode json(HttpResponse response) {
    try {
      return JSON.readTree(response.getInputStream());
    } catch (IOException e) {
      throw new IdentityUnavailable("Keystone did not answer with JSON", null);
    }
  }

  private static Caller caller(JsonNode token, String ourProject) {
    Set<String> roles = new HashSet<>();
    token.path("roles").forEach(role -> roles.add(role.path("name").asText()));
    JsonNode user = token.path("user");
    String project = token.path("project").path("id").asText(null);
    return new Caller(
        user.path("id").asText(),
        user.path("name").asText(),
        project,
        project != null && project.equals(ourProject),
        Set.copyOf(roles));
  }

  private long nanosToRemember(HttpResponse response, JsonNode token) {
    try {
      Instant expires = Instant.parse(token.path("expires_at").asText());
      Duration left = Duration.between(now(response), expires);
      return (left.compareTo(LONGEST) < 0 ? left : LONGEST).toNanos();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  // Keystone under plain uwsgi sends no Date. A Date is cut to whole seconds: the next one is safe
  private static Instant now(HttpResponse response) {
    String date = response.header("Date");
    return date == null
        ? Instant.now()
        : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant()
            .plusSeconds(1);
  }

  private synchronized Optional<Caller> remembered(String hash) {
    Remembered answer = answers.get(hash);
    return answer != null && nanoTime.getAsLong() - answer.until() < 0
        ? Optional.of(answer.caller())
        : Optional.empty();
  }

  private synchronized void remember(String hash, Caller caller, long until) {
    answers.remove(hash);
    if (answers.size() >= REMEMBERED) {
      answers.remove(answers.keySet().iterator().next());
    }
    answers.put(hash, new Remembered(caller, until));
  }

  private static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(token.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
