package ukemi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeystoneCallerTokensTest {

  private static final String UNKNOWN =
      "{\"error\": {\"code\": 404, \"message\": \"Could not recognize token\"}}";

  private final OpenStackStub stub = new OpenStackStub();
  private final AtomicLong clock = new AtomicLong();
  private final KeystoneCallerTokens tokens =
      new KeystoneCallerTokens(
          stub.session(), stub.settings(), OpenStackStub.timeouts(), clock::get);

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void aGoodTokenTellsWhoCalls() {
    stub.tokens(
        request -> {
          assertThat(request.header("X-Auth-Token")).isEqualTo("token-1");
          assertThat(request.header("X-Subject-Token")).isEqualTo("good");
          vouch(request, Instant.now().plusSeconds(3600));
        });
    Caller caller = tokens.validate("good").orElseThrow();
    assertThat(caller.userId()).isEqualTo("u1");
    assertThat(caller.userName()).isEqualTo("monitor");
    assertThat(caller.projectId()).isEqualTo("p1");
    assertThat(caller.ofOurProject()).isFalse();
    assertThat(caller.hasRole("ADMIN")).isTrue();
    assertThat(caller.hasRole("member")).isFalse();
  }

  @Test
  void aTokenOfOurOwnProjectIsToldFromOthers() {
    stub.tokens(request -> vouch(request, "{\"id\": \"p\"}", Instant.now().plusSeconds(3600)));
    assertThat(tokens.validate("ours").orElseThrow().ofOurProject()).isTrue();
    stub.tokens(request -> vouch(request, "{}", Instant.now().plusSeconds(3600)));
    assertThat(tokens.validate("none").orElseThrow().ofOurProject()).isFalse();
  }

  @Test
  void aGoodAnswerIsRememberedForAMinuteOnly() {
    stub.tokens(request -> vouch(request, Instant.now().plusSeconds(3600)));
    tokens.validate("good");
    later(Duration.ofSeconds(59));
    assertThat(tokens.validate("good")).isPresent();
    assertThat(stub.requests()).hasSize(1);
    tokens.validate("another");
    assertThat(stub.requests()).hasSize(2);
    later(Duration.ofSeconds(1));
    stub.tokens(request -> request.answer(404, UNKNOWN));
    assertThat(tokens.validate("good")).as("revoked").isEmpty();
  }

  @Test
  void aTokenIsNotRememberedBeyondItsOwnExpiry() {
    stub.tokens(request -> vouch(request, Instant.now().plusSeconds(30)));
    assertThat(tokens.validate("short")).isPresent();
    later(Duration.ofSeconds(30));
    stub.tokens(request -> request.answer(404, UNKNOWN));
    assertThat(tokens.validate("short")).isEmpty();
  }

  @Test
  void anUnknownTokenIsAskedForEachTime() {
    stub.tokens(request -> request.answer(404, UNKNOWN));
    assertThat(tokens.validate("bad")).isEmpty();
    stub.tokens(request -> vouch(request, Instant.now().plusSeconds(3600)));
    assertThat(tokens.validate("bad")).isPresent();
  }

  @Test
  void whatIsNoTokenIsNotSent() {
    assertThat(tokens.validate(null)).isEmpty();
    assertThat(tokens.validate("")).isEmpty();
    assertThat(tokens.validate("a\nb")).isEmpty();
    assertThat(tokens.validate("x".repeat(9000))).isEmpty();
    assertThat(stub.requests()).isEmpty();
  }

  @Test
  void ourOwnRejectedTokenIsRenewedOnce() {
    stub.tokens(
        request -> {
          if (request.header("X-Auth-Token").equals("token-1")) {
            request.answer(401, "{\"error\": {\"code\": 401}}");
          } else {
            vouch(request, Instant.now().plusSeconds(3600));
          }
        });
    assertThat(tokens.validate("good")).isPresent();
    stub.tokens(request -> request.answer(401, "{\"error\": {\"code\": 401}}"));
    assertThatThrownBy(() -> tokens.validate("other")).isInstanceOf(IdentityUnavailable.class);
    assertThat(stub.logins()).isEqualTo(3);
  }

  @Test
  void keystonesTroubleIsNotTheCallersFault() {
    stub.tokens(request -> request.answer(503, ""));
    assertUnavailable();
    stub.tokens(request -> request.answer(500, "{\"error\": {\"code\": 500}}"));
    assertUnavailable();
    stub.tokens(request -> request.answer(403, "{\"error\": {\"code\": 403}}"));
    assertUnavailable();
    stub.tokens(request -> request.answer(404, "text/html", "<html>no such page</html>"));
    assertUnavailable();
    stub.tokens(request -> request.answer(200, "text/html", "<html>hello</html>"));
    assertUnavailable();
    stub.tokens(request -> request.answer(200, "{}"));
    assertUnavailable();
    stub.login(request -> request.answer(503, ""));
    stub.tokens(request -> request.answer(401, "{}"));
    assertUnavailable();
  }

  private void assertUnavailable() {
    assertThatThrownBy(() -> tokens.validate("secret-token"))
        .isInstanceOf(IdentityUnavailable.class)
        .hasMessageNotContaining("secret-token");
  }

  private void later(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private static void vouch(OpenStackStub.Request request, Instant expires) throws IOException {
    vouch(request, "{\"id\": \"p1\"}", expires);
  }

  private static void vouch(OpenStackStub.Request request, String project, Instant expires)
      throws IOException {
    request.answer(
        200,
        """
        {"token": {"user": {"id": "u1", "name": "monitor"}, "project": %s,
         "roles": [{"id": "r", "name": "Admin"}], "expires_at": "%s"}}
        """
            .formatted(project, expires));
  }
}
