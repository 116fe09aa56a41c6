"""Masakari's monitors of compute-2: a guest dies, a libvirtd does not come back, then the whole host is lost."""

import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from cluster import Node
from sdk import HOST, connect
from steps import wait

LAB = os.environ.get("LAB_DIRECTORY", "../shared/lab") + "/lab"

PROGRAMS = {
    "/usr/bin/masakari-processmonitor": "python3-masakari-monitors",
    "/usr/sbin/libvirtd": "libvirt-daemon",
    "/usr/bin/virsh": "libvirt-clients",
    "/usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so": "libvirt-daemon-driver-qemu",
    "/usr/bin/qemu-system-x86_64": "qemu-system-x86",
}

SETTINGS = """
[DEFAULT]
hostname = compute-2
log_file = {folder}/monitor.log
[api]
auth_url = {auth_url}
username = walk-monitors
password = walk
project_name = service
user_domain_name = Default
project_domain_name = Default
[libvirt]
connection_uri = qemu:///session
[process]
check_interval = 1
restart_retries = 1
restart_interval = 1
process_list_path = {folder}/processes.yaml
[host]
monitoring_interval = 1
pacemaker_node_type = cluster
corosync_multicast_interfaces = lo
corosync_multicast_ports = 5405
disable_ipmi_check = True
[masakarimonitors_privileged]
helper_command = privsep-helper
"""

PROCESSES = """
- process_name: /usr/sbin/libvirtd
  start_command: /bin/true
  pre_start_command:
  post_start_command:
  restart_command: /bin/false
  pre_restart_command:
  post_restart_command:
  run_as_root: False
"""

DOMAIN = """
<domain type="qemu">
  <name>guest</name>
  <uuid>{uuid}</uuid>
  <memory unit="MiB">32</memory>
  <os><type arch="x86_64">hvm</type></os>
  <devices><memballoon model="none"/></devices>
</domain>
"""


def walk_monitors(walk):
    cloud = connect()
    segment = cloud.instance_ha.create_segment(name="monitored", recovery_method="auto", service_type="COMPUTE")
    host = cloud.instance_ha.create_host(segment_id=segment.uuid, name="compute-2", **HOST)
    user = notifier(cloud)
    site = Site(walk, cloud, segment.uuid, host.uuid)
    try:
        instance_monitor(site)
        process_monitor(site)
        host_monitor(site)
    except Exception:
        for log in site.folder.glob("*.log"):
            print(log.read_text())
        raise
    finally:
        cloud.identity.delete_user(user)
        shutil.rmtree(site.folder)
    cloud.instance_ha.delete_segment(segment.uuid, ignore_missing=False)


def notifier(cloud):
    """A user who may report failures and nothing else, as a compute node should have."""
    identity = cloud.identity
    project = identity.find_project("service", ignore_missing=False)
    role = identity.find_role("ukemi-notifier") or identity.create_role(name="ukemi-notifier")
    user = identity.find_user("walk-monitors") or identity.create_user(name="walk-monitors", domain_id="default")
    identity.update_user(user, password="walk", default_project_id=project.id)
    identity.assign_project_role_to_user(project, user, role)
    return user


class Site:
    """compute-2: a folder with the monitors' settings, a user to run as, and what Ukemi knows of it."""

    def __init__(self, walk, cloud, segment, host):
        self.walk = walk
        self.cloud = cloud
        self.ha = cloud.instance_ha
        self.segment = segment
        self.host_uuid = host
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "processes.yaml").write_text(PROCESSES)
        (self.folder / "monitor.conf").write_text(
            SETTINGS.format(folder=self.folder, auth_url=cloud.config.auth["auth_url"]))
        # else it would leave a daemon for its logs behind
        (self.folder / "libvirt").mkdir()
        (self.folder / "libvirt/qemu.conf").write_text('stdio_handler = "file"\n')
        # libvirt's user session, which needs neither rights nor the machine's cgroups
        self.user = ["env", f"HOME={self.folder}", f"XDG_CONFIG_HOME={self.folder}", f"XDG_CACHE_HOME={self.folder}",
                     f"XDG_RUNTIME_DIR={self.folder}"]
        if os.getuid() == 0:
            self.user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *self.user]
            subprocess.run(["chown", "-R", "nobody", self.folder], check=True)

    def log(self):
        log = self.folder / "monitor.log"
        return log.read_text() if log.exists() else ""

    def notifications(self, kind):
        return list(self.ha.notifications(source_host_uuid=self.host_uuid, type=kind))

    def ended(self, notification):
        """Its status, when it has ended."""
        number = notification.notification_uuid
        return wait("its end", 90, lambda: (
            lambda status: status not in ("new", "running", "error") and status)(self.ha.get_notification(number).status))

    def on_maintenance(self):
        return self.ha.get_host(self.host_uuid, segment_id=self.segment).on_maintenance

    def service(self):
        return next(self.cloud.compute.services(host="compute-2", binary="nova-compute")).status


class Daemon:
    """Runs while its block does."""

    def __init__(self, *command):
        self.command = command

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(30)


