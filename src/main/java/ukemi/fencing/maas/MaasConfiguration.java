package ukemi.fencing.maas;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import ukemi.InvalidSetting;
import ukemi.TrustedCertificates;
import ukemi.fencing.PowerControl;

/** Makes power control of the settings. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "ukemi.fencing.provider", havingValue = "maas", matchIfMissing = true)
class MaasConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger(MaasConfiguration.class);

  @Bean
  PowerControl maasPowerControl(MaasSettings settings) {
    List<URI> roots = MaasUrl.roots(settings.url());
    MaasKey key = MaasKey.parse(settings.apiKey());
    requirePositive("ukemi.maas.connect-timeout", settings.connectTimeout());
    requirePositive("ukemi.maas.read-timeout", settings.readTimeout());
    requirePositive("ukemi.maas.query-timeout", settings.queryTimeout());
    roots.stream()
        .filter(root -> root.getScheme().equalsIgnoreCase("http"))
        .forEach(
            root ->
                LOG.warn(
                    "MAAS is reached over http at {}: the API key travels in clear text; use https",
                    root));
    MaasClient client =
        new MaasClient(
            roots,
            key,
            settings.connectTimeout(),
            ssl(settings.caCertificate()),
            Clock.systemUTC());
    return new MaasPowerControl(client, key, settings.readTimeout(), settings.queryTimeout());
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new InvalidSetting(name, "is " + value, "a time above zero, such as 30s");
    }
  }

  private static SSLContext ssl(Path certificates) {
    return certificates == null || certificates.toString().isEmpty()
        ? null
        : TrustedCertificates.context("ukemi.maas.ca-certificate", certificates);
  }
}
