package ukemi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openstack4j.api.exceptions.ConnectionException;
import org.openstack4j.core.transport.Config;
import org.openstack4j.core.transport.HttpRequest;
import ukemi.InvalidSetting;
import ukemi.TrustedCertificates;

class TrustedCertificatesTest {

  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  @Test
  void onlyANamedCaIsTrusted() throws Exception {
    Path store = newKey("server");
    Path bundle = folder.resolve("bundle.pem");
    Files.writeString(
        bundle, "# another CA\n" + pem(newKey("other")) + "\n# ours\n" + pem(store) + "\n");
    Path other = folder.resolve("other.pem");
    Files.writeString(other, pem(folder.resolve("other.p12")));
    HttpsServer server = serve(store);
    try {
      String url = "https://127.0.0.1:" + server.getAddress().getPort();
      assertThat(status(url, TrustedCertificates.context("OS_CACERT", bundle))).isEqualTo(200);
      assertThatThrownBy(() -> status(url, TrustedCertificates.context("OS_CACERT", other)))
          .isInstanceOf(ConnectionException.class);
      assertThatThrownBy(() -> status(url, null)).isInstanceOf(ConnectionException.class);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aFileWithoutCertificatesIsAWrongSetting() throws Exception {
    Path file = folder.resolve("empty.pem");
    for (String text :
        List.of(
            "",
            "http://127.0.0.1/ca.pem",
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nnothing\n")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> TrustedCertificates.context("OS_CACERT", file))
          .as(text)
          .isInstanceOf(InvalidSetting.class)
          .hasMessageContaining("OS_CACERT")
          .hasMessageContaining("empty.pem");
    }
  }

  private static int status(String url, SSLContext tls) {
    return new JdkConnector()
        .execute(
            HttpRequest.builder(Void.class)
                .endpoint(url)
                .path("/")
                .config(Config.newConfig().withConnectionTimeout(60_000).withSSLContext(tls))
                .build())
        .getStatus();
  }

  private Path newKey(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    keytool(
        "-genkeypair",
        "-alias",
        "k",
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=ip:127.0.0.1",
        "-keystore",
        store.toString(),
        "-storepass",
        "changeit");
    return store;
  }

  private static String pem(Path store) throws Exception {
    return keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "k",
        "-keystore",
        store.toString(),
        "-storepass",
        "changeit");
  }

  private static String keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private static HttpsServer serve(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream input = Files.newInputStream(file)) {
      store.load(input, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }
}
