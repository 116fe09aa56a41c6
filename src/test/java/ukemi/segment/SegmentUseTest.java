package ukemi.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import ukemi.api.SlimApplicationTest;

/** What a recovery forbids, what deleting leaves, and who has a host on maintenance. */
class SegmentUseTest extends SlimApplicationTest {

  private static final UUID HOST = UUID.fromString(COMPUTE_1);

  @Autowired private Hosts hosts;

  @ParameterizedTest
  @ValueSource(strings = {"new", "running", "error"})
  void aSegmentInUseStaysAsItIs(String state) throws Exception {
    notification(state);

    expect(409, segment(put(rackA())));
    expect(409, delete(rackA()));
    expect(409, host(put(rackA() + "/hosts/" + COMPUTE_1)));
    expect(409, host(put(rackA() + "/hosts/" + COMPUTE_2)));
    expect(409, delete(rackA() + "/hosts/" + COMPUTE_2));
    expect(200, segment(put("/v1/segments/" + RACK_B)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"finished", "ignored", "failed"})
  void aSegmentWhoseNotificationsHaveEndedMayChange(String state) throws Exception {
    notification(state);

    expect(200, segment(put(rackA())));
    expect(200, host(put(rackA() + "/hosts/" + COMPUTE_1)));
    expect(204, delete(rackA()));
  }

  @Test
  void aHostMayJoinASegmentInUse() throws Exception {
    notification("running");

    expect(
        201,
        body(
            post(rackA() + "/hosts"),
            """
            {"host": {"name": "compute-5", "type": "COMPUTE", "control_attributes": "SSH"}}
            """));
  }

  @Test
  void inUseIsSaidBeforeNovaIsAsked() throws Exception {
    notification("running");

    expect(
        409,
        body(put(rackA() + "/hosts/" + COMPUTE_1), "{\"host\": {\"name\": \"nova-is-down\"}}"));
  }

  @Test
  void deletingASegmentDeletesItsHostsAndFreesTheNames() throws Exception {
    notification("finished");

    expect(204, delete(rackA()));

    expect(404, get(rackA()));
    expect(404, get(rackA() + "/hosts/" + COMPUTE_1));
    expect(404, delete(rackA()));
    assertThat(hosts.byName("compute-1")).isEmpty();
    mvc.perform(admin(get("/v1/notifications")))
        .andExpect(jsonPath("$.notifications[0].source_host_uuid").value(COMPUTE_1));
    expect(
        201,
        body(
            post("/v1/segments"),
            """
            {"segment": {"name": "rack-a", "recovery_method": "auto", "service_type": "C"}}
            """));
    expect(
        201,
        body(
            post("/v1/segments/" + RACK_B + "/hosts"),
            """
            {"host": {"name": "compute-1", "type": "COMPUTE", "control_attributes": "SSH"}}
            """));
  }

  @Test
  void maintenanceHasOneOwnerUntilItIsLifted() {
    assertThat(hosts.putOnMaintenance(HOST, MaintenanceOwner.RECOVERY)).isTrue();
    assertThat(hosts.putOnMaintenance(HOST, MaintenanceOwner.PROCESS)).isFalse();
    assertThat(hosts.liftMaintenance(HOST, MaintenanceOwner.PROCESS)).isFalse();
    assertThat(owner()).isEqualTo(MaintenanceOwner.RECOVERY);

    assertThat(hosts.liftMaintenance(HOST, MaintenanceOwner.RECOVERY)).isTrue();
    assertThat(owner()).isNull();
    assertThat(hosts.liftMaintenance(HOST, MaintenanceOwner.RECOVERY)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPERATOR", "RECOVERY", "PROCESS"})
  void anOperatorLiftsAnybodysMaintenance(String owner) throws Exception {
    sql("update ukemi.host set maintenance_owner = '" + owner + "'");

    expect(200, maintenance("\"False\""));

    assertThat(owner()).isNull();
  }

  @Test
  void anOperatorsMaintenanceIsTheOperators() throws Exception {
    expect(200, maintenance("true"));

    assertThat(owner()).isEqualTo(MaintenanceOwner.OPERATOR);
  }

  @Test
  void otherChangesLeaveTheOwnerAlone() throws Exception {
    hosts.putOnMaintenance(HOST, MaintenanceOwner.RECOVERY);

    expect(200, host(put(rackA() + "/hosts/" + COMPUTE_1)));

    assertThat(owner()).isEqualTo(MaintenanceOwner.RECOVERY);
  }

  @Test
  void aReserveCanBeUsedUpAndRestored() {
    hosts.setReserved(UUID.fromString(COMPUTE_2), false);
    assertThat(hosts.byName("compute-2").orElseThrow().reserved()).isFalse();

    hosts.setReserved(UUID.fromString(COMPUTE_2), true);
    assertThat(hosts.byName("compute-2").orElseThrow().reserved()).isTrue();
  }

  private MaintenanceOwner owner() {
    return hosts.byUuid(HOST).orElseThrow().maintenanceOwner();
  }

  private void notification(String state) {
    sql(
        """
        insert into ukemi.notification
          (uuid, type, source_host_uuid, source_host_name, segment_uuid, payload, generated_time,
           status)
        values ('%s', 'COMPUTE_HOST', '%s', 'compute-1', '%s', '{}', now(), '%s')
        """
            .formatted(NOWHERE, COMPUTE_1, RACK_A, state));
  }

  private static String rackA() {
    return "/v1/segments/" + RACK_A;
  }

  private static MockHttpServletRequestBuilder segment(MockHttpServletRequestBuilder request) {
    return body(request, "{\"segment\": {\"description\": \"x\"}}");
  }

  private static MockHttpServletRequestBuilder host(MockHttpServletRequestBuilder request) {
    return body(request, "{\"host\": {\"type\": \"x\"}}");
  }

  private static MockHttpServletRequestBuilder maintenance(String value) {
    return body(
        put(rackA() + "/hosts/" + COMPUTE_1), "{\"host\": {\"on_maintenance\": " + value + "}}");
  }

  private static MockHttpServletRequestBuilder body(
      MockHttpServletRequestBuilder request, String body) {
    return request.content(body);
  }

  private void expect(int status, MockHttpServletRequestBuilder request) throws Exception {
    mvc.perform(admin(request)).andExpect(status().is(status));
  }

  private static MockHttpServletRequestBuilder admin(MockHttpServletRequestBuilder request) {
    return request.header("X-Auth-Token", "admin");
  }
}
