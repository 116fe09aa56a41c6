package ukemi.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import ukemi.database.DatabaseClock;
import ukemi.identity.Permission;
import ukemi.plannedwork.NewWork;
import ukemi.plannedwork.PlannedWork;
import ukemi.plannedwork.PlannedWorks;
import ukemi.plannedwork.WorkPlan;

/** Work announced on a host, a segment or the whole cloud. Masakari has nothing like it. */
@MasakariApi
@RequestMapping({"/v1/planned-work", "/v1/{project:[0-9a-f\\-]+}/planned-work"})
class PlannedWorkController {

  private static final int FAILURES_SHOWN = 1000;

  private final PlannedWorks works;
  private final WorkPlan plan;
  private final DatabaseClock clock;

  PlannedWorkController(PlannedWorks works, WorkPlan plan, DatabaseClock clock) {
    this.works = works;
    this.plan = plan;
    this.clock = clock;
  }

  @GetMapping
  @Allowed(Permission.PLANNED_WORK_INDEX)
  Map<String, List<PlannedWorkView>> list(ApiRequest request) {
    List<PlannedWork> page = works.list(request.booleanParameter("open"), request.page());
    Instant now = clock.now();
    return Map.of(
        "planned_work",
        page.stream()
            .map(work -> PlannedWorkView.of(work, now, works.countNoted(work.uuid()), null, null))
            .toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Allowed(value = Permission.PLANNED_WORK_CREATE, afterBody = true)
  Map<String, PlannedWorkView> create(ApiRequest request) {
    NewWork work =
        request.body(
            "planned_work",
            fields ->
                new NewWork(
                    scope(fields).optional("host", Rules::name, null),
                    fields.optional("segment", Rules::name, null),
                    fields.optional("starts_at", PlannedWorkController::time, null),
                    fields.required("ends_at", PlannedWorkController::time),
                    fields.required("reason", PlannedWorkController::reason),
                    request.callerName()));
    return answer(plan.announce(work));
  }

  /** The whole cloud is not what somebody gets who forgot to name a host. */
  private static Fields scope(Fields fields) {
    boolean one = fields.has("host") || fields.has("segment");
    String scope = fields.optional("scope", Rules::text, null);
    if (one && scope != null) {
      throw ApiFault.badRequest("\"scope\" goes with neither \"host\" nor \"segment\"");
    }
    if (!one && !"cloud".equals(scope)) {
      throw ApiFault.badRequest(
          "one of \"host\", \"segment\" and, for the whole cloud, \"scope\": \"cloud\" is required");
    }
    return fields;
  }

  @GetMapping("/{uuid}")
  @Allowed(Permission.PLANNED_WORK_DETAIL)
  Map<String, PlannedWorkView> show(@PathVariable String uuid) {
    return answer(existing(uuid));
  }

  /** Ends it, or calls it off. */
  @DeleteMapping("/{uuid}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allowed(Permission.PLANNED_WORK_DELETE)
  void end(@PathVariable String uuid, ApiRequest request) {
    plan.end(existing(uuid), request.callerName());
  }

  private PlannedWork existing(String uuid) {
    return Rules.uuid(uuid)
        .flatMap(works::find)
        .orElseThrow(() -> ApiFault.notFound("no planned work with uuid " + uuid));
  }

  private Map<String, PlannedWorkView> answer(PlannedWork work) {
    return Map.of(
        "planned_work",
        PlannedWorkView.of(
            work,
            clock.now(),
            works.countNoted(work.uuid()),
            works.notedUuids(work.uuid(), FAILURES_SHOWN),
            works.openRecoveries(work)));
  }

  private static Instant time(String field, JsonNode value) {
    return WireTime.parse(Rules.text(field, value))
        .orElseThrow(() -> ApiFault.badRequest("\"" + field + "\" must be an ISO 8601 time"));
  }

  /** It is shown in every notification that is ignored because of it. */
  private static String reason(String field, JsonNode value) {
    return Rules.name(field, value);
  }
}
