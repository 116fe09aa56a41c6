package ukemi.fencing.maas;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How MAAS is reached.
 *
 * @param url base URLs of the regions, separated by commas
 * @param apiKey a user's key, {@code consumer:token:secret}
 * @param caCertificate certificates (PEM) of the authority behind an https URL; null = the system's
 * @param readTimeout for everything but live queries
 * @param queryTimeout for live queries; MAAS itself gives up after 60 s
 */
@ConfigurationProperties("ukemi.maas")
record MaasSettings(
    @DefaultValue("") String url,
    @DefaultValue("") String apiKey,
    Path caCertificate,
    @DefaultValue("5s") Duration connectTimeout,
    @DefaultValue("30s") Duration readTimeout,
    @DefaultValue("75s") Duration queryTimeout) {

  /** Without the key. */
  @Override
  public String toString() {
    return "MaasSettings[url=%s, caCertificate=%s]".formatted(url, caCertificate);
  }
}
