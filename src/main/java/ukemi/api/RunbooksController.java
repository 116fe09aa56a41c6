package ukemi.api;

import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import ukemi.engine.ModelProblem;
import ukemi.engine.Runbooks;
import ukemi.identity.Permission;

/** Which runbooks are in force, and the command to reload them. Masakari has nothing like it. */
@MasakariApi
@RequestMapping({"/v1/runbooks", "/v1/{project:[0-9a-f\\-]+}/runbooks"})
class RunbooksController {

  private final Runbooks runbooks;

  RunbooksController(Runbooks runbooks) {
    this.runbooks = runbooks;
  }

  @GetMapping
  @Allowed(Permission.RUNBOOKS_DETAIL)
  Map<String, RunbooksView> show() {
    return Map.of("runbooks", RunbooksView.of(runbooks));
  }

  @PostMapping("/reload")
  @Allowed(Permission.RUNBOOKS_RELOAD)
  Map<String, RunbooksView> reload(ApiRequest request) {
    boolean anyway = Boolean.TRUE.equals(request.booleanParameter("force"));
    return switch (runbooks.reload(request.callerName(), anyway)) {
      case DEPLOYED, UNCHANGED -> show();
      case LEFT_ASIDE ->
          throw ApiFault.conflict(
              "the files of "
                  + runbooks.node()
                  + " have not changed since it last looked, and others are in force; ?force=true"
                  + " puts them in force all the same");
      case REFUSED ->
          throw ApiFault.conflict(
              "the files of "
                  + runbooks.node()
                  + " are refused, what is deployed stays in force:\n"
                  + runbooks.refused().stream()
                      .map(ModelProblem::toString)
                      .collect(Collectors.joining("\n")));
    };
  }
}
