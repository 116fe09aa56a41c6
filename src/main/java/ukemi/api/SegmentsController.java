package ukemi.api;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import ukemi.identity.Permission;
import ukemi.segment.NewSegment;
import ukemi.segment.Segment;
import ukemi.segment.SegmentChange;
import ukemi.segment.SegmentFilter;
import ukemi.segment.SegmentRegistry;
import ukemi.segment.Segments;

/** Failover segments. */
@MasakariApi
@RequestMapping({"/v1/segments", "/v1/{project:[0-9a-f\\-]+}/segments"})
class SegmentsController {

  private final Segments segments;
  private final SegmentRegistry registry;

  SegmentsController(Segments segments, SegmentRegistry registry) {
    this.segments = segments;
    this.registry = registry;
  }

  @GetMapping
  @Allowed(Permission.SEGMENTS_INDEX)
  Map<String, List<SegmentView>> list(ApiRequest request) {
    SegmentFilter filter =
        new SegmentFilter(
            request.parameter("name"),
            request.parameter("recovery_method"),
            request.parameter("service_type"),
            request.booleanParameter("enabled"));
    return Map.of(
        "segments", segments.list(filter, request.page()).stream().map(SegmentView::of).toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Allowed(value = Permission.SEGMENTS_CREATE, afterBody = true)
  Map<String, SegmentView> create(ApiRequest request) {
    NewSegment segment =
        request.body("segment", fields -> SegmentBody.create(fields, request.version()));
    return answer(registry.create(segment));
  }

  @GetMapping("/{uuid}")
  @Allowed(Permission.SEGMENTS_DETAIL)
  Map<String, SegmentView> show(@PathVariable String uuid) {
    return answer(existing(segments, uuid));
  }

  @PutMapping("/{uuid}")
  @Allowed(value = Permission.SEGMENTS_UPDATE, afterBody = true)
  Map<String, SegmentView> update(@PathVariable String uuid, ApiRequest request) {
    SegmentChange change =
        request.body("segment", fields -> SegmentBody.change(fields, request.version()));
    return answer(
        registry.update(existing(segments, uuid).uuid(), change).orElseThrow(() -> missing(uuid)));
  }

  @DeleteMapping("/{uuid}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allowed(Permission.SEGMENTS_DELETE)
  void delete(@PathVariable String uuid) {
    UUID known = Rules.uuid(uuid).orElseThrow(() -> missing(uuid));
    if (!registry.delete(known)) {
      throw missing(uuid);
    }
  }

  /** The segment an address names. */
  static Segment existing(Segments segments, String uuid) {
    return Rules.uuid(uuid).flatMap(segments::byUuid).orElseThrow(() -> missing(uuid));
  }

  static ApiFault missing(String uuid) {
    return ApiFault.notFound("no segment with uuid " + uuid);
  }

  private static Map<String, SegmentView> answer(Segment segment) {
    return Map.of("segment", SegmentView.of(segment));
  }
}
