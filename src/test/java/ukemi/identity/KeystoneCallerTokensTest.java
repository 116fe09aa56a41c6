package ukemi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeystoneCallerTokensTest {

  private static final String UNKNOWN =
      "{\"error\": {\"code\": 404, \"message\": \"Could not recognize token\"}}";

  private final OpenStackStub stub = new OpenStackStub();
  private final KeystoneCallerTokens tokens = tokens(Duration.ofMinutes(1));

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
    assertThat(caller.hasRole("ADMIN")).isTrue();
    assertThat(caller.hasRole("member")).isFalse();
  }

  @Test
  void aGoodAnswerIsRememberedForAWhileOnly() throws Exception {
    KeystoneCallerTokens forgetful = tokens(Duration.ofMillis(300));
    stub.tokens(request -> vouch(request, Instant.now().plusSeconds(3600)));
    forgetful.validate("good");
    forgetful.validate("good");
    assertThat(stub.requests()).hasSize(1);
    forgetful.validate("another");
    assertThat(stub.requests()).hasSize(2);
    Thread.sleep(350);
    stub.tokens(request -> request.answer(404, UNKNOWN));
    assertThat(forgetful.validate("good")).as("revoked").isEmpty();
  }

  @Test
  void aTokenIsNotRememberedBeyondItsOwnExpiry() throws Exception {
    stub.tokens(request -> vouch(request, Instant.now().plusMillis(1200)));
    assertThat(tokens.validate("short")).isPresent();
    Thread.sleep(1300);
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

  private KeystoneCallerTokens tokens(Duration longest) {
    return new KeystoneCallerTokens(
        stub.session(), stub.settings(), OpenStackStub.timeouts(), longest);
  }

  private static void vouch(OpenStackStub.Request request, Instant expires) throws IOException {
    request.answer(
        200,
        """
        {"token": {"user": {"id": "u1", "name": "monitor"}, "project": {"id": "p1"},
         "roles": [{"id": "r", "name": "Admin"}], "expires_at": "%s"}}
        """
            .formatted(expires));
  }
}
