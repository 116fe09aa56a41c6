package ukemi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.openstack4j.api.exceptions.AuthenticationException;
import org.openstack4j.api.exceptions.ConnectionException;
import org.openstack4j.core.transport.Config;
import org.openstack4j.core.transport.HttpMethod;
import org.openstack4j.core.transport.HttpRequest;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.internal.HttpExecutor;

class JdkConnectorTest {

  /** Longer than any machine stands still. */
  private static final Config PATIENT =
      Config.newConfig().withConnectionTimeout(60_000).withReadTimeout(60_000);

  private static final String OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Some-Header: yes\r\n\r\n{}";

  @Test
  void ourConnectorIsTheOneInUse() {
    assertThat(HttpExecutor.create().getExecutorName()).isEqualTo("java.net.http");
  }

  @Test
  void aConnectionLostBeforeTheAnswerIsTriedOnceMoreForAGet() throws Exception {
    try (RawServer server =
        new RawServer(
            (number, request, socket) -> {
              if (number == 1) {
                RawServer.reset(socket);
              } else {
                RawServer.write(socket, OK);
              }
            })) {
      HttpResponse response = send(server.url(), HttpMethod.GET, PATIENT);
      assertThat(response.getStatus()).isEqualTo(200);
      assertThat(response.header("x-some-header")).isEqualTo("yes");
      assertThat(response.headers().containsKey("X-SOME-HEADER")).isTrue();
      assertThat(server.requests()).isEqualTo(2);
    }
  }

  @Test
  void aKeptConnectionClosedWithoutNoticeIsNoFailureForAGet() throws Exception {
    try (RawServer server =
        new RawServer(
            (number, request, socket) -> {
              RawServer.write(socket, OK);
              if (number == 1) {
                socket.getInputStream().read();
                RawServer.reset(socket);
              }
            })) {
      JdkConnector connector = new JdkConnector();
      HttpRequest<Void> get =
          HttpRequest.builder(Void.class).endpoint(server.url()).path("/x").config(PATIENT).build();
      assertThat(connector.execute(get).getStatus()).isEqualTo(200);
      assertThat(connector.execute(get).getStatus()).isEqualTo(200);
      assertThat(server.requests()).isEqualTo(2);
    }
  }

  @Test
  void aConnectionLostTwiceIsAFailure() throws Exception {
    try (RawServer server = new RawServer((number, request, socket) -> RawServer.reset(socket))) {
      assertThatThrownBy(() -> send(server.url(), HttpMethod.GET, PATIENT))
          .isInstanceOf(ConnectionException.class);
      assertThat(server.requests()).isEqualTo(2);
    }
  }

  @Test
  void anOrderIsNeverSentTwice() throws Exception {
    for (RawServer.Behaviour loss :
        new RawServer.Behaviour[] {
          (number, request, socket) -> RawServer.reset(socket),
          (number, request, socket) -> socket.close()
        }) {
      for (HttpMethod method : new HttpMethod[] {HttpMethod.POST, HttpMethod.PUT}) {
        try (RawServer server = new RawServer(loss)) {
          assertThatThrownBy(() -> send(server.url(), method, PATIENT))
              .isInstanceOf(ConnectionException.class);
          assertThat(server.requests()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void anAnswerBrokenOffIsAFailureAndNotAskedForAgain() throws Exception {
    try (RawServer server =
        new RawServer(
            (number, request, socket) -> {
              RawServer.write(
                  socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"servers\":");
              Thread.sleep(100);
              RawServer.reset(socket);
            })) {
      assertThatThrownBy(() -> send(server.url(), HttpMethod.GET, PATIENT))
          .isInstanceOf(ConnectionException.class);
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  @Test
  void silenceEndsWithTheReadTimeout() throws Exception {
    try (RawServer server = new RawServer((number, request, socket) -> {})) {
      assertTimesOut(server);
    }
  }

  @Test
  void aBodyThatStallsEndsWithTheReadTimeoutToo() throws Exception {
    try (RawServer server =
        new RawServer(
            (number, request, socket) ->
                RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"serv"))) {
      assertTimesOut(server);
    }
  }

  @Test
  void aTokenThatWasNotAcceptedIsThrown() throws Exception {
    String unauthorized = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    try (RawServer server =
        new RawServer((number, request, socket) -> RawServer.write(socket, unauthorized))) {
      assertThatThrownBy(
              () ->
                  new JdkConnector()
                      .execute(
                          HttpRequest.builder(Void.class)
                              .endpoint(server.url())
                              .path("/x")
                              .header("X-Auth-Token", "t")
                              .config(PATIENT)
                              .build()))
          .isInstanceOf(AuthenticationException.class);
      assertThat(send(server.url(), HttpMethod.POST, PATIENT).getStatus())
          .as("a login")
          .isEqualTo(401);
    }
  }

  @Test
  void aHeaderThatCannotBeSentIsNotQuoted() {
    assertThatThrownBy(
            () ->
                new JdkConnector()
                    .execute(
                        HttpRequest.builder(Void.class)
                            .endpoint("http://127.0.0.1:1")
                            .path("/x")
                            .header("X-Auth-Token", "secret\nsecret")
                            .build()))
        .isInstanceOf(ConnectionException.class)
        .hasNoCause()
        .hasMessageNotContaining("secret");
  }

  /** By the times given, which end long before the usual ones, and not asked for again. */
  private static void assertTimesOut(RawServer server) {
    long begin = System.nanoTime();
    assertThatThrownBy(
            () ->
                send(
                    server.url(),
                    HttpMethod.GET,
                    Config.newConfig().withConnectionTimeout(300).withReadTimeout(500)))
        .isInstanceOf(ConnectionException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    // none when the machine stood still
    assertThat(server.requests()).isLessThanOrEqualTo(1);
  }

  private static HttpResponse send(String url, HttpMethod method, Config config) {
    return new JdkConnector()
        .execute(
            HttpRequest.builder(Void.class)
                .endpoint(url)
                .path("/x")
                .method(method)
                .config(config)
                .json(method == HttpMethod.GET ? null : "{}")
                .build());
  }
}
