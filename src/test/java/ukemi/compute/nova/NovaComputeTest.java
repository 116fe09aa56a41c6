package ukemi.compute.nova;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ukemi.compute.ColdMigration;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeService;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.EvacuationMigration;
import ukemi.compute.Instance;
import ukemi.compute.ServerGroup;
import ukemi.identity.OpenStackSession;
import ukemi.identity.OpenStackStub;
import ukemi.identity.OpenStackTimeouts;
import ukemi.identity.RawServer;

class NovaComputeTest {

  private static final UUID GUEST = new UUID(0, 1);
  private static final ComputeService SERVICE =
      new ComputeService("s1", "compute-1", true, true, false, null, Instant.EPOCH, Instant.EPOCH);

  private final OpenStackStub stub = new OpenStackStub();
  private final NovaCompute nova = new NovaCompute(stub.session(), OpenStackStub.timeouts());

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void aServiceIsReadInNovasTime() throws Exception {
    try (RawServer server =
        new RawServer(
            (number, request, socket) -> {
              assertThat(request)
                  .containsIgnoringCase("X-OpenStack-Nova-API-Version: 2.73")
                  .containsIgnoringCase("X-Auth-Token: token-1");
              RawServer.answer(
                  socket,
                  "date: Sun, 22 Nov 2026 15:12:09 GMT\r\n",
                  services(service("compute-1")));
            })) {
      stub.novaUrl(server.url());
      assertThat(nova.service("compute-1"))
          .contains(
              new ComputeService(
                  "s1",
                  "compute-1",
                  true,
                  true,
                  false,
                  null,
                  Instant.parse("2026-11-22T15:12:08Z"),
                  Instant.parse("2026-11-22T15:12:09Z")));
    }
  }

  @Test
  void withoutADateHeaderTheLatestHeartbeatOfAnyServiceTellsTheTime() throws Exception {
    String later = service("compute-9").replace("15:12:08", "15:12:44");
    try (RawServer server =
        new RawServer(
            (number, request, socket) ->
                RawServer.answer(
                    socket,
                    "",
                    request.contains("host=compute-1")
                        ? services(service("compute-1"))
                        : services(service("compute-1"), down("compute-8"), later)))) {
      stub.novaUrl(server.url());
      assertThat(nova.service("compute-1").orElseThrow().readAt())
          .isEqualTo("2026-11-22T15:12:44Z");
      assertThat(nova.services())
          .extracting(ComputeService::readAt)
          .containsOnly(Instant.parse("2026-11-22T15:12:44Z"));
    }
  }

