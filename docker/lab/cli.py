"""Every subcommand of python3-masakariclient with its options, and what it must refuse."""

import json
import os
import re
import sys
import tempfile
import uuid
from datetime import datetime, timedelta, timezone

from openstackclient import shell

from steps import wait

NOWHERE = str(uuid.uuid4())


class Cli:
    """/usr/bin/openstack, which is the same three lines; forked, so that it is loaded once."""

    def __init__(self, walk, version):
        self.walk = walk
        self.version = version
        self.name = f"openstack {version}"

    def run(self, *words):
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            child = os.fork()
            if child == 0:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                code = 70
                try:
                    code = shell.main(["--os-ha-api-version", self.version, *words])
                except SystemExit as end:
                    code = end.code
                finally:
                    sys.stdout.flush()
                    sys.stderr.flush()
                    os._exit(code or 0)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            out.seek(0)
            err.seek(0)
            return code, out.read(), err.read()

    def show(self, *words, absent=(), **expected):
        """An answer with these columns and without the others."""
        answer = self.json(words)
        seen = {key: answer.get(key) for key in expected}
        for column in absent:
            if column in answer:
                self.walk.wrong(self.name, _line(words), f"has {column}", f"no {column}")
        self.walk.check(self.name, _line(words), seen, expected)
        return answer

    def list(self, *words, column="name", expected):
        """Exactly these rows, in this order."""
        rows = self.json(words)
        self.walk.check(self.name, _line(words), [row[column] for row in rows], expected)
        return rows

    def json(self, words):
        code, out, err = self.run(*words, "-f", "json")
        if code != 0:
            self.walk.wrong(self.name, _line(words), f"{code}: {err}", "success")
        return json.loads(out)

    def done(self, *words, says):
        code, out, err = self.run(*words)
        self._compare(words, code, out + err, code == 0 and says in out + err, says)

    def refused(self, *words, says):
        """At one version; what is wrong is so at each."""
        if self.version != "1.2":
            return
        code, out, err = self.run(*words)
        self._compare(words, code, out + err, code != 0 and says in err, f"failure with {says}")

    def _compare(self, words, code, text, right, expected):
        if not right or "Traceback" in text:
            self.walk.wrong(self.name, _line(words), f"{code}: {text}", expected)
        self.walk.step(self.name, _line(words), _short(text))


def walk_cli(walk, version):
    cli = Cli(walk, version)
    first, second = segments(cli)
    hosts(cli, first)
    notifications(cli, first)
    cli.done("segment", "host", "delete", first, "compute-4", says="Host deleted: compute-4")
    cli.refused("segment", "host", "delete", first, "compute-4", says="404")
    cli.done("segment", "delete", first, second, says=f"Segment deleted: {second}")
    cli.done("segment", "delete", first, says="404")
    cli.refused("segment", "show", first, says="Segment is not found")
    cli.refused("segment", "host", "list", first, says="404")


def walk_newer(walk):
    """The client does not know that version, says so, and asks for it."""
    Cli(walk, "1.3").done("segment", "list", says="not in supported versions")


