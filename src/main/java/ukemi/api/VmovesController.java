package ukemi.api;

import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import ukemi.database.Page;
import ukemi.evacuation.Vmove;
import ukemi.evacuation.Vmoves;
import ukemi.identity.Permission;
import ukemi.notification.Notification;
import ukemi.notification.Notifications;

/** The guests of a host recovery. */
@MasakariApi
@RequestMapping({
  "/v1/notifications/{notification}/vmoves",
  "/v1/{project:[0-9a-f\\-]+}/notifications/{notification}/vmoves"
})
class VmovesController {

  private final Notifications notifications;
  private final Vmoves vmoves;

  VmovesController(Notifications notifications, Vmoves vmoves) {
    this.notifications = notifications;
    this.vmoves = vmoves;
  }

  @GetMapping
  @Allowed(Permission.VMOVES_INDEX)
  Map<String, List<VmoveView>> list(@PathVariable String notification, ApiRequest request) {
    Notification found = hostFailure(notification);
    String type = request.parameter("type");
    Page page = request.page();
    List<Vmove> moves = vmoves.list(found.uuid(), request.parameter("status"), page);
    return Map.of(
        "vmoves",
        type == null || type.equals(VmoveView.TYPE)
            ? moves.stream().map(VmoveView::of).toList()
            : List.of());
  }

  @GetMapping("/{uuid}")
  @Allowed(Permission.VMOVES_DETAIL)
  Map<String, VmoveView> show(@PathVariable String notification, @PathVariable String uuid) {
    Notification found = hostFailure(notification);
    return Map.of(
        "vmove",
        Rules.uuid(uuid)
            .flatMap(vmoves::find)
            .filter(vmove -> vmove.notificationUuid().equals(found.uuid()))
            .map(VmoveView::of)
            .orElseThrow(
                () -> ApiFault.notFound("no vmove with uuid " + uuid + " in this notification")));
  }

  private Notification hostFailure(String uuid) {
    Notification notification = NotificationsController.existing(notifications, uuid);
    if (notification.type() != Notification.Type.COMPUTE_HOST) {
      throw ApiFault.badRequest("only COMPUTE_HOST notifications have vmoves");
    }
    return notification;
  }
}
