package ukemi.fencing.maas;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import ukemi.InvalidSetting;

/** An API key, and the OAuth header made of it. Never prints itself. */
final class MaasKey {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String consumer;
  private final String token;
  private final String secret;

  private MaasKey(String consumer, String token, String secret) {
    this.consumer = consumer;
    this.token = token;
    this.secret = secret;
  }

  static MaasKey parse(String setting) {
    String[] parts = setting.strip().split(":", -1);
    boolean complete = Arrays.stream(parts).noneMatch(String::isBlank);
    if (parts.length != 3 || !complete) {
      throw new InvalidSetting(
          "UKEMI_MAAS_API_KEY",
          setting.isBlank() ? "is missing" : "is not an API key of MAAS",
          "three parts joined by ':', as MAAS shows the key of a user");
    }
    return new MaasKey(parts[0].strip(), parts[1].strip(), parts[2].strip());
  }

  /**
   * The Authorization header of one HTTP attempt; its nonce is never used again.
   *
   * @param seconds now, since 1970
   */
  String header(long seconds) {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    return "OAuth oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\""
        + field("oauth_consumer_key", PercentEncoding.of(consumer))
        + field("oauth_token", PercentEncoding.of(token))
        // The text before "&" is the empty consumer secret; the server decodes once.
        + field("oauth_signature", "%26" + PercentEncoding.of(secret))
        + field("oauth_nonce", HexFormat.of().formatHex(nonce))
        + field("oauth_timestamp", Long.toString(seconds));
  }

  /** The text without any part of the key in it. */
  String redact(String text) {
    return text.replace(secret, "***").replace(token, "***").replace(consumer, "***");
  }

  @Override
  public String toString() {
    return "MaasKey";
  }

  private static String field(String name, String value) {
    return ", " + name + "=\"" + value + "\"";
  }
}