def segments(cli):
    enabled = {"is_enabled": True} if cli.version == "1.2" else {}
    old_wire = () if enabled else ("is_enabled",)
    first, second = f"walk-{cli.version}", f"Zwölf {cli.version}"
    create = ("segment", "create")
    made = cli.show(
        *create, first, "auto", "COMPUTE", "--description", "first\nrack",
        name=first, recovery_method="auto", service_type="COMPUTE",
        description="first\nrack", updated_at=None, absent=old_wire, **enabled,
    )
    if enabled:
        cli.show(*create, second, "rh_priority", "x y", "--is_enabled", "False", name=second, is_enabled=False)
        cli.refused(*create, "other", "auto", "C", "--is_enabled", "perhaps", says="perhaps")
    else:
        cli.show(*create, second, "rh_priority", "x y", name=second, description=None, absent=old_wire)
    cli.refused(*create, first, "auto", "COMPUTE", says="409")
    cli.refused(*create, "other", "by_hand", "COMPUTE", says="invalid choice")
    cli.refused(*create, "other ", "auto", "COMPUTE", says="400")
    cli.refused(*create, "x" * 256, "auto", "COMPUTE", says="400")
    cli.refused(*create, "other", "auto", says="required")

    cli.show("segment", "show", first, uuid=made["uuid"])
    cli.show("segment", "show", made["uuid"], name=first, absent=old_wire, **enabled)
    cli.refused("segment", "show", "nowhere", says="Segment is not found")
    cli.refused("segment", "show", NOWHERE, says="Segment is not found")

    listed = ("segment", "list")
    cli.list(*listed, expected=[second, first])
    # the SDK goes on from page to page
    cli.list(*listed, "--limit", "1", "--sort", "name:desc", expected=[first, second])
    cli.list(*listed, "--sort", "name:asc,created_at:asc", expected=[second, first])
    cli.list(*listed, "--marker", str(made["id"] + 1), expected=[first])
    cli.list(*listed, "--filters", "recovery_method=auto;service_type=COMPUTE", expected=[first])
    cli.list(*listed, "--filters", "recovery_method=reserved_host", expected=[])
    if enabled:
        cli.list(*listed, "--filters", "is_enabled=False", expected=[second])
    cli.refused(*listed, "--sort", "colour", says="400")
    cli.refused(*listed, "--sort", "name:up", says="Unknown sort direction")
    cli.refused(*listed, "--marker", "nothing", says="400")
    cli.refused(*listed, "--limit", "many", says="400")
    cli.refused(*listed, "--filters", "auto", says="Malformed parameter")

    update = ("segment", "update")
    off = ("--is_enabled", "False") if enabled else ()
    cli.show(
        *update, first, "--name", f"{first}-b", "--recovery_method", "reserved_host",
        "--service_type", "STORAGE", "--description", "second rack", *off,
        uuid=made["uuid"], name=f"{first}-b", recovery_method="reserved_host",
        service_type="STORAGE", description="second rack", **({"is_enabled": False} if off else {}),
    )
    on = ("--is_enabled", "True") if enabled else ()
    cli.show(*update, made["uuid"], "--name", first, "--recovery_method", "auto", *on, name=first, **enabled)
    cli.show(*update, first, name=first)  # the SDK sends nothing
    cli.refused(*update, first, "--name", second, says="409")
    cli.refused(*update, NOWHERE, "--name", "other", says="No Segment found for")
    return first, second


def hosts(cli, segment):
    create = ("segment", "host", "create")
    made = cli.show(
        *create, "compute-3", "COMPUTE", "SSH", segment, "--reserved", "True", "--on_maintenance", "False",
        name="compute-3", type="COMPUTE", control_attributes="SSH", reserved=True, on_maintenance=False,
    )
    cli.show(*create, "compute-4", "KVM", "IPMI", segment, name="compute-4", reserved=False)
    cli.refused(*create, "compute-3", "COMPUTE", "SSH", segment, says="409")
    cli.refused(*create, "compute-99", "COMPUTE", "SSH", segment, says="400")
    cli.refused(*create, "compute-2", "not a type", "SSH", segment, says="400")
    cli.refused(*create, "compute-2", "COMPUTE", "SSH", NOWHERE, says="404")
    cli.refused(*create, "compute-2", "COMPUTE", "SSH", "nowhere", says="404")
    cli.refused(*create, "compute-2", "COMPUTE", "SSH", segment, "--reserved", "perhaps", says="invalid choice")

    cli.show("segment", "host", "show", segment, "compute-3", uuid=made["uuid"])
    cli.show(
        "segment", "host", "show", segment, made["uuid"],
        name="compute-3", failover_segment_id=made["failover_segment_id"],
    )
    cli.refused("segment", "host", "show", segment, "compute-2", says="Segment host is not found")
    cli.refused("segment", "host", "show", NOWHERE, made["uuid"], says="Segment host is not found")

    listed = ("segment", "host", "list", segment)
    cli.list(*listed, expected=["compute-4", "compute-3"])
    cli.list(*listed, "--limit", "1", "--sort", "name:asc", expected=["compute-3", "compute-4"])
    cli.list(*listed, "--filters", "reserved=True;on_maintenance=False", expected=["compute-3"])
    cli.list(*listed, "--filters", "type=KVM", expected=["compute-4"])
    cli.list(*listed, "--filters", f"failover_segment_id={made['failover_segment_id']}",
             expected=["compute-4", "compute-3"])
    cli.refused(*listed, "--filters", "reserved=perhaps", says="400")
    cli.refused(*listed, "--marker", "nothing", says="400")
    cli.refused("segment", "host", "list", "nowhere", says="404")

    update = ("segment", "host", "update")
    cli.show(
        *update, segment, "compute-3", "--reserved", "False", "--on_maintenance", "True",
        "--name", "compute-2", "--type", "KVM", "--control_attributes", "IPMI",
        uuid=made["uuid"], name="compute-2", type="KVM", control_attributes="IPMI",
        reserved=False, on_maintenance=True,
    )
    cli.show(*update, segment, made["uuid"], "--name", "compute-3", name="compute-3", on_maintenance=True)
    cli.show(*update, segment, "compute-3", name="compute-3")
    cli.refused(*update, segment, "compute-3", "--name", "compute-4", says="409")
    cli.refused(*update, segment, "compute-3", "--name", "compute-99", says="400")
    cli.refused(*update, segment, NOWHERE, "--type", "KVM", says="No Host found for")


