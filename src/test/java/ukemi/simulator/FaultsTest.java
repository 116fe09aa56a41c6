package ukemi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Troubles between client and service. */
class FaultsTest extends CloudTest {

  private HttpResponse<String> services() {
    return client.nova("2.88", "GET", "/os-services", null);
  }

  @Test
  void aServiceCanBeDownUntilCleared() {
    Faults.Rule rule = cloud.faults().down("nova");

    assertThat(services().statusCode()).isEqualTo(503);
    assertThat(client.authenticate("ukemi", "secret").statusCode()).isEqualTo(201);
    rule.clear();
    assertThat(services().statusCode()).isEqualTo(200);
  }

  @Test
  void tooManyRequestsForTheNextTwo() {
    cloud.faults().set(Match.service("nova"), Trouble.status(429).retryAfter(7), 2);

    HttpResponse<String> first = services();

    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("Retry-After")).contains("7");
    assertThat(services().statusCode()).isEqualTo(429);
    assertThat(services().statusCode()).isEqualTo(200);
  }

  @Test
  void resetsAndClosesAndHalfAnswers() {
    services();
    for (Trouble trouble : List.of(Trouble.reset(), Trouble.close(), Trouble.halfAnswer())) {
      cloud.faults().set(Match.service("nova").method("PUT"), trouble, 1);

      assertThatThrownBy(() -> client.nova("2.88", "PUT", "/os-services/x", "{}"))
          .as(trouble.kind().name())
          .isInstanceOf(UncheckedIOException.class);
    }
    assertThat(services().statusCode()).isEqualTo(200);
  }

  @Test
  void hangsUntilClearedAndThenAnswers() {
    services();
    cloud.faults().set(Match.service("nova"), Trouble.hang());
    List<Integer> answers = new CopyOnWriteArrayList<>();
    new Thread(() -> answers.add(services().statusCode())).start();
    pause(300);

    assertThat(answers).isEmpty();
    cloud.faults().clear();
    waitUntil("answered", () -> answers.equals(List.of(200)));
  }

  @Test
  void latencyAndLateAnswers() {
    services();
    Instant begin = Instant.now();
    cloud.faults().set(Match.service("nova"), Trouble.hang(Duration.ofMillis(200)), 1);
    services();
    cloud.faults().set(Match.service("nova"), Trouble.lateAnswer(Duration.ofMillis(200)), 1);
    services();

    assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(400));
  }

  @Test
  void anErrorCanComeAfterTheEffect() {
    String id = client.service("compute-1").path("id").asText();
    cloud.faults().set(Match.service("nova").method("PUT"), Trouble.statusAfterEffect(504), 1);

    HttpResponse<String> answer =
        client.nova("2.88", "PUT", "/os-services/" + id, "{\"forced_down\": true}");

    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(truth.forcedDown("compute-1")).isTrue();
  }

  @Test
  void aHookRunsOnceWhenTheRequestArrivesOrHasTakenEffect() {
    UUID guest = cloud.addGuest("compute-1", "web");
    fence("compute-1");
    List<Integer> calls = new CopyOnWriteArrayList<>();
    for (Faults.Moment moment : Faults.Moment.values()) {
      cloud
          .faults()
          .onRequest(Match.evacuate(), moment, () -> calls.add(truth.evacuateCalls(guest).size()));
    }

    client.evacuate(guest);
    client.evacuate(guest);

    assertThat(calls).containsExactly(0, 1);
  }

  @Test
  void closingTheCloudEndsWhatHangs() {
    services();
    cloud.faults().set(Match.everything(), Trouble.hang());
    List<String> ends = new CopyOnWriteArrayList<>();
    new Thread(
            () -> {
              try {
                services();
              } catch (UncheckedIOException e) {
                ends.add("cut");
              }
            })
        .start();
    pause(200);

    cloud.close();

    waitUntil("ended", () -> ends.equals(List.of("cut")));
  }
}
