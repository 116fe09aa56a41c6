"""openstacksdk's calls, at each version a program may ask for and at each form of the catalogue."""

import openstack
from openstack import exceptions

from steps import wait

HOST = {"type": "COMPUTE", "control_attributes": "SSH"}


def connect(version=None):
    return openstack.connect(ha_api_version=version) if version else openstack.connect()


def walk_sdk(walk, version):
    client = f"openstacksdk {version or 'unset'}"
    ha = connect(version).instance_ha

    def check(what, answer, expected):
        walk.check(client, what, answer, expected)

    def refused(what, kind, status, call):
        try:
            walk.wrong(client, what, call(), kind.__name__)
        except exceptions.HttpException as e:
            check(what, (type(e).__name__, e.status_code), (kind.__name__, status))

    name = f"sdk-{version}"
    # "enabled" may be sent from 1.2 on; the SDK asks for that by itself unless a minor version is wanted
    can_disable = version != "1.1"
    segment = ha.create_segment(
        name=name, recovery_method="auto", service_type="COMPUTE",
        **({"is_enabled": False} if can_disable else {}),
    )
    check("create_segment", (segment.name, segment.is_enabled), (name, not can_disable))
    if not can_disable:
        refused("create_segment with enabled", exceptions.BadRequestException, 400, lambda: ha.create_segment(
            name="x", recovery_method="auto", service_type="COMPUTE", is_enabled=False))
    uuid = segment.uuid
    refused("create_segment again", exceptions.ConflictException, 409, lambda: ha.create_segment(
        name=name, recovery_method="auto", service_type="COMPUTE"))
    check("get_segment", ha.get_segment(uuid).name, name)
    refused("get_segment by name", exceptions.NotFoundException, 404, lambda: ha.get_segment(name))
    check("segments", uuid in [s.uuid for s in ha.segments(limit=1, sort_key="name", sort_dir="asc")], True)
    check("segments(is_enabled)", uuid in [s.uuid for s in ha.segments(is_enabled=not can_disable)], True)
    check("update_segment", ha.update_segment(uuid, description="second").description, "second")

    host = ha.create_host(segment_id=uuid, name="compute-4", reserved=True, **HOST)
    check("create_host", (host.name, host.reserved, host.on_maintenance), ("compute-4", True, False))
    refused("create_host unknown to Nova", exceptions.BadRequestException, 400,
            lambda: ha.create_host(segment_id=uuid, name="compute-99", **HOST))
    check("get_host", ha.get_host(host.uuid, segment_id=uuid).failover_segment_id, uuid)
    check("hosts", [h.name for h in ha.hosts(uuid, reserved=True, failover_segment_id=uuid)], ["compute-4"])
    check("hosts, none", list(ha.hosts(uuid, on_maintenance=True)), [])
    check("update_host", ha.update_host(host.uuid, segment_id=uuid, reserved=False).reserved, False)

    sent = ha.create_notification(
        type="COMPUTE_HOST", hostname="compute-4", generated_time="2026-01-02T03:04:05.678900",
        payload={"event": "STARTED", "host_status": "NORMAL", "cluster_status": "ONLINE"},
    )
    check("create_notification", (sent.status, sent.source_host_uuid), ("new", host.uuid))
    refused("create_notification again", exceptions.ConflictException, 409, lambda: ha.create_notification(
        type="COMPUTE_HOST", hostname="compute-4", generated_time="2026-01-02T03:04:05.678900",
        payload={"cluster_status": "ONLINE", "event": "STARTED", "host_status": "NORMAL"}))
    number = sent.notification_uuid
    shown = wait("its end", 30, lambda: (lambda n: n.status not in ("new", "running") and n)(ha.get_notification(number)))
    check("get_notification: details of the recovery",
          shown.recovery_workflow_details, [] if version in ("1.1", "1.2", "1.3") else None)
    check("notifications", [n.notification_uuid for n in ha.notifications(
        source_host_uuid=host.uuid, type="COMPUTE_HOST", generated_since="2026-01-02T03:04:05", limit=1)], [number])
    check("vmoves", ha.get(f"/notifications/{number}/vmoves").json(), {"vmoves": []})

    check("delete_host", ha.delete_host(host.uuid, segment_id=uuid, ignore_missing=False) is not None, True)
    check("delete_host again", ha.delete_host(host.uuid, segment_id=uuid), None)
    refused("delete_host a third time", exceptions.NotFoundException, 404,
            lambda: ha.delete_host(host.uuid, segment_id=uuid, ignore_missing=False))
    check("delete_segment", ha.delete_segment(uuid, ignore_missing=False) is not None, True)
    check("delete_segment again", ha.delete_segment(uuid), None)
    check("get_notification of a deleted host", ha.get_notification(number).notification_uuid, number)


def walk_catalogue(walk):
    """Discovery from each form of address that a catalogue may hold."""
    cloud = connect()
    service = cloud.identity.find_service("masakari", ignore_missing=False)
    endpoints = list(cloud.identity.endpoints(service_id=service.id))
    before = {endpoint.id: endpoint.url for endpoint in endpoints}
    root = endpoints[0].url.partition("/v1")[0]
    try:
        for form in ("/v1", "/v1/", "/v1/$(project_id)s", ""):
            for endpoint in endpoints:
                cloud.identity.update_endpoint(endpoint, url=root + form)
            for version in (None, "1.1"):
                ha = connect(version).instance_ha
                found = [segment.name for segment in ha.segments()]
                walk.check(f"openstacksdk {version or 'unset'}", f"segments at <root>{form}", found, [])
    finally:
        for endpoint in endpoints:
            cloud.identity.update_endpoint(endpoint, url=before[endpoint.id])


def walk_vmoves(walk, notification):
    """The moves of a host's recovery. Debian's SDK and CLI have no call of their own for them."""
    ha = connect().instance_ha
    client = "openstacksdk unset"

    def get(path, **query):
        answer = ha.get(f"/notifications/{notification}{path}", params=query)
        return answer.json() if answer.ok else answer.status_code

    moves = get("/vmoves")["vmoves"]
    walk.check(client, "vmoves of a recovery", {(m["type"], m["status"], m["source_host"]) for m in moves},
               {("evacuation", "succeeded", "compute-1")})
    walk.check(client, "vmoves, one at a time", get("/vmoves", limit=1)["vmoves"], moves[:1])
    walk.check(client, "vmoves that failed", get("/vmoves", status="failed")["vmoves"], [])
    walk.check(client, "one vmove", get(f"/vmoves/{moves[0]['uuid']}")["vmove"], moves[0])
    walk.check(client, "no such vmove", get(f"/vmoves/{notification}"), 404)
    details = connect("1.1").instance_ha.get_notification(notification).recovery_workflow_details
    walk.check("openstacksdk 1.1", "states of the recovery's tasks", {d.state for d in details}, {"SUCCESS"})
