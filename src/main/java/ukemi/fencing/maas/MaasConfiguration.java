package ukemi.fencing.maas;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import ukemi.InvalidSetting;
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
    if (certificates == null || certificates.toString().isEmpty()) {
      return null;
    }
    try (InputStream file = Files.newInputStream(certificates)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(file);
      if (all.isEmpty()) {
        throw new InvalidSetting(
            "ukemi.maas.ca-certificate", "names a file without a certificate", "a PEM file");
      }
      int number = 0;
      for (Certificate certificate : all) {
        store.setCertificateEntry("ca" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new InvalidSetting(
          "ukemi.maas.ca-certificate",
          "names " + certificates + ", which cannot be read as certificates",
          "a PEM file");
    }
  }
}
