package ukemi.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The one version of the API, as version discovery shows it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ApiVersion(
    String id,
    String status,
    String version,
    @JsonProperty("min_version") String minVersion,
    String updated,
    List<Link> links,
    @JsonProperty("media-types") List<MediaType> mediaTypes) {

  private static final String ID = "v1.0";
  private static final String STATUS = "CURRENT";
  private static final String UPDATED = "2016-07-01T11:33:21Z";
  private static final List<MediaType> MEDIA_TYPES =
      List.of(
          new MediaType("application/json", "application/vnd.openstack.masakari+json;version=1"));

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Link(String rel, String type, String href) {}

  record MediaType(String base, String type) {}

  /** In the list of versions. */
  static ApiVersion of(HttpServletRequest request) {
    return described(List.of(self(request, "/v1/")), null);
  }

  /** By itself, at {@code /v1/}. */
  static ApiVersion detailOf(HttpServletRequest request) {
    Link documentation = new Link("describedby", "text/html", "https://docs.openstack.org/");
    return described(List.of(self(request, "/v1/"), documentation), MEDIA_TYPES);
  }

  /** Where something asked for outside {@code /v1} would be. */
  static ApiVersion choice(HttpServletRequest request) {
    return new ApiVersion(
        ID,
        STATUS,
        null,
        null,
        null,
        List.of(self(request, "/v1" + request.getRequestURI())),
        MEDIA_TYPES);
  }

  private static ApiVersion described(List<Link> links, List<MediaType> mediaTypes) {
    return new ApiVersion(
        ID,
        STATUS,
        Microversion.MAX.toString(),
        Microversion.MIN.toString(),
        UPDATED,
        links,
        mediaTypes);
  }

  /** Scheme and host as the request came in; behind a proxy as Spring was told to look at it. */
  private static Link self(HttpServletRequest request, String path) {
    return new Link(
        "self",
        null,
        ServletUriComponentsBuilder.fromContextPath(request).build().toUriString() + path);
  }
}