def notifications(cli, segment):
    create = ("notification", "create")
    process = json.dumps({"event": "STOPPED", "process_name": f"ntpd-{cli.version}"})
    cli.refused(*create, "PROCESS", "compute-3", _now(), process, says="409")
    cli.show("segment", "host", "update", segment, "compute-3", "--on_maintenance", "False", on_maintenance=False)

    old_wire = ("recovery_workflow_details",) if cli.version == "1.0" else ()
    made = cli.show(
        *create, "PROCESS", "compute-3", _now(), process,
        type="PROCESS", payload=json.loads(process), absent=old_wire,
    )
    cli.refused(*create, "PROCESS", "compute-3", _now(), process, says="409")
    started = cli.show(
        *create, "COMPUTE_HOST", "compute-3", "2026-01-01 01:00:00+02:00",
        json.dumps({"event": "STARTED", "host_status": "NORMAL", "cluster_status": "ONLINE"}),
        type="COMPUTE_HOST", generated_time="2025-12-31T23:00:00.000000",
    )
    guest = cli.show(
        *create, "VM", "compute-4", _now(),
        json.dumps({"event": "LIFECYCLE", "instance_uuid": NOWHERE, "vir_domain_event": "STOPPED_SHUTDOWN"}),
        type="VM",
    )
    for words in (
        ("PROCESS", "compute-99", _now(), process),
        ("PROCESS", "compute-3", "yesterday", process),
        ("PROCESS", "compute-3", _now(), process.replace("STOPPED", "stopped")),
        ("PROCESS", "compute-3", _now(), '{"event": "STOPPED"}'),
        ("VM", "compute-3", _now(), process),
        ("COMPUTE_HOST", "compute-3", _now(), "[]"),
    ):
        cli.refused(*create, *words, says="400")
    cli.refused(*create, "COMPUTE_HOST", "compute-3", _now(), "{", says="")
    cli.refused(*create, "RACK", "compute-3", _now(), process, says="invalid choice")

    show = ("notification", "show")
    wait("its end", 30, lambda: cli.json([*show, made["notification_uuid"]])["status"] == "finished")
    done = cli.show(*show, made["notification_uuid"], status="finished", absent=old_wire)
    if not old_wire:
        cli.walk.check(cli.name, "its recovery_workflow_details",
                       {(task["state"], task["progress"]) for task in done["recovery_workflow_details"]}, {("SUCCESS", 1.0)})
    wait("its end", 30, lambda: cli.json([*show, guest["notification_uuid"]])["status"] == "ignored")
    cli.show(*show, guest["notification_uuid"], status="ignored")
    wait("its end", 30, lambda: cli.json([*show, started["notification_uuid"]])["status"] != "new")
    cli.refused(*show, NOWHERE, says="Notification not found")

    listed = ("notification", "list", "--filters")
    of_host = f"source_host_uuid={made['source_host_uuid']}"
    both = [started["notification_uuid"], made["notification_uuid"]]
    uuids = {"column": "notification_uuid"}
    cli.list(*listed, of_host, expected=both, **uuids)
    cli.list(*listed, of_host, "--limit", "1", "--sort", "created_at:asc", expected=both[::-1], **uuids)
    cli.list(*listed, f"{of_host};type=PROCESS;status=finished", expected=both[1:], **uuids)
    cli.list(*listed, f"{of_host};generated-since={_ago(days=1)}", expected=both[1:], **uuids)
    cli.list(*listed, "status=none", expected=[], **uuids)
    cli.refused(*listed, "generated-since=yesterday", says="400")
    cli.refused("notification", "list", "--sort", "colour", says="400")


def _now():
    return _ago(days=0)


def _ago(**time):
    return (datetime.now(timezone.utc) - timedelta(**time)).replace(tzinfo=None).isoformat(timespec="seconds")


def _line(words):
    return _short(" ".join(words))


def _short(text):
    text = re.sub(r"([0-9a-f]{8})-[0-9a-f-]{27}", r"\1…", text)
    return re.sub(r"(.{120}).+", r"\1…", " ".join(text.split()))
