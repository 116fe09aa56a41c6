package ukemi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openstack4j.api.OSClient.OSClientV3;
import org.openstack4j.api.exceptions.AuthenticationException;
import org.openstack4j.api.exceptions.OS4JException;
import org.openstack4j.model.compute.Action;

class OpenStackSessionTest {

  private static final Duration READ = Duration.ofMinutes(1);

  private final OpenStackStub stub = new OpenStackStub();
  private final AtomicLong passed = new AtomicLong();
  private final OpenStackSession session =
      new OpenStackSession(
          stub.settings(), OpenStackStub.timeouts(), () -> System.nanoTime() + passed.get());

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void oneTokenServesAllCalls() {
    assertThat(stub.logins()).as("before the first call").isZero();
    assertThat(token()).isEqualTo("token-1");
    assertThat(token()).isEqualTo("token-1");
    assertThat(stub.logins()).isEqualTo(1);
  }

  @Test
  void eightThreadsWithOneRejectedTokenMakeOneTokenRequest() throws Exception {
    assertThat(token()).isEqualTo("token-1");
    stub.nova(
        request -> {
          if (request.header("X-Auth-Token").equals("token-1")) {
            request.answer(401, "{\"error\": {\"code\": 401}}");
          } else {
            request.answer(200, "{\"servers\": []}");
          }
        });
    inEightThreads(() -> session.call(READ, client -> client.compute().servers().list().size()));
    assertThat(stub.logins()).isEqualTo(2);
  }

  @Test
  void aTokenIsRenewedBeforeItExpires() throws Exception {
    assertThat(token()).isEqualTo("token-1");
    later(Duration.ofMinutes(53));
    assertThat(token()).isEqualTo("token-1");
    later(Duration.ofMinutes(2));
    inEightThreads(() -> assertThat(token()).isIn("token-1", "token-2"));
    assertThat(token()).isEqualTo("token-2");
    assertThat(stub.logins()).isEqualTo(2);
  }

  @Test
  void aTokenThatIsStillValidServesWhileKeystoneIsDown() throws Exception {
    assertThat(token()).isEqualTo("token-1");
    later(Duration.ofMinutes(55));
    stub.login(request -> request.answer(503, ""));
    assertThat(token()).isEqualTo("token-1");
    later(Duration.ofMinutes(5));
    assertThatThrownBy(this::token).isInstanceOf(IdentityUnavailable.class);
    stub.login(stub::letIn);
    assertThat(token()).isEqualTo("token-2");
  }

  @Test
  void aTokenThatIsNeverAcceptedIsAFailureAndNoLoop() {
    stub.nova(request -> request.answer(401, "{\"error\": {\"code\": 401}}"));
    assertThatThrownBy(() -> session.call(READ, client -> client.compute().servers().list().size()))
        .isInstanceOf(AuthenticationException.class);
    assertThat(stub.logins()).isEqualTo(2);
    assertThat(stub.requests()).hasSize(2);
  }

  @Test
  void keystoneThatDoesNotLetUsInIsNamedWithoutThePassword() {
    stub.login(request -> request.answer(401, "{\"error\": {\"code\": 401}}"));
    assertThatThrownBy(this::token)
        .isInstanceOf(IdentityUnavailable.class)
        .hasMessage("Keystone does not let in user ukemi");
    stub.login(request -> request.answer(200, "text/html", "<html>login</html>"));
    assertThatThrownBy(this::token).isInstanceOf(IdentityUnavailable.class);
    stub.login(
        request -> {
          request.exchange().getResponseHeaders().set("X-Subject-Token", "x");
          request.answer(201, "text/html", "<html>login</html>");
        });
    assertThatThrownBy(this::token).isInstanceOf(IdentityUnavailable.class);
  }

  @Test
  void threadsThatWaitedForAFailedLoginDoNotTryOneByOne() throws Exception {
    Set<Thread> begun = ConcurrentHashMap.newKeySet();
    AtomicInteger tries = new AtomicInteger();
    OpenStackSession noting =
        new OpenStackSession(
            stub.settings(),
            OpenStackStub.timeouts(),
            () -> {
              long now = System.nanoTime();
              begun.add(Thread.currentThread()); // first of all it looks at the clock
              return now;
            });
    stub.login(
        request -> {
          tries.incrementAndGet();
          await().atMost(Duration.ofSeconds(40)).until(() -> begun.size() == 8);
          request.answer(503, "");
        });
    inEightThreads(
        () ->
            assertThatThrownBy(() -> noting.call(READ, OpenStackSessionTest::servers))
                .isInstanceOf(IdentityUnavailable.class));
    assertThat(tries).hasValue(1);
  }

  @Test
  void anEndpointThatMovedIsFoundAfterADoubt() throws Exception {
    stub.nova(request -> request.answer(200, "{\"servers\": []}"));
    stub.novaUrl("http://127.0.0.1:1");
    assertThatThrownBy(() -> session.call(READ, OpenStackSessionTest::servers))
        .isInstanceOf(OS4JException.class);
    later(Duration.ofSeconds(61));
    session.doubtCatalogue();
    stub.novaUrl(stub.url() + "/nova");
    assertThat(session.call(READ, OpenStackSessionTest::servers)).isZero();
    session.doubtCatalogue();
    assertThat(session.call(READ, OpenStackSessionTest::servers)).isZero();
    assertThat(stub.logins()).as("no login for a young catalogue").isEqualTo(2);
  }

  @Test
  void anActionThatWasRefusedForLackOfCapacityIsNoSuccess() {
    for (int status : List.of(413, 429, 501, 502, 503, 504)) {
      stub.nova(request -> request.answer(status, "{}"));
      assertThatThrownBy(
              () ->
                  session.call(READ, client -> client.compute().servers().action("x", Action.STOP)))
          .as("status " + status)
          .isInstanceOf(OS4JException.class);
    }
  }

  private static int servers(OSClientV3 client) {
    return client.compute().servers().list().size();
  }

  private void later(Duration time) {
    passed.addAndGet(time.toNanos());
  }

  private String token() {
    return session.call(READ, client -> client.getToken().getId());
  }

  private static void inEightThreads(Callable<?> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        results.add(threads.submit(task));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
