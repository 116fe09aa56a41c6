package ukemi.fencing.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import ukemi.fencing.LivePower;
import ukemi.fencing.Machine;
import ukemi.fencing.PowerControlRefused;
import ukemi.fencing.PowerControlUnavailable;
import ukemi.fencing.PowerState;

/** Against recorded answers of MAAS 3.4.10. */
@Timeout(300)
@ExtendWith(OutputCaptureExtension.class)
class MaasPowerControlTest {

  private static final String KEY = "CONSUMERKEY1234567:TOKENKEY1234567890:SECRET2";
  private static final Instant NOW = Instant.parse("2026-11-22T07:50:53Z");

  /** Longer than any machine stands still. */
  private static final Duration PATIENT = Duration.ofMinutes(1);

  /**
   * So long that a machine that stalls still answers, so short that a hanging one can be waited
   * for.
   */
  private static final Duration SHORT = Duration.ofSeconds(5);

  private final FakeMaas maas = new FakeMaas();
  private final FakeMaas second = new FakeMaas();

  @AfterEach
  void close() {
    maas.close();
    second.close();
  }

  @Test
  void findsAMachineByItsShortName() {
    maas.recorded("find-one");
    Machine machine = control().named("virt-node-02").get(0);
    assertThat(machine.systemId()).isEqualTo("qmt3sc");
    assertThat(machine.hostname()).isEqualTo("virt-node-02");
    assertThat(machine.fqdn()).isEqualTo("virt-node-02.maas");
    assertThat(machine.deployed()).isTrue();
    assertThat(machine.powerType()).isEqualTo("ipmi");
    assertThat(machine.locked()).isFalse();
    assertThat(machine.addresses()).containsExactly("10.30.0.11");
    assertThat(maas.requests.get(0).uri())
        .isEqualTo("/MAAS/api/2.0/machines/?hostname=virt-node-02");
  }

  @Test
  void findsTwoAndNone() {
    maas.recorded("find-two").recorded("find-none").recorded("find-not-visible");
    assertThat(control().named("x")).hasSize(2);
    assertThat(control().named("x")).isEmpty();
    assertThat(control().named("x")).isEmpty();
  }

  @Test
  void anAnswerThatIsNoListIsNotAnEmptyList() {
    maas.answer(200, "application/json", "{}").answer(200, "text/html", "<html>hello</html>");
    assertThatThrownBy(() -> control().named("x"))
        .isInstanceOf(PowerControlUnavailable.class)
        .hasMessageContaining("is not a list of machines");
    assertThatThrownBy(() -> control().named("x"))
        .isInstanceOf(PowerControlUnavailable.class)
        .hasMessageContaining("is not JSON");
  }

  @Test
  void readsAMachine() {
    maas.recorded("read").recorded("read-unknown").recorded("read-forbidden");
    assertThat(control().machine("qmt3sc")).isPresent();
    assertThat(control().machine("zzzzzz")).isEmpty();
    assertThatThrownBy(() -> control().machine("qmt3sc")).isInstanceOf(PowerControlRefused.class);
    assertThat(maas.requests.get(0).uri()).isEqualTo("/MAAS/api/2.0/machines/qmt3sc/");
  }

  @Test
  void anAnswerOfAnotherMachineIsNone() {
    maas.recorded("read");
    assertThatThrownBy(() -> control().machine("other1"))
        .isInstanceOf(PowerControlUnavailable.class)
        .hasMessageContaining("another machine");
  }

  @Test
  void readsPowerLive() {
    maas.recorded("query-on").recorded("query-off").recorded("locked-query");
    assertThat(query().state()).isEqualTo(PowerState.ON);
    assertThat(query().state()).isEqualTo(PowerState.OFF);
    assertThat(query().state()).isEqualTo(PowerState.ON);
    assertThat(maas.requests.get(0).uri())
        .isEqualTo("/MAAS/api/2.0/machines/qmt3sc/?op=query_power_state");
  }

  @Test
  void whatIsNotAClearAnswerIsUnknown() {
    for (String name :
        List.of(
            "manual-query",
            "query-bmc-auth-failure",
            "query-bmc-lost",
            "no-power-type-query",
            "not-owner-query",
            "unknown-op",
            "read-unknown",
            "unsigned",
            "manual-power-off")) {
      // A 401 is asked twice.
      maas.recorded(name).recorded(name);
      assertThat(query().state()).as(name).isEqualTo(PowerState.UNKNOWN);
      if (!name.equals("unsigned")) {
        query();
      }
    }
    for (String body :
        List.of("{}", "[]", "\"off\"", "{\"state\": null}", "{\"state\": \"OFF\"}", "off", "")) {
      maas.answer(200, "application/json", body);
      assertThat(query().state()).as(body).isEqualTo(PowerState.UNKNOWN);
    }
    maas.answer(200, "application/json", "{\"state\": \"off\", \"system_id\": \"other1\"}");
    assertThat(query().state()).isEqualTo(PowerState.UNKNOWN);
    maas.answer(500, "application/json", "{\"state\": \"off\"}");
    assertThat(query().state()).isEqualTo(PowerState.UNKNOWN);
    maas.cut();
    assertThat(query().state()).isEqualTo(PowerState.UNKNOWN);
    maas.close();
    assertThat(query().state()).isEqualTo(PowerState.UNKNOWN);
  }

