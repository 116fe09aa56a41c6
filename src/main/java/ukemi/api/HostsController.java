package ukemi.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import ukemi.notification.RunControl;
import ukemi.segment.Host;
import ukemi.segment.HostChange;
import ukemi.segment.HostFilter;
import ukemi.segment.HostRegistry;
import ukemi.segment.Hosts;
import ukemi.segment.NewHost;
import ukemi.segment.Segment;
import ukemi.segment.Segments;

/** Hosts of a segment. */
@MasakariApi
@RequestMapping({
  "/v1/segments/{segment}/hosts",
  "/v1/{project:[0-9a-f\\-]+}/segments/{segment}/hosts"
})
class HostsController {

  private final Segments segments;
  private final Hosts hosts;
  private final HostRegistry registry;
  private final RunControl control;

  HostsController(Segments segments, Hosts hosts, HostRegistry registry, RunControl control) {
    this.segments = segments;
    this.hosts = hosts;
    this.registry = registry;
    this.control = control;
  }

  @GetMapping
  @Allowed(Permission.HOSTS_INDEX)
  Map<String, List<HostView>> list(@PathVariable String segment, ApiRequest request) {
    Segment found = SegmentsController.existing(segments, segment);
    HostFilter filter =
        new HostFilter(
            request.parameter("name"),
            request.parameter("type"),
            request.booleanParameter("reserved"),
            request.booleanParameter("on_maintenance"));
    return Map.of(
        "hosts",
        hosts.list(found.uuid(), filter, request.page()).stream()
            .map(host -> HostView.of(host, found))
            .toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Allowed(value = Permission.HOSTS_CREATE, afterBody = true)
  Map<String, HostView> create(@PathVariable String segment, ApiRequest request) {
    NewHost host = request.body("host", HostBody::create);
    Segment found = SegmentsController.existing(segments, segment);
    Host created =
        registry.create(found.uuid(), host).orElseThrow(() -> SegmentsController.missing(segment));
    return Map.of("host", HostView.of(created, found));
  }

  @GetMapping("/{uuid}")
  @Allowed(Permission.HOSTS_DETAIL)
  Map<String, HostView> show(@PathVariable String segment, @PathVariable String uuid) {
    Segment found = SegmentsController.existing(segments, segment);
    return answer(registry.find(found.uuid(), uuid(uuid)), uuid, found);
  }

  @PutMapping("/{uuid}")
  @Allowed(value = Permission.HOSTS_UPDATE, afterBody = true)
  Map<String, HostView> update(
      @PathVariable String segment, @PathVariable String uuid, ApiRequest request) {
    HostChange change = request.body("host", HostBody::change);
    Segment found = SegmentsController.existing(segments, segment);
    return answer(registry.update(found.uuid(), uuid(uuid), change), uuid, found);
  }

  @DeleteMapping("/{uuid}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allowed(Permission.HOSTS_DELETE)
  void delete(@PathVariable String segment, @PathVariable String uuid) {
    Segment found = SegmentsController.existing(segments, segment);
    if (!registry.delete(found.uuid(), uuid(uuid))) {
      throw missing(uuid);
    }
  }

  /** Not Masakari's: what is to become of it is asked in Tasklist. */
  @PostMapping("/{uuid}/return")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Allowed(Permission.HOSTS_RETURN)
  Map<String, HostView> returnToService(
      @PathVariable String segment, @PathVariable String uuid, ApiRequest request) {
    Segment found = SegmentsController.existing(segments, segment);
    Optional<Host> host = registry.find(found.uuid(), uuid(uuid));
    host.ifPresent(one -> control.returnToService(one, request.callerName()));
    return answer(host, uuid, found);
  }

  private static UUID uuid(String uuid) {
    return Rules.uuid(uuid).orElseThrow(() -> missing(uuid));
  }

  private static ApiFault missing(String uuid) {
    return ApiFault.notFound("no host with uuid " + uuid + " in this segment");
  }

  private static Map<String, HostView> answer(Optional<Host> host, String asked, Segment segment) {
    return Map.of("host", HostView.of(host.orElseThrow(() -> missing(asked)), segment));
  }
}
