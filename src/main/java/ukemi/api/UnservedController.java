package ukemi.api;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;

/** What Masakari routes but does not implement (405), and what is no address at all (404). */
@MasakariApi(served = false)
class UnservedController {

  private static final String PROJECT = "/v1/{project:[0-9a-f\\-]+}";
  private static final String COLLECTION = "/{collection:segments|notifications|extensions}";
  private static final String HOSTS = "/segments/{segment}/hosts";
  private static final String VMOVES = "/notifications/{notification}/vmoves";

  @PostMapping({
    "/v1" + COLLECTION + "/{id}/action",
    PROJECT + COLLECTION + "/{id}/action",
    "/v1" + HOSTS + "/{id}/action",
    PROJECT + HOSTS + "/{id}/action",
    "/v1" + VMOVES + "/{id}/action",
    PROJECT + VMOVES + "/{id}/action"
  })
  void action() {
    throw ApiFault.badMethod();
  }

  @GetMapping({
    "/v1/segments/new",
    PROJECT + "/segments/new",
    "/v1/notifications/new",
    PROJECT + "/notifications/new",
    "/v1/extensions/new",
    PROJECT + "/extensions/new",
    "/v1" + HOSTS + "/new",
    PROJECT + HOSTS + "/new",
    "/v1" + VMOVES + "/new",
    PROJECT + VMOVES + "/new",
    "/v1" + COLLECTION + "/{id}/edit",
    PROJECT + COLLECTION + "/{id}/edit",
    "/v1" + HOSTS + "/{id}/edit",
    PROJECT + HOSTS + "/{id}/edit",
    "/v1" + VMOVES + "/{id}/edit",
    PROJECT + VMOVES + "/{id}/edit"
  })
  void form() {
    throw ApiFault.badMethod();
  }

  @PostMapping({"/v1/extensions", PROJECT + "/extensions", "/v1" + VMOVES, PROJECT + VMOVES})
  void create() {
    throw ApiFault.badMethod();
  }

  @RequestMapping(
      path = {
        "/v1/{collection:notifications|extensions}/{id}",
        PROJECT + "/{collection:notifications|extensions}/{id}",
        "/v1" + VMOVES + "/{id}",
        PROJECT + VMOVES + "/{id}"
      },
      method = {RequestMethod.PUT, RequestMethod.DELETE})
  void change() {
    throw ApiFault.badMethod();
  }

  @RequestMapping("/v1/**")
  void nothing() {
    throw ApiFault.notFound("no such resource");
  }

  /** Spring answers OPTIONS by itself unless somebody asks for it by name. */
  @RequestMapping(path = "/v1/**", method = RequestMethod.OPTIONS)
  void options() {
    nothing();
  }
}