  @Test
  void anUnknownSaysWhy() {
    maas.recorded("query-bmc-lost").recorded("manual-query");
    assertThat(query().detail()).startsWith("MAAS answered 504: Unexpected exception: Timeout");
    assertThat(query().detail()).isEqualTo("MAAS says \"unknown\"");
  }

  @Test
  void aQueryThatHangsIsUnknownInTime() {
    hang(maas);
    maas.does(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          sleep(120_000);
        });
    long begun = System.nanoTime();
    LivePower power = control(maas.url(), Clock.systemUTC(), Duration.ofMillis(400)).query("a");
    LivePower half = control(maas.url(), Clock.systemUTC(), Duration.ofMillis(400)).query("a");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    assertThat(power.state()).isEqualTo(PowerState.UNKNOWN);
    assertThat(half.state()).isEqualTo(PowerState.UNKNOWN);
    assertThat(half.detail()).contains("did not answer in time");
  }

  @Test
  void powersOffHard() {
    maas.recorded("power-off");
    assertThat(control().powerOff("qmt3sc", "Ukemi: fencing a~b, run 1"))
        .isEqualTo("200, accepted (power_state shown: on)");
    FakeMaas.Request request = maas.requests.get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.uri()).isEqualTo("/MAAS/api/2.0/machines/qmt3sc/?op=power_off");
    assertThat(request.contentType()).isEqualTo("application/x-www-form-urlencoded");
    assertThat(request.body())
        .isEqualTo("stop_mode=hard&comment=Ukemi%3A%20fencing%20a~b%2C%20run%201");
  }

  @Test
  void anOrderThatDidNothingSaysSo() {
    maas.recorded("manual-power-off");
    assertThat(control().powerOff("s6nsmd", "x")).startsWith("200 null: MAAS did nothing");
  }

  @Test
  void aLockedMachineRefusesTheOrder() {
    maas.recorded("locked-power-off");
    assertThatThrownBy(() -> control().powerOff("tcemhk", "x"))
        .isInstanceOf(PowerControlRefused.class)
        .hasMessageContaining("403: the machine is locked, or the API key has no right");
  }

  @Test
  void anOrderWithoutADefiniteAnswerIsPerhaps() {
    maas.recorded("power-off-while-on-in-progress")
        .answer(500, "text/plain", "exit status 1")
        .answer(504, "text/html", "")
        .answer(409, "text/html", "", "Retry-After", "5")
        .cut();
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> control().powerOff("qmt3sc", "x"))
          .isInstanceOf(PowerControlUnavailable.class);
    }
    assertThat(maas.requests).hasSize(5);
  }

  @Test
  void anOrderIsSentOnceEvenWhereThereAreTwoRegions() {
    maas.answer(503, "text/plain", "no rack").cut();
    MaasPowerControl control = control(maas.url() + "," + second.url());
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> control.powerOff("qmt3sc", "x"))
          .isInstanceOf(PowerControlUnavailable.class);
    }
    assertThat(maas.requests).hasSize(2);
    assertThat(second.requests).isEmpty();
  }

  @Test
  void locksAndUnlocks() {
    maas.recorded("lock").recorded("unlock");
    assertThat(control().lock("tcemhk", "x")).isTrue();
    assertThat(control().unlock("tcemhk", "x")).isTrue();
    assertThat(maas.requests)
        .extracting(FakeMaas.Request::uri)
        .containsExactly(
            "/MAAS/api/2.0/machines/tcemhk/?op=lock", "/MAAS/api/2.0/machines/tcemhk/?op=unlock");
  }

  @Test
  void lockedAlreadyAndNotLockedAreFine() {
    maas.recorded("lock-again").answer(200, "application/json", machine("tcemhk", true));
    assertThat(control().lock("tcemhk", "x")).isFalse();
    maas.recorded("unlock-again").answer(200, "application/json", machine("tcemhk", false));
    assertThat(control().unlock("tcemhk", "x")).isFalse();
    maas.recorded("lock-again").answer(200, "application/json", machine("tcemhk", false));
    assertThatThrownBy(() -> control().lock("tcemhk", "x")).isInstanceOf(PowerControlRefused.class);
  }

  // The key

  @Test
  void signsAsRecorded() {
    maas.recorded("query-on");
    query();
    assertThat(maas.requests.get(0).authorization())
        .matches(
            "OAuth oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\","
                + " oauth_consumer_key=\"CONSUMERKEY1234567\","
                + " oauth_token=\"TOKENKEY1234567890\","
                + " oauth_signature=\"%26SECRET2\", oauth_nonce=\"[0-9a-f]{32}\","
                + " oauth_timestamp=\"1795333853\"");
  }

  @Test
  void a401IsTriedOnceMoreWithANewNonce() {
    maas.recorded("nonce-replay").recorded("query-on");
    assertThat(query().state()).isEqualTo(PowerState.ON);
    assertThat(maas.requests).extracting(request -> nonce(request)).doesNotHaveDuplicates();
    maas.recorded("bad-secret").recorded("bad-secret");
    assertThat(query().state()).isEqualTo(PowerState.UNKNOWN);
    assertThat(maas.requests).hasSize(4);
    assertThat(maas.requests).extracting(request -> nonce(request)).doesNotHaveDuplicates();
  }

  @Test
  void eachRegionSeesANonceOfItsOwn() {
    maas.answer(502, "text/html", "");
    second.recorded("query-off");
    control(maas.url() + "," + second.url()).query("qmt3sc");
    assertThat(nonce(maas.requests.get(0))).isNotEqualTo(nonce(second.requests.get(0)));
  }

  @Test
  void theBodyOfA401IsNeverShown(CapturedOutput output) {
    for (int i = 0; i < 6; i++) {
      maas.recorded("bad-secret");
    }
    StringWriter shown = new StringWriter();
    catchThrowable(() -> control().named("x")).printStackTrace(new PrintWriter(shown));
    catchThrowable(() -> control().powerOff("x", "x")).printStackTrace(new PrintWriter(shown));
    shown.append(query().detail());
    assertThat(shown.toString())
        .contains("does not accept the API key (401)")
        .doesNotContain("SECRET2")
        .doesNotContain("TOKENKEY")
        .doesNotContain("CONSUMERKEY")
        .doesNotContain("signature");
    assertThat(output.getAll()).doesNotContain("SECRET2").doesNotContain("Expected signature");
    assertThat(control() + " " + MaasKey.parse(KEY)).doesNotContain("SECRET2");
  }

  @Test
  void whatMaasSaysNeverShowsTheKey() {
    maas.answer(500, "text/plain", "failed with SECRET2\nof TOKENKEY1234567890");
    assertThat(query().detail()).isEqualTo("MAAS answered 500: failed with *** of ***");
  }

  @Test
  void aClockThatIsSlowIsNamedAsTheCause() {
    Clock slow = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-950));
    maas.recorded("old-timestamp").recorded("old-timestamp");
    assertThatThrownBy(() -> control(maas.url(), slow, PATIENT).named("x"))
        .hasMessageMatching(".*clock skew, this node's clock is 9\\d\\d s behind MAAS's");
    maas.recorded("old-timestamp").recorded("old-timestamp");
    Clock right = Clock.systemUTC();
    assertThatThrownBy(() -> control(maas.url(), right, PATIENT).named("x"))
        .hasMessageNotContaining("clock skew");
  }

  // Regions

  @Test
  void aRegionThatIsGoneIsPassedOver() {
    maas.close();
    second.recorded("query-off").recorded("query-on").recorded("power-off");
    MaasPowerControl control = control(maas.url() + ", " + second.url());
    assertThat(control.query("qmt3sc").state()).isEqualTo(PowerState.OFF);
    assertThat(control.query("qmt3sc").state()).isEqualTo(PowerState.ON);
    // The region that answered last is asked first: an order is sent once only.
    assertThat(control.powerOff("qmt3sc", "x")).startsWith("200");
  }

  @Test
  void aRegionThatIsBehindADeadProxyIsPassedOver() {
    for (int status : new int[] {502, 503, 504}) {
      maas.answer(status, "text/html", "<html>");
      second.recorded("query-off");
      assertThat(control(maas.url() + "," + second.url()).query("qmt3sc").state())
          .isEqualTo(PowerState.OFF);
    }
  }

  @Test
  void aRegionThatHangsIsLeftAfterOneLookUp() {
    List<Consumer<MaasPowerControl>> lookUps =
        List.of(control -> control.named("virt-node-02"), control -> control.machine("qmt3sc"));
    for (Consumer<MaasPowerControl> lookUp : lookUps) {
      hang(maas);
      second.recorded("find-one").recorded("query-off").recorded("power-off");
      MaasPowerControl control = control(SHORT, maas.url() + "," + second.url());
      catchThrowable(() -> lookUp.accept(control));
      assertThat(control.named("virt-node-02")).hasSize(1);
      assertThat(control.query("qmt3sc").state()).isEqualTo(PowerState.OFF);
      assertThat(control.powerOff("qmt3sc", "x")).startsWith("200");
    }
  }

  @Test
  void aDeadBmcThatKeepsMaasBusyIsNoReasonToLeaveTheRegion() {
    List<Consumer<MaasPowerControl>> calls =
        List.of(control -> control.query("qmt3sc"), control -> control.powerOff("qmt3sc", "x"));
    for (Consumer<MaasPowerControl> call : calls) {
      hang(maas);
      maas.recorded("power-off");
      MaasPowerControl control = control(SHORT, maas.url() + "," + second.url());
      catchThrowable(() -> call.accept(control));
      assertThat(control.powerOff("qmt3sc", "x")).startsWith("200");
    }
    assertThat(second.requests).isEmpty();
  }

  @Test
  void anOrderThatMayHaveBeenDoneIsNotSentToTheNextRegionToo() {
    hang(maas);
    MaasPowerControl control = control(SHORT, maas.url() + "," + second.url());
    assertThatThrownBy(() -> control.powerOff("qmt3sc", "x"))
        .isInstanceOf(PowerControlUnavailable.class);
    assertThat(second.requests).isEmpty();
  }

  @Test
  void theThirdRegionIsFoundBehindOneThatIsGoneAndOneThatHangs() {
    FakeMaas gone = new FakeMaas();
    gone.close();
    hang(maas);
    second.recorded("find-one");
    MaasPowerControl control = control(SHORT, gone.url() + "," + maas.url() + "," + second.url());
    assertThatThrownBy(() -> control.named("virt-node-02"))
        .isInstanceOf(PowerControlUnavailable.class);
    assertThat(control.named("virt-node-02")).hasSize(1);
  }

  private static void hang(FakeMaas region) {
    region.does(exchange -> sleep(120_000));
  }

  /** The JDK's client sends a GET again by itself, with the nonce that MAAS has seen. */
  @Test
  void aConnectionThatBreaksIsTriedAgain() {
    maas.cut().recorded("nonce-replay").recorded("query-off");
    assertThat(query().state()).isEqualTo(PowerState.OFF);
  }

  @Test
  void maassOwn504IsAnAnswer() {
    maas.recorded("query-bmc-lost");
    second.recorded("query-off");
    assertThat(control(maas.url() + "," + second.url()).query("qmt3sc").state())
        .isEqualTo(PowerState.UNKNOWN);
    assertThat(second.requests).isEmpty();
  }

  @Test
  void aRedirectIsNotFollowed() {
    maas.answer(301, "text/html", "", "Location", second.url() + "/api/2.0/machines/");
    assertThatThrownBy(() -> control().named("x"))
        .isInstanceOf(PowerControlUnavailable.class)
        .hasMessageContaining("301");
    assertThat(second.requests).isEmpty();
  }

  @Test
  void saysWhatItIsAndAsWhom() {
    maas.answer(200, "application/json", "{\"version\": \"3.4.10\"}").recorded("whoami-admin");
    MaasPowerControl control = control();
    assertThat(control.description()).isEqualTo("MAAS 3.4.10 as user admin");
    assertThat(control.description()).isEqualTo("MAAS 3.4.10 as user admin");
    assertThat(maas.requests).hasSize(2);
    maas.close();
    assertThat(control().description()).isEqualTo("MAAS");
    assertThat(control().hosts()).containsExactly("127.0.0.1");
  }

  private LivePower query() {
    return control().query("qmt3sc");
  }

  private MaasPowerControl control() {
    return control(maas.url());
  }

  private static MaasPowerControl control(String url) {
    return control(url, Clock.fixed(NOW, ZoneOffset.UTC), PATIENT);
  }

  private static MaasPowerControl control(Duration timeout, String urls) {
    return control(urls, Clock.fixed(NOW, ZoneOffset.UTC), timeout);
  }

  private static MaasPowerControl control(String url, Clock clock, Duration timeout) {
    MaasKey key = MaasKey.parse(KEY);
    MaasClient client = new MaasClient(MaasUrl.roots(url), key, PATIENT, null, clock);
    return new MaasPowerControl(client, key, timeout, timeout);
  }

  private static String machine(String systemId, boolean locked) {
    return "{\"system_id\": \"%s\", \"locked\": %s}".formatted(systemId, locked);
  }

  private static String nonce(FakeMaas.Request request) {
    Matcher matcher = Pattern.compile("oauth_nonce=\"([^\"]+)\"").matcher(request.authorization());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
