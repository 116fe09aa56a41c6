package ukemi.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import ukemi.api.RawHttp.Answer;

/**
 * Requests that no client library sends, on real connections: also what the web server refuses
 * before a controller sees it is answered in the contract's shape.
 */
class WireOverHttpTest {

  private static final String ADMIN = "X-Auth-Token: admin\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final int TEN_MEGABYTES = 10 << 20;

  private static SlimServer server;
  private static RawHttp http;

  @BeforeAll
  static void start() {
    server = SlimServer.start();
    http = new RawHttp(server.port());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Arguments> targets() {
    return Stream.of(
        Arguments.of("%00", "/v1/segments/%00"),
        Arguments.of("a slash in disguise", "/v1/segments%2Fnew"),
        Arguments.of("a backslash", "/v1\\segments"),
        Arguments.of("a backslash in disguise", "/v1%5Csegments"),
        Arguments.of("half a code", "/v1/segments/%f"),
        Arguments.of("no code", "/v1/segments/%zz"),
        Arguments.of("half a code in a parameter of the path", "/v1/segments;a=%"),
        Arguments.of("no code in a parameter of the path", "/v1/;%zz/segments"),
        Arguments.of("bytes that are no UTF-8", "/v1/segments/%ff%fe"),
        Arguments.of("a brace", "/v1/segments/{x}"),
        Arguments.of("Latin letters", "/v1/segments/\u00e4"),
        Arguments.of("a script", "/v1/segments/<script>"),
        Arguments.of("up and out", "/v1/../../etc/passwd"),
        Arguments.of("a parameter of the path", "/v1/segments;jsessionid=1/x"),
        Arguments.of("a long way", "/v1/segments/" + "x".repeat(20000)),
        Arguments.of("no path", "v1/segments"),
        Arguments.of("a marker of NUL", "/v1/segments?marker=%00"),
        Arguments.of("many parameters", "/v1/segments?" + "marker=x&".repeat(900)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void anAddressThatNobodyMeantIsAFaultOfTheContract(String name, String target) {
    Answer answer = http.send("GET", target, ADMIN, null);
    FaultShape.kept(answer);
    assertThat(answer.status()).isBetween(400, 499);
  }

  @Test
  void halfCodesInAQueryAreNotThere() {
    Answer answer = http.send("GET", "/v1/segments?sort_key=%f&limit=%", ADMIN, null);
    FaultShape.kept(answer);
    assertThat(answer.status()).isEqualTo(200);
  }

  static Stream<Arguments> requestLines() {
    return Stream.of(
        Arguments.of("no sense", "\u0001\u0002 /v1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("no host", "GET /v1/segments HTTP/1.1\r\nConnection: close\r\n\r\n"),
        Arguments.of("two hosts", "GET /v1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Arguments.of("a host that is none", "GET /v1 HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Arguments.of("a version to come", "GET /v1 HTTP/9.9\r\nHost: a\r\n\r\n"),
        Arguments.of("a method that is none", "G\u00e4T /v1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("a header without a name", head(": x\r\n")),
        Arguments.of("a header with NUL", head("X-Auth-Token: a\u0000b\r\n")),
        Arguments.of("a long header", head("X-Auth-Token: " + "x".repeat(100000) + "\r\n")),
        Arguments.of("many headers", head("X-A: b\r\n".repeat(500))),
        Arguments.of("a length below nothing", head("Content-Length: -1\r\n")),
        Arguments.of("two lengths", head("Content-Length: 1\r\nContent-Length: 2\r\n") + "{}"),
        Arguments.of("an encoding nobody knows", head("Transfer-Encoding: rot13\r\n")),
        Arguments.of("a chunk that is none", head("Transfer-Encoding: chunked\r\n") + "zz\r\n{}"));
  }

  private static String head(String headers) {
    return "POST /v1/segments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + "X-Auth-Token: admin\r\n"
        + headers
        + "\r\n";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requestLines")
  void aRequestThatIsNoneIsAFaultOfTheContract(String name, String request) {
    Answer answer = http.send(RawHttp.bytes(request));
    FaultShape.kept(answer);
    assertThat(answer.status()).isGreaterThanOrEqualTo(400);
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        Arguments.of("multipart without a boundary", "POST", "multipart/form-data", "x", 415),
        Arguments.of("multipart", "POST", "multipart/form-data; boundary=x", "--x--", 415),
        Arguments.of("a form", "POST", "application/x-www-form-urlencoded", "limit=%zz", 415),
        Arguments.of("a form on PUT", "PUT", "application/x-www-form-urlencoded", "a=%zz", 415),
        Arguments.of("a form on DELETE", "DELETE", "application/x-www-form-urlencoded", "%", 415),
        Arguments.of("an unknown charset", "POST", "application/json; charset=x", "{}", 400),
        Arguments.of("a charset of nonsense", "POST", "application/json; charset=%%", "{}", 400),
        Arguments.of("no type at all", "POST", "/", "{}", 415),
        Arguments.of("deep JSON", "POST", "application/json", "[".repeat(100000), 400),
        Arguments.of("deep objects", "POST", "application/json", "{\"a\":".repeat(20000), 400),
        Arguments.of("not UTF-8", "POST", "application/json", "{\"\u00e4\": 1}", 400),
        Arguments.of("UTF-16", "POST", "application/json", "\u00ff\u00fe{\u0000}\u0000", 400));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void aBodyThatIsNotMeantIsAFaultOfTheContract(
      String name, String method, String type, String body, int status) {
    String target =
        method.equals("POST") ? "/v1/segments" : "/v1/segments/" + SlimApplicationTest.NOWHERE;
    Answer answer =
        http.send(method, target, ADMIN + "Content-Type: " + type + "\r\n", RawHttp.bytes(body));
    FaultShape.kept(answer);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void tenMegabytesAreRefusedWithAnAnswerThatTheSenderGetsToSee() {
    byte[] body = " ".repeat(TEN_MEGABYTES).getBytes(StandardCharsets.US_ASCII);
    Answer answer = http.send("POST", "/v1/notifications", ADMIN + JSON, body);
    FaultShape.kept(answer);
    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void tenMegabytesInChunksAreRefusedToo() {
    byte[] chunk = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
    byte[][] parts = new byte[2 * (TEN_MEGABYTES >> 16) + 2][];
    parts[0] =
        RawHttp.bytes(
            "POST /v1/notifications HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + ADMIN
                + JSON
                + "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 1; i < parts.length - 1; i += 2) {
      parts[i] = RawHttp.bytes((i == 1 ? "" : "\r\n") + "10000\r\n");
      parts[i + 1] = chunk;
    }
    parts[parts.length - 1] = RawHttp.bytes("\r\n0\r\n\r\n");
    Answer answer = http.send(parts);
    FaultShape.kept(answer);
    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void tenMegabytesWithoutATokenDoNoHarmEither() {
    byte[] body = new byte[TEN_MEGABYTES];
    FaultShape.kept(http.send("PUT", "/v1/segments/x", JSON, body));
  }

  @Test
  void traceIsRefusedAndEchoesNoToken() {
    Answer answer = http.send("TRACE", "/v1/segments", "X-Auth-Token: secret\r\n", null);
    FaultShape.kept(answer);
    assertThat(answer.status()).isGreaterThanOrEqualTo(400);
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  void aMethodNobodyKnowsIsNoRoute() {
    Answer answer = http.send("BREW", "/v1/segments", ADMIN, null);
    FaultShape.kept(answer);
    assertThat(answer.status()).isEqualTo(404);
  }

  @Test
  void headHasNoBody() {
    Answer answer = http.send("HEAD", "/v1/segments", ADMIN, null);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aTokenOfAnyBytesIsAToken() {
    Answer answer = http.send("GET", "/v1/segments", "X-Auth-Token: \u00e4\u00ff\r\n", null);
    FaultShape.kept(answer);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers().get("WWW-Authenticate"))
        .isEqualTo("Keystone uri=\"http://keystone:5000/v3\"");
  }

  @Test
  void everythingWorksInPlainHttpTen() {
    Answer answer =
        http.send(RawHttp.bytes("GET /v1/segments HTTP/1.0\r\nX-Auth-Token: admin\r\n\r\n"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().has("segments")).isTrue();
  }

  @Test
  void theLinkHasTheHostThatWasCalled() {
    Answer answer =
        http.send(
            RawHttp.bytes("GET / HTTP/1.1\r\nHost: ha.example:80\r\nConnection: close\r\n\r\n"));
    assertThat(answer.json().at("/versions/0/links/0/href").asText())
        .isEqualTo("http://ha.example/v1/");
  }
}