def instance_monitor(site):
    client = "masakari-instancemonitor"
    guest = next(site.cloud.compute.servers(all_projects=True, host="compute-2"), None)
    if guest is None:
        raise RuntimeError("no guest on compute-2")
    site.cloud.compute.set_server_metadata(guest, HA_Enabled="True")
    domain = site.folder / "guest.xml"
    domain.write_text(DOMAIN.format(uuid=guest.id))

    def virsh(*words):
        return subprocess.run([*site.user, "virsh", "-q", "-c", "qemu:///session", *words],
                              check=True, capture_output=True, text=True).stdout

    def socket():
        return (site.folder / "libvirt/libvirt-sock").exists()

    with Daemon(*site.user, "/usr/sbin/libvirtd"):
        wait("libvirtd", 20, socket)
        with Daemon(*site.user, "masakari-instancemonitor", "--config-file", f"{site.folder}/monitor.conf"):
            virsh("create", str(domain))
            pid = int((site.folder / "libvirt/qemu/run/guest.pid").read_text())
            # by then it listens
            wait("the monitor's start", 20, lambda: "Starting" in site.log())
            os.kill(pid, 9)
            sent = wait("the report of the guest", 40, lambda: site.notifications("VM"))
            site.walk.check(client, "reports a guest whose qemu was killed", [n.payload for n in sent], [
                {"event": "LIFECYCLE", "instance_uuid": guest.id, "vir_domain_event": "STOPPED_FAILED"}])
            site.walk.check(client, "its notification", site.ended(sent[0]), "finished")
            virsh("create", str(domain))
            virsh("destroy", "guest")
            sent = wait("the report of the shut down", 40, lambda: site.notifications("VM")[:-1])
            site.walk.check(client, "reports a guest that was shut down", [n.payload["vir_domain_event"] for n in sent],
                            ["STOPPED_DESTROYED"])
            site.walk.check(client, "its notification", site.ended(sent[0]), "ignored")
    # newest first; Debian's SDK has no call that works
    actions = site.cloud.compute.get(f"/servers/{guest.id}/os-instance-actions").json()["instanceActions"]
    seen = [action["action"] for action in actions[:2]], site.cloud.compute.get_server(guest).status
    site.walk.check(client, "the guest in Nova", seen, (["start", "stop"], "ACTIVE"))


def process_monitor(site):
    client = "masakari-processmonitor"
    # it reports the name of the machine it runs on, and looks at all processes there
    monitor = ("unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
               f"hostname compute-2 && exec masakari-processmonitor --config-file {site.folder}/monitor.conf")
    with Daemon(*monitor):
        sent = wait("the report of the process", 40, lambda: site.notifications("PROCESS"))
    site.walk.check(client, "reports a process that it can't restart", [n.payload for n in sent],
                    [{"event": "STOPPED", "process_name": "libvirtd"}])
    site.walk.check(client, "its notification", site.ended(sent[0]), "finished")
    site.walk.check(client, "its host", (site.on_maintenance(), site.service()), (True, "disabled"))

    with Daemon(*monitor):
        wait("its second report", 40, lambda: "have been already sent" in site.log())
    site.walk.step(client, "reports the same after its restart", "409, not sent again")
    site.walk.check(client, "notifications of the process", len(site.notifications("PROCESS")), 1)

    site.ha.create_notification(
        type="PROCESS", hostname="compute-2", generated_time=datetime.now(timezone.utc),
        payload={"event": "STARTED", "process_name": "libvirtd"})
    wait("the host in service", 60, lambda: site.service() == "enabled" and not site.on_maintenance())
    site.walk.step(client, "libvirtd is reported back", "the host is enabled and off maintenance")


def host_monitor(site):
    client = "masakari-hostmonitor"
    compute = site.cloud.compute
    guests = list(compute.servers(all_projects=True, host="compute-2"))
    begun = len(site.log())

    def log():
        return site.log()[begun:]

    def sent(event):
        return wait(f"the report of the host, {event}", 60, lambda: next(
            (n for n in site.notifications("COMPUTE_HOST") if n.payload["event"] == event), None))

    with Node("control", site.folder) as control:
        with Node("compute-2", site.folder):
            wait("the cluster", 90, lambda: control.sees_online("control", "compute-2"))
        # fencing is Ukemi's
        control.run("crm_attribute", "--name", "stonith-enabled", "--update", "false")
        wait("the loss of the node", 60, lambda: control.sees_online("control"))
        with Daemon(*control.inside("masakari-hostmonitor", "--config-file", f"{site.folder}/monitor.conf")):
            wait("the monitor's start", 60, lambda: "status is 'offline'" in log())
            with Node("compute-2", site.folder):
                started = sent("STARTED")
                site.walk.check(client, "reports a node that has joined Pacemaker's cluster", started.payload,
                                {"event": "STARTED", "cluster_status": "ONLINE", "host_status": "NORMAL"})
                site.walk.check(client, "its notification", site.ended(started), "finished")
                subprocess.run([LAB, "kill-host", "compute-2"], check=True, stdout=subprocess.DEVNULL)
            stopped = sent("STOPPED")
            site.walk.check(client, "reports it when it has lost power", stopped.payload,
                            {"event": "STOPPED", "cluster_status": "OFFLINE", "host_status": "NORMAL"})
            site.walk.check(client, "its notification", site.ended(stopped), "finished")
            now = [compute.get_server(guest) for guest in guests]
            site.walk.check(client, "the host's guests: their status, and whether they are still there",
                            {(guest.status, guest.compute_host == "compute-2") for guest in now}, {("ACTIVE", False)})
            with Node("compute-2", site.folder), Daemon(LAB, "start-host", "compute-2"):
                wait("its second report", 60, lambda: "have been already sent" in log())
            site.walk.step(client, "reports it back, a host on maintenance", "409, not sent again")
        site.walk.check(client, "the host, which nobody has returned", (site.on_maintenance(), site.service()),
                        (True, "disabled"))
        site.walk.check(client, "notifications of the host", len(site.notifications("COMPUTE_HOST")), 2)
    complaints = [line for line in log().splitlines() if re.search("ERROR|TRACE|Retry", line)]
    site.walk.check(client, "tries again and errors in its log", complaints, [])
