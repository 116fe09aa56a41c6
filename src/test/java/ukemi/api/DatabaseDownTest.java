package ukemi.api;

import static org.mockito.Mockito.doThrow;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** Without the database nothing is accepted, and monitors are told to come again. */
@SpringBootTest(classes = SlimApplication.class)
@AutoConfigureMockMvc
class DatabaseDownTest {

  @Autowired private MockMvc mvc;
  @MockitoSpyBean private DataSource dataSource;

  @BeforeEach
  void noConnection() throws SQLException {
    doThrow(new SQLTransientConnectionException("no connection within 2 s"))
        .when(dataSource)
        .getConnection();
  }

  static Stream<MockHttpServletRequestBuilder> requests() {
    return Stream.of(
        get("/v1/segments"),
        get("/v1/segments/" + SlimApplicationTest.RACK_A),
        post("/v1/segments")
            .content(
                """
                {"segment": {"name": "x", "recovery_method": "auto", "service_type": "C"}}
                """),
        post("/v1/notifications")
            .content(
                """
                {"notification": {"type": "COMPUTE_HOST", "hostname": "compute-1",
                 "generated_time": "2026-11-22T07:47:24", "payload": {"event": "STOPPED"}}}
                """));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void everythingIsAnsweredWith503(MockHttpServletRequestBuilder request) throws Exception {
    mvc.perform(request.header("X-Auth-Token", "admin"))
        .andExpect(status().isServiceUnavailable())
        .andExpect(jsonPath("$.serviceUnavailable.code").value(503))
        .andExpect(content().string(Matchers.not(Matchers.containsString("SQL"))));
  }
}
