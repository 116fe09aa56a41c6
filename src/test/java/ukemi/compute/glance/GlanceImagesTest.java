package ukemi.compute.glance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ukemi.compute.ComputeUnavailable;
import ukemi.identity.OpenStackStub;
import ukemi.identity.ServiceCalls;
import ukemi.identity.ServiceCalls.Answer;

class GlanceImagesTest {

  private static final String IMAGE = "ac4c988c-40e1-4978-b475-50971223e8c8";

  private final ServiceCalls calls = mock(ServiceCalls.class);
  private final GlanceImages images = new GlanceImages(calls, OpenStackStub.timeouts());

  private void glance(String address, int status, String body) throws IOException {
    when(calls.address("image")).thenReturn(Optional.of(address));
    JsonNode json = body == null ? MissingNode.getInstance() : new ObjectMapper().readTree(body);
    when(calls.get(eq("https://glance:9292"), eq("/v2/images/" + IMAGE), any(), any()))
        .thenReturn(new Answer(status, json));
  }

  /** As Glance 25 shows one. */
  @ParameterizedTest
  @ValueSource(strings = {"https://glance:9292", "https://glance:9292/v2"})
  void allThatGlanceShowsOfAnImageIsAProperty(String address) throws IOException {
    glance(
        address,
        200,
        """
        {"name": "lab-tiny", "size": 1024, "protected": false, "os_distro": "debian", "owner": null,
         "id": "%s", "tags": [], "hw_qemu_guest_agent": "yes"}"""
            .formatted(IMAGE));

    assertThat(images.properties(IMAGE))
        .containsEntry("os_distro", "debian")
        .containsEntry("name", "lab-tiny")
        .containsEntry("protected", "false")
        .doesNotContainKeys("tags", "owner");
  }

  @Test
  void anImageThatIsGoneHasNoProperties() throws IOException {
    glance("https://glance:9292", 404, null);

    assertThat(images.properties(IMAGE)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 401, 403, 500, 503})
  void anyOtherAnswerIsNotTakenForAnImageWithout(int status) throws IOException {
    glance("https://glance:9292", status, null);

    assertThatThrownBy(() -> images.properties(IMAGE)).isInstanceOf(ComputeUnavailable.class);
  }

  @Test
  void aCloudWithoutGlanceIsSaid() {
    when(calls.address("image")).thenReturn(Optional.empty());

    assertThatThrownBy(() -> images.properties(IMAGE)).hasMessageContaining("no Glance");
  }
}
