package ukemi.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** MAAS's users with their API keys, and its check of the Authorization header. */
final class MaasKeys {

  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int OLDEST_SECONDS = 300;

  record User(String name, boolean superuser, String consumer, String token, String secret) {

    String key() {
      return consumer + ":" + token + ":" + secret;
    }
  }

  /** The outcome: a user, or the answer that refuses. */
  record Checked(User user, Answer refusal) {}

  private final List<User> users = new ArrayList<>();
  private final Set<String> nonces = ConcurrentHashMap.newKeySet();
  private final Random random;

  MaasKeys(int seed) {
    random = new Random(seed);
  }

  synchronized User add(String name, boolean superuser) {
    return add(name, superuser, letters(18) + ":" + letters(18) + ":" + letters(32));
  }

  synchronized User add(String name, boolean superuser, String key) {
    String[] parts = key.split(":");
    User user = new User(name, superuser, parts[0], parts[1], parts[2]);
    users.add(user);
    return user;
  }

  private String letters(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }

  synchronized Checked check(Optional<String> header, Instant now) {
    Map<String, String> given = fields(header.orElse(""));
    for (String needed :
        List.of(
            "oauth_consumer_key",
            "oauth_token",
            "oauth_signature_method",
            "oauth_timestamp",
            "oauth_nonce")) {
      if (!given.containsKey(needed)) {
        return refused(Answer.of(401, "text/plain", "Forbidden"));
      }
    }
    if (!given.getOrDefault("oauth_version", "1.0").equals("1.0")) {
      return unauthorized("OAuth version " + given.get("oauth_version") + " not supported.");
    }
    if (!given.get("oauth_signature_method").equals("PLAINTEXT")) {
      return unauthorized("Signature method not supported.");
    }
    String consumer = given.get("oauth_consumer_key");
    if (users.stream().noneMatch(user -> user.consumer.equals(consumer))) {
      return unauthorized("Invalid API key.");
    }
    String token = given.get("oauth_token");
    Optional<User> user =
        users.stream()
            .filter(one -> one.consumer.equals(consumer) && one.token.equals(token))
            .findFirst();
    if (user.isEmpty()) {
      return unauthorized("'Invalid access token: " + token + "'");
    }
    return checkTimeAndSecret(given, user.get(), now);
  }

  private Checked checkTimeAndSecret(Map<String, String> given, User user, Instant now) {
    String nonce = given.get("oauth_nonce");
    if (!given.get("oauth_timestamp").matches("-?\\d{1,18}") || nonce.length() > 255) {
      return refused(Answer.text(500, "Internal Server Error"));
    }
    long stamp = Long.parseLong(given.get("oauth_timestamp"));
    if (now.getEpochSecond() - stamp > OLDEST_SECONDS) {
      return unauthorized(
          "'Expired timestamp: given "
              + stamp
              + " and now "
              + now.getEpochSecond()
              + " has a greater difference than threshold "
              + OLDEST_SECONDS
              + "'");
    }
    if (!nonces.add(user.token + " " + nonce)) {
      return unauthorized("'Nonce already used: " + nonce + "'");
    }
    if (!given.getOrDefault("oauth_signature", "").equals("&" + user.secret)) {
      // The real one does say the right secret here.
      return unauthorized(
          "'Invalid signature. Expected signature base string: &" + user.secret + "'");
    }
    return new Checked(user, null);
  }

  private static Map<String, String> fields(String header) {
    Map<String, String> fields = new HashMap<>();
    if (!header.startsWith("OAuth ")) {
      return fields;
    }
    for (String piece : header.substring("OAuth ".length()).split(",")) {
      int equal = piece.indexOf('=');
      if (equal < 0 || piece.contains("realm")) {
        continue;
      }
      fields.put(
          piece.substring(0, equal).trim(),
          unquote(piece.substring(equal + 1).trim().replaceAll("^\"|\"$", "")));
    }
    return fields;
  }

  /** As Python's unquote: a plus sign stays one. */
  private static String unquote(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static Checked unauthorized(String why) {
    return refused(
        Answer.of(401, "text/html; charset=utf-8", "Authorization Error: " + why)
            .with("WWW-Authenticate", "OAuth realm=\"OAuth\""));
  }

  private static Checked refused(Answer answer) {
    return new Checked(null, answer);
  }
}
