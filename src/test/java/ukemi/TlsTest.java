package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.fencing.PowerControl;
import ukemi.fencing.PowerControlUnavailable;
import ukemi.simulator.SimulatedCloud;

/** A site whose own authority has signed everything: our port, Keystone, Nova, MAAS, PostgreSQL. */
class TlsTest {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir static Path folder;

  private static TestAuthority authority;
  private static TestAuthority another;
  private static SimulatedCloud cloud;
  private static String cloudUrl;
  private static EmbeddedPostgres postgres;
  private static RunningUkemi ukemi;

  @BeforeAll
  static void start() throws IOException {
    authority = new TestAuthority(folder, "authority");
    another = new TestAuthority(folder, "another");
    TestAuthority.Identity server = authority.issue("server");

    cloud = SimulatedCloud.start(0);
    cloud.settings().reportInterval(Duration.ofSeconds(1));
    cloud.addHost("compute-1", "10.30.0.11").addHost("compute-2", "10.30.0.12");
    cloudUrl = "https://localhost:" + cloud.openTlsPort(0, server.tls());
    cloud.endpoint("compute", "nova", cloud.novaUrl().replace(cloud.url(), cloudUrl));

    postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("ssl", "on")
            .setServerConfig("ssl_cert_file", server.certificate().toString())
            .setServerConfig("ssl_key_file", server.key().toString())
            .setPort(FreePort.find())
            .setPGStartupWait(Duration.ofMinutes(2))
            .start();

    Map<String, String> settings = clients(authority);
    settings.put(
        "spring.ssl.bundle.pem.ukemi.keystore.certificate", server.certificate().toString());
    settings.put("spring.ssl.bundle.pem.ukemi.keystore.private-key", server.key().toString());
    settings.put("server.ssl.bundle", "ukemi");
    ukemi = RunningUkemi.start(cloud, database(authority), settings);
  }

  private static Map<String, String> clients(TestAuthority trusted) {
    Map<String, String> settings = new HashMap<>();
    settings.put("OS_AUTH_URL", cloud.keystoneUrl().replace(cloud.url(), cloudUrl));
    settings.put("OS_CACERT", trusted.certificate().toString());
    settings.put("ukemi.maas.url", cloud.maasUrl().replace(cloud.url(), cloudUrl));
    settings.put("ukemi.maas.ca-certificate", trusted.certificate().toString());
    return settings;
  }

  private static String database(TestAuthority trusted) {
    return "jdbc:postgresql://localhost:%d/postgres?user=postgres&sslmode=verify-full&sslrootcert=%s"
        .formatted(postgres.getPort(), trusted.certificate());
  }

  @AfterAll
  static void stop() throws IOException {
    if (ukemi != null) {
      ukemi.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    cloud.close();
  }

  @Test
  void aHostIsRecoveredWithEveryConnectionEncrypted() {
    UUID guest = cloud.addGuest("compute-1", "guest");
    MasakariClient client =
        new MasakariClient(url(), cloud.keystoneUrl(), "ukemi", "secret", trusting(authority));
    client.createHosts(client.createSegment("segment1", "auto"), "compute-1", "compute-2");
    cloud.crash("compute-1");

    String notification = client.hostStopped("compute-1");

    await().atMost(LIMIT).until(() -> client.status(notification).equals("finished"));
    assertThat(client.vmoves(notification))
        .singleElement()
        .satisfies(
            vmove -> assertThat(vmove.get("instance_uuid").asText()).isEqualTo(guest.toString()));
    assertThat(
            ukemi
                .jdbc()
                .sql(
                    "select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid) where a.application_name = 'ukemi' and not s.ssl")
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void whoDoesNotKnowTheAuthorityDoesNotTalkToUs() {
    assertThatThrownBy(() -> get(another, "/")).isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void withoutTlsNothingIsServed() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(ukemi.url() + "/")).build(),
                BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void linksSayHttps() throws Exception {
    assertThat(get(authority, "/").body()).contains("\"" + url() + "/v1/\"");
  }

  @Test
  void thePathsThatTheImageAndTheProxyAskAreThere() throws Exception {
    assertThat(
            get(authority, path("docker/Dockerfile", "HEALTH_URL=http://[^/]+(\\S+)")).statusCode())
        .isEqualTo(200);
    List<String> asked = paths("docker/haproxy.cfg", "http-check send meth GET uri (\\S+)");
    assertThat(asked).hasSize(2);
    for (String path : asked) {
      assertThat(get(authority, path).statusCode()).as(path).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/engine-rest", "/engine-rest/engine", "/engine-rest/task"})
  void theEnginesOwnRestApiIsNotServed(String path) throws Exception {
    // what Masakari says to any path that it does not know
    assertThat(get(authority, path).body()).startsWith("{\"choices\":").contains("/v1" + path);
  }

  @Test
  void aDatabaseThatAnotherAuthorityHasSignedIsNotUsed() {
    assertThatThrownBy(
            () ->
                RunningUkemi.start(
                    cloud, database(another), Map.of("spring.flyway.connect-retries", "0")))
        .hasStackTraceContaining("unable to find valid certification path");
  }

  @Test
  void aMaasThatAnotherAuthorityHasSignedGetsNoKey() {
    Map<String, String> settings = clients(authority);
    settings.put("ukemi.maas.ca-certificate", another.certificate().toString());
    try (RunningUkemi other = RunningUkemi.start(cloud, settings)) {
      PowerControl maas = other.bean(PowerControl.class);
      assertThatThrownBy(() -> maas.named("compute-1"))
          .isInstanceOf(PowerControlUnavailable.class)
          .hasMessageContaining("cannot be reached");
    }
  }

  private static String path(String file, String pattern) throws IOException {
    return paths(file, pattern).get(0);
  }

  private static List<String> paths(String file, String pattern) throws IOException {
    List<String> found =
        Pattern.compile(pattern)
            .matcher(Files.readString(Path.of(file)))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(found).isNotEmpty();
    return found;
  }

  private static HttpResponse<String> get(TestAuthority trusted, String path) throws Exception {
    return trusting(trusted)
        .send(HttpRequest.newBuilder(URI.create(url() + path)).build(), BodyHandlers.ofString());
  }

  private static HttpClient trusting(TestAuthority trusted) {
    return HttpClient.newBuilder().sslContext(trusted.trust()).build();
  }

  private static String url() {
    return ukemi.url().replace("http://127.0.0.1", "https://localhost");
  }
}