  @Test
  void allServicesTellWhenTheyWereRead() {
    stub.nova(request -> request.answer(200, services(service("compute-1"))));
    assertThat(nova.services().get(0).readAt())
        .isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));
  }

  @Test
  void onlyTheHostsOwnServiceCounts() {
    stub.nova(request -> request.answer(200, services(service("compute-2"))));
    assertThat(nova.service("compute-1")).isEmpty();
    assertThat(stub.requests().get(0)).contains("binary=nova-compute").contains("host=compute-1");
  }

  @Test
  void aServiceThatNeverReportedHasTheOldestHeartbeat() {
    stub.nova(
        request ->
            request.answer(
                200,
                services(
                    service("compute-1")
                        .replaceAll("\"updated_at\": \"[^\"]*\"", "\"updated_at\": null"))));
    assertThat(nova.service("compute-1").orElseThrow().heartbeat()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void aCellOutOfReachIsNoAnswer() {
    stub.nova(request -> request.answer(200, services(down("compute-1"))));
    assertThatThrownBy(() -> nova.service("compute-1")).isInstanceOf(ComputeUnavailable.class);

    stub.nova(
        request ->
            request.answer(
                200,
                request.line().contains("os-services")
                    ? services(down("compute-1"))
                    : "{\"servers\": []}"));
    assertThatThrownBy(() -> nova.instancesOn("compute-1")).isInstanceOf(ComputeUnavailable.class);

    stub.nova(
        request ->
            request.answer(
                200, "{\"server\": {\"id\": \"" + GUEST + "\", \"status\": \"UNKNOWN\"}}"));
    assertThatThrownBy(() -> nova.instance(GUEST)).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void aMissingListIsNotAnEmptyOne() {
    for (String body : List.of("{}", "{\"servers\": null}", "[]", "\"\"")) {
      stub.nova(request -> request.answer(200, body));
      assertNothingIsKnown();
    }
    stub.nova(request -> request.answer(200, "text/html", "<html>Welcome</html>"));
    assertNothingIsKnown();
    stub.nova(request -> request.answer(200, ""));
    assertNothingIsKnown();
    stub.nova(request -> request.answer(404, "text/html", "<html>404</html>"));
    assertNothingIsKnown();
    stub.nova(request -> request.answer(404, "{\"error\": {\"code\": 404, \"message\": \"x\"}}"));
    assertNothingIsKnown();
    stub.nova(
        request -> request.answer(404, "{\"itemNotFound\": {\"code\": 404, \"message\": \"\"}}"));
    assertThatThrownBy(() -> nova.instancesOn("h")).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.service("h")).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.lastEvacuation(GUEST)).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void anEmptyListOfAHostNovaDoesNotKnowIsNoAnswer() {
    stub.nova(
        request ->
            request.answer(
                200, request.line().contains("os-services") ? services() : "{\"servers\": []}"));
    assertThatThrownBy(() -> nova.instancesOn("compute-1")).isInstanceOf(ComputeUnavailable.class);
    stub.nova(
        request ->
            request.answer(
                200,
                request.line().contains("os-services")
                    ? services(service("compute-1"))
                    : "{\"servers\": []}"));
    assertThat(nova.instancesOn("compute-1")).isEmpty();
  }

  @Test
  void allPagesAreRead() {
    stub.nova(
        request -> {
          String line = request.line();
          assertThat(line).contains("all_tenants=True").contains("host=compute-1");
          if (!line.contains("marker")) {
            request.answer(200, servers(true, server(1, "compute-1"), server(2, "compute-1")));
          } else if (line.contains("marker=" + new UUID(0, 2))) {
            request.answer(200, servers(true, server(3, "compute-1"), server(4, "compute-2")));
          } else {
            assertThat(line).contains("marker=" + new UUID(0, 4));
            request.answer(200, servers(false, server(3, "compute-1"), server(5, "compute-1")));
          }
        });
    assertThat(nova.instancesOn("compute-1"))
        .extracting(instance -> instance.id().getLeastSignificantBits())
        .as("once each, and none that Nova itself shows elsewhere")
        .containsExactly(1L, 2L, 3L, 5L);
  }

  @Test
  void aPageWhoseMarkerIsGoneIsReadAnew() {
    stub.nova(
        request -> {
          if (stub.requests().size() == 2) {
            request.answer(
                400, "{\"badRequest\": {\"code\": 400, \"message\": \"marker [x] not found\"}}");
          } else if (request.line().contains("marker")) {
            request.answer(200, servers(false, server(2, "compute-1")));
          } else {
            request.answer(200, servers(true, server(1, "compute-1")));
          }
        });
    assertThat(nova.instancesOn("compute-1")).hasSize(2);
    assertThat(stub.requests()).hasSize(4);
  }

  @Test
  void pagesWithoutEndAreNoAnswer() {
    stub.nova(request -> request.answer(200, servers(true, server(1, "compute-1"))));
    assertThatThrownBy(() -> nova.instancesOn("compute-1")).isInstanceOf(ComputeUnavailable.class);
    stub.nova(request -> request.answer(200, servers(true)));
    assertThatThrownBy(() -> nova.instancesOn("compute-1")).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void allServerGroupsAreReadThoughTheirPagesNameNoNextOne() {
    UUID guest = UUID.randomUUID();
    stub.nova(
        request -> {
          String line = request.line();
          assertThat(line).contains("all_projects=True");
          if (line.contains("offset=0")) {
            request.answer(200, groups(group(1, "web", guest), group(2, "web", null)));
          } else {
            request.answer(
                200, line.contains("offset=2") ? groups(group(3, "db", null)) : groups());
          }
        });
    assertThat(nova.serverGroups())
        .containsExactly(
            new ServerGroup(new UUID(0, 1), "web", "anti-affinity", Set.of(guest)),
            new ServerGroup(new UUID(0, 2), "web", "anti-affinity", Set.of()),
            new ServerGroup(new UUID(0, 3), "db", "anti-affinity", Set.of()));
  }

  @Test
  void aNovaThatRepeatsItsServerGroupsIsNotAskedForEver() {
    stub.nova(request -> request.answer(200, groups(group(1, "web", null))));
    assertThat(nova.serverGroups()).hasSize(1);
  }

  private static String groups(String... groups) {
    return "{\"server_groups\": [" + String.join(", ", groups) + "]}";
  }

  /** As Nova 26 shows one at 2.73. */
  private static String group(int id, String name, UUID member) {
    return """
        {"id": "%s", "name": "%s", "policy": "anti-affinity", "rules": {}, "members": [%s],
         "project_id": "396b97b2d5304f25b44a4d98ddcd29cf", "user_id": "474620833cee45ccb428dcf85cd52066"}"""
        .formatted(new UUID(0, id), name, member == null ? "" : "\"" + member + "\"");
  }

  @Test
  void anInstanceIsReadWithItsTaskAndFault() {
    stub.nova(
        request ->
            request.answer(
                200,
                "{\"server\": "
                    + server(1, "compute-1")
                        .replace(
                            "\"OS-EXT-STS:task_state\": null",
                            "\"OS-EXT-STS:task_state\": \"rebuilding\"")
                        .replace(
                            "\"locked\"", "\"fault\": {\"message\": \"No valid host\"}, \"locked\"")
                    + "}"));
    assertThat(nova.instance(GUEST))
        .contains(
            new Instance(
                GUEST,
                "web",
                "compute-1",
                "active",
                "rebuilding",
                1,
                false,
                Map.of("HA_Enabled", "True"),
                "No valid host"));
  }

  @Test
  void aLockSaysWhyItWasSet() {
    stub.nova(
        request ->
            request.answer(
                200,
                "{\"server\": "
                    + server(1, "compute-1")
                        .replace(
                            "\"locked\": false",
                            "\"locked\": true, \"locked_reason\": \"do not touch\"")
                    + "}"));

    assertThat(nova.instance(GUEST).orElseThrow().lockedReason()).isEqualTo("do not touch");
  }

  @Test
  void anInstanceWithoutTheAdminsFieldsIsNoAnswer() {
    stub.nova(
        request ->
            request.answer(
                200,
                "{\"server\": "
                    + server(1, "compute-1").replace("\"OS-EXT-STS:task_state\": null,", "")
                    + "}"));
    assertThatThrownBy(() -> nova.instance(GUEST)).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void onlyNovaItselfCanSayThatAnInstanceIsGone() {
    stub.nova(
        request -> request.answer(404, "{\"itemNotFound\": {\"code\": 404, \"message\": \"no\"}}"));
    assertThat(nova.instance(GUEST)).isEmpty();
  }

  @Test
  void evacuationsAreReadUntilNothingIsNew() {
    stub.nova(
        request -> {
          assertThat(request.line()).contains("migration_type=evacuation");
          if (!request.line().contains("marker")) {
            request.answer(200, migrations(true, migration(8, "done"), migration(9, "accepted")));
          } else if (request.line().contains("marker=m9")) {
            request.answer(200, migrations(true, migration(7, "failed"), migration(5, "done")));
          } else {
            request.answer(200, migrations(true, migration(4, "done"), migration(3, "done")));
          }
        });
    assertThat(nova.evacuationsFrom("compute-1", 5))
        .extracting(EvacuationMigration::id)
        .containsExactly(9L, 8L, 7L);
    assertThat(stub.requests()).hasSize(3);
    assertThat(nova.evacuationsFrom("compute-1", 9)).isEmpty();
    assertThat(stub.requests()).hasSize(4);
    assertThat(nova.evacuationsFrom("compute-1", 6).get(2))
        .isEqualTo(
            new EvacuationMigration(
                7, GUEST, "compute-1", null, "failed", Instant.parse("2026-11-22T15:11:27Z")))
        .matches(EvacuationMigration::failed);
  }

  @Test
  void theLastEvacuationIsTheHighestId() {
    stub.nova(
        request -> request.answer(200, migrations(false, migration(7, "x"), migration(9, "x"))));
    assertThat(nova.lastEvacuation(GUEST)).isEqualTo(9);
    assertThat(stub.requests().get(0)).contains("instance_uuid=" + GUEST);
    stub.nova(request -> request.answer(200, migrations(false)));
    assertThat(nova.lastEvacuation(GUEST)).isZero();
  }

  @Test
  void anAddressIsFoundByTheServicesHostAndNotByTheHypervisorsName() {
    stub.nova(
        request ->
            request.answer(
                200,
                request.line().contains("marker=h2")
                    ? hypervisors(false, hypervisor("h3", "c3.example.org", "compute-3"))
                    : hypervisors(
                        true,
                        hypervisor("h1", "compute-1", "compute-2"),
                        hypervisor("h2", "c1.example.org", "compute-1"))));
    assertThat(nova.hostAddress("compute-1")).contains("10.0.0.compute-1");
    assertThat(nova.hostAddress("compute-3")).contains("10.0.0.compute-3");
    assertThat(nova.hostAddress("c1.example.org")).isEmpty();
  }

  @Test
  void evacuateSendsNoForceAndATargetOnlyWhenNamed() {
    List<String> bodies = new CopyOnWriteArrayList<>();
    stub.nova(
        request -> {
          bodies.add(request.line() + " " + request.body());
          request.answer(200, "");
        });
    nova.evacuate(GUEST, Optional.empty());
    nova.evacuate(GUEST, Optional.of("compute-2"));
    String line = "POST /nova/servers/" + GUEST + "/action ";
    assertThat(bodies)
        .containsExactly(
            line + "{\"evacuate\":{}}", line + "{\"evacuate\":{\"host\":\"compute-2\"}}");
  }

  @Test
  void aColdMigrationNamesNoHostAndIsConfirmedByItself() {
    List<String> bodies = new CopyOnWriteArrayList<>();
    stub.nova(
        request -> {
          bodies.add(request.line() + " " + request.body());
          request.answer(202, "");
        });
    nova.coldMigrate(GUEST);
    nova.confirmResize(GUEST);
    String line = "POST /nova/servers/" + GUEST + "/action ";
    assertThat(bodies)
        .containsExactly(line + "{\"migrate\":null}", line + "{\"confirmResize\":null}");
  }

  @Test
  void ofTheColdMigrationsOfAGuestThoseAfterAnIdAreReadTheNewestFirst() {
    stub.nova(
        request ->
            request.answer(
                200, migrations(false, migration(7, "error"), migration(9, "finished"))));
    assertThat(nova.coldMigrations(GUEST, 0))
        .containsExactly(
            new ColdMigration(9, GUEST, "compute-1", null, "finished"),
            new ColdMigration(7, GUEST, "compute-1", null, "error"));
    assertThat(nova.coldMigrations(GUEST, 7)).extracting(ColdMigration::id).containsExactly(9L);
    assertThat(stub.requests().get(0))
        .contains("instance_uuid=" + GUEST)
        .contains("migration_type=migration");
  }

  @Test
  void whyAGuestWasNotMigratedIsInItsLastSuchAction() {
    stub.nova(
        request ->
            request.answer(
                200,
                request.line().contains("os-instance-actions/req-2")
                    ? """
                      {"instanceAction": {"events": [
                        {"event": "a", "result": "Success", "details": null},
                        {"event": "b", "result": "Error", "details": "No valid host"}]}}"""
                    : actions("Error")));
    assertThat(nova.whyNotMigrated(GUEST)).contains("No valid host");

    stub.nova(request -> request.answer(200, actions(null)));
    assertThat(nova.whyNotMigrated(GUEST)).isEmpty();
  }

  @Test
  void aNovaThatDoesNotTellWhyIsNoFailure() {
    stub.nova(
        request ->
            request.answer(
                406, "{\"computeFault\": {\"code\": 406, \"message\": \"Version 2.84\"}}"));
    assertThat(nova.whyNotMigrated(GUEST)).isEmpty();
  }

  private static String actions(String message) {
    return """
        {"instanceActions": [
          {"action": "lock", "request_id": "req-3", "message": null},
          {"action": "migrate", "request_id": "req-2", "message": %s},
          {"action": "migrate", "request_id": "req-1", "message": "Error"}]}"""
        .formatted(message == null ? "null" : '"' + message + '"');
  }

  @Test
  void aDefiniteNoIsNovasOwn() {
    for (int status : List.of(400, 403, 404, 406, 409)) {
      stub.nova(
          request ->
              request.answer(
                  status, "{\"fault\": {\"code\": " + status + ", \"message\": \"No.\"}}"));
      assertThatThrownBy(() -> nova.evacuate(GUEST, Optional.empty()))
          .isInstanceOfSatisfying(
              ComputeRefused.class, refused -> assertThat(refused.status()).isEqualTo(status))
          .hasMessage("No.");
      assertThatThrownBy(() -> nova.forceDown(SERVICE)).isInstanceOf(ComputeRefused.class);
      stub.nova(request -> request.answer(status, "text/html", "<html>proxy</html>"));
      assertThatThrownBy(() -> nova.evacuate(GUEST, Optional.empty()))
          .isInstanceOf(ComputeUnavailable.class);
    }
  }

  @Test
  void anOrderWithoutADefiniteAnswerIsAFailureAndIsSentOnce() {
    for (int status : List.of(300, 302, 408, 413, 429, 500, 501, 502, 503, 504)) {
      stub.nova(
          request ->
              request.answer(
                  status, "{\"fault\": {\"code\": " + status + ", \"message\": \"No.\"}}"));
      int before = stub.requests().size();
      assertThatThrownBy(() -> nova.evacuate(GUEST, Optional.empty()))
          .as("status " + status)
          .isInstanceOf(ComputeUnavailable.class);
      assertThat(stub.requests()).as("status " + status).hasSize(before + 1);
      assertThatThrownBy(() -> nova.disable(SERVICE, "r")).isInstanceOf(ComputeUnavailable.class);
      assertThatThrownBy(() -> nova.forceDown(SERVICE)).isInstanceOf(ComputeUnavailable.class);
    }
    stub.nova(request -> request.answer(200, "text/html", "<html>Welcome</html>"));
    assertThatThrownBy(() -> nova.evacuate(GUEST, Optional.empty()))
        .isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.forceDown(SERVICE)).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void aChangeThatNovaDoesNotShowHasNotHappened() {
    stub.nova(
        request ->
            request.answer(
                200,
                request.line().startsWith("PUT")
                    ? "{\"service\": {\"forced_down\": true, \"status\": \"disabled\"}}"
                    : services(service("compute-1"))));
    assertThatThrownBy(() -> nova.forceDown(SERVICE)).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.disable(SERVICE, "r")).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void aChangeIsReadBackFromNova() {
    String after =
        service("compute-1")
            .replace("\"forced_down\": false", "\"forced_down\": true")
            .replace("enabled", "disabled");
    stub.nova(
        request -> {
          if (request.line().startsWith("PUT")) {
            assertThat(request.line()).endsWith("/os-services/s1");
            assertThat(request.body())
                .isIn(
                    "{\"forced_down\":true}",
                    "{\"status\":\"disabled\",\"disabled_reason\":\"" + "r".repeat(255) + "\"}");
          }
          request.answer(200, services(after));
        });
    assertThat(nova.forceDown(SERVICE).forcedDown()).isTrue();
    assertThat(nova.disable(SERVICE, "r".repeat(300)).enabled()).isFalse();
  }

  @Test
  void aChangeIsTakenBackAndReadBackFromNova() {
    List<String> bodies = new java.util.concurrent.CopyOnWriteArrayList<>();
    stub.nova(
        request -> {
          if (request.line().startsWith("PUT")) {
            bodies.add(request.body());
          }
          request.answer(200, services(service("compute-1")));
        });
    assertThat(nova.liftForcedDown(SERVICE).forcedDown()).isFalse();
    assertThat(nova.enable(SERVICE).enabled()).isTrue();
    assertThat(bodies).containsExactly("{\"forced_down\":false}", "{\"status\":\"enabled\"}");
  }

  @Test
  void disableWaitsLongerThanNovaBlocks() {
    Duration connectAndRead = Duration.ofSeconds(9);
    NovaCompute patient =
        withTimeouts(
            new OpenStackTimeouts(
                Duration.ofSeconds(8), Duration.ofSeconds(1), Duration.ofMinutes(1)));
    stub.nova(
        request -> {
          if (request.line().startsWith("PUT")) {
            pause(connectAndRead.plusSeconds(1));
          }
          request.answer(200, services(service("compute-1").replace("enabled", "disabled")));
        });
    assertThat(patient.disable(SERVICE, "r").enabled()).isFalse();
  }

  @Test
  void novaThatHangsIsUnavailableWithinTheTimeout() {
    // it takes 11 s of these 21
    NovaCompute hasty =
        withTimeouts(
            new OpenStackTimeouts(
                Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(1)));
    stub.nova(request -> pause(Duration.ofMinutes(2)));
    long begin = System.nanoTime();
    assertThatThrownBy(() -> hasty.evacuate(GUEST, Optional.empty()))
        .isInstanceOf(ComputeUnavailable.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(hasty.evacuateTimeout());
    assertThat(hasty.evacuateTimeout()).isEqualTo(Duration.ofSeconds(21));
  }

  @Test
  void anEvacuationIsNotSentLate() {
    OpenStackTimeouts timeouts = OpenStackStub.timeouts();
    AtomicLong clock = new AtomicLong();
    NovaCompute late = new NovaCompute(stub.session(), timeouts, clock::get);
    stub.nova(request -> request.answer(200, ""));
    stub.login(
        request -> {
          clock.addAndGet(timeouts.connectTimeout().toNanos() + 1);
          stub.letIn(request);
        });
    assertThatThrownBy(() -> late.evacuate(GUEST, Optional.empty()))
        .isInstanceOf(ComputeUnavailable.class)
        .hasMessageContaining("nothing was sent");
    assertThat(stub.requests()).isEmpty();
    late.evacuate(GUEST, Optional.empty());
    assertThat(stub.requests()).hasSize(1);
  }

  @Test
  void keystonesTroubleIsNovasToUs() {
    stub.login(request -> request.answer(503, ""));
    assertThatThrownBy(() -> nova.instance(GUEST))
        .isInstanceOf(ComputeUnavailable.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void aCatalogueWithoutNovaIsNamed() {
    stub.nova(request -> request.answer(200, services()));
    stub.login(
        request -> {
          request.exchange().getResponseHeaders().set("X-Subject-Token", "t");
          request.answer(
              201,
              """
              {"token": {"issued_at": "2026-11-22T15:00:00.000000Z",
               "expires_at": "2026-11-22T16:00:00.000000Z", "catalog": []}}
              """);
        });
    assertThatThrownBy(() -> nova.service("h"))
        .isInstanceOf(ComputeUnavailable.class)
        .hasMessageContaining("no public endpoint of type compute in region RegionOne");
  }

  @Test
  void manyCallsShareAConnection() {
    stub.nova(request -> request.answer(200, services(service("compute-1"))));
    for (int i = 0; i < 50; i++) {
      nova.service("compute-1");
    }
    assertThat(stub.connections()).isEqualTo(1);
  }

  private void assertNothingIsKnown() {
    assertThatThrownBy(() -> nova.instancesOn("h")).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.service("h")).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.instance(GUEST)).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.hostAddress("h")).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.lastEvacuation(GUEST)).isInstanceOf(ComputeUnavailable.class);
    assertThatThrownBy(() -> nova.evacuationsFrom("h", 0)).isInstanceOf(ComputeUnavailable.class);
  }

  private NovaCompute withTimeouts(OpenStackTimeouts timeouts) {
    return new NovaCompute(new OpenStackSession(stub.settings(), timeouts), timeouts);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String services(String... services) {
    return "{\"services\": [" + String.join(", ", services) + "]}";
  }

  private static String service(String host) {
    return """
        {"binary": "nova-compute", "host": "%s", "id": "s1", "zone": "nova", "status": "enabled",
         "state": "up", "updated_at": "2026-11-22T15:12:08.000000", "disabled_reason": null,
         "forced_down": false}"""
        .formatted(host);
  }

  private static String down(String host) {
    return "{\"binary\": \"nova-compute\", \"host\": \"%s\", \"status\": \"UNKNOWN\"}"
        .formatted(host);
  }

  private static String servers(boolean more, String... servers) {
    return page("servers", more, servers);
  }

  private static String server(int number, String host) {
    return """
        {"id": "%s", "name": "web", "status": "ACTIVE", "OS-EXT-SRV-ATTR:host": "%s",
         "OS-EXT-STS:vm_state": "active", "OS-EXT-STS:task_state": null,
         "OS-EXT-STS:power_state": 1, "locked": false, "metadata": {"HA_Enabled": "True"}}"""
        .formatted(new UUID(0, number), host);
  }

  private static String migrations(boolean more, String... migrations) {
    return page("migrations", more, migrations);
  }

  private static String migration(int id, String status) {
    return """
        {"id": %d, "uuid": "m%d", "instance_uuid": "%s", "source_compute": "compute-1",
         "dest_compute": null, "status": "%s", "migration_type": "evacuation",
         "created_at": "2026-11-22T15:11:27.000000"}"""
        .formatted(id, id, GUEST, status);
  }

  private static String hypervisors(boolean more, String... hypervisors) {
    return page("hypervisors", more, hypervisors);
  }

  private static String hypervisor(String id, String name, String host) {
    return """
        {"id": "%s", "hypervisor_hostname": "%s", "host_ip": "10.0.0.%s",
         "service": {"id": "x", "host": "%s"}}"""
        .formatted(id, name, host, host);
  }

  private static String page(String key, boolean more, String... rows) {
    String links =
        more ? ", \"%s_links\": [{\"rel\": \"next\", \"href\": \"x\"}]".formatted(key) : "";
    return "{\"%s\": [%s]%s}".formatted(key, String.join(", ", rows), links);
  }
}
