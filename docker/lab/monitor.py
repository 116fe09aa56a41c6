"""Masakari's process monitor on a host whose libvirtd does not come back."""

import json
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from sdk import HOST, connect
from steps import wait

DAEMON = "/usr/bin/masakari-processmonitor"
CLIENT = "masakari-processmonitor"

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

SETTINGS = """
[DEFAULT]
log_file = {folder}/monitor.log
[api]
auth_url = {auth_url}
username = walk-monitors
password = walk
project_name = service
user_domain_name = Default
project_domain_name = Default
[process]
check_interval = 1
restart_retries = 1
restart_interval = 1
api_retry_interval = 2
process_list_path = {folder}/processes.yaml
"""


def walk_monitor(walk):
    cloud = connect()
    ha = cloud.instance_ha
    segment = ha.create_segment(name="monitored", recovery_method="auto", service_type="COMPUTE")
    host = ha.create_host(segment_id=segment.uuid, name="compute-2", **HOST)
    user = notifier(cloud)
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "processes.yaml").write_text(PROCESSES)
        (folder / "monitor.conf").write_text(SETTINGS.format(folder=folder, auth_url=cloud.config.auth["auth_url"]))
        sent = first_report(walk, ha, host, folder)
        taken_out(walk, cloud, segment, host, sent)
        second_report(walk, ha, host, folder)
        back(walk, cloud, segment, host)
    except Exception:
        print((folder / "monitor.log").read_text())
        raise
    finally:
        cloud.identity.delete_user(user)
        shutil.rmtree(folder)
    ha.delete_segment(segment.uuid, ignore_missing=False)


def notifier(cloud):
    """A user who may report failures and nothing else, as a compute node should have."""
    identity = cloud.identity
    project = identity.find_project("service", ignore_missing=False)
    role = identity.find_role("ukemi-notifier") or identity.create_role(name="ukemi-notifier")
    user = identity.find_user("walk-monitors") or identity.create_user(name="walk-monitors", domain_id="default")
    identity.update_user(user, password="walk", default_project_id=project.id)
    identity.assign_project_role_to_user(project, user, role)
    return user


class Monitor:
    """The daemon in namespaces of its own: it reports the name of the machine it runs on, and looks for
    its processes among all of that machine."""

    def __init__(self, folder):
        self.command = ["unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
                        f"hostname compute-2 && exec {DAEMON} --config-file {folder}/monitor.conf"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def first_report(walk, ha, host, folder):
    with Monitor(folder):
        sent = wait("its notification", 40, lambda: list(ha.notifications(source_host_uuid=host.uuid)))
    walk.check(CLIENT, "reports a process that it can't restart", [(n.type, n.payload) for n in sent],
               [("PROCESS", {"event": "STOPPED", "process_name": "libvirtd"})])
    return sent[0].notification_uuid


def taken_out(walk, cloud, segment, host, sent):
    ha = cloud.instance_ha
    wait("its end", 60, lambda: ha.get_notification(sent).status == "finished")
    walk.step(CLIENT, "its notification", "finished")
    walk.check(CLIENT, "its host is on maintenance", ha.get_host(host.uuid, segment_id=segment.uuid).on_maintenance, True)
    walk.check(CLIENT, "its host in Nova", service(cloud).status, "disabled")


def second_report(walk, ha, host, folder):
    """A monitor that is started anew reports the same once more, and takes 409 for an end."""
    log = folder / "monitor.log"
    log.unlink()
    with Monitor(folder):
        wait("its second report", 40, lambda: log.exists() and "have been already sent" in log.read_text())
    walk.step(CLIENT, "reports the same after its restart", "409, not sent again")
    walk.check(CLIENT, "notifications of the host", len(list(ha.notifications(source_host_uuid=host.uuid))), 1)


def back(walk, cloud, segment, host):
    cloud.instance_ha.create_notification(
        type="PROCESS", hostname="compute-2", generated_time=datetime.utcnow(),
        payload={"event": "STARTED", "process_name": "libvirtd"})
    wait("the host in service", 60, lambda: service(cloud).status == "enabled")
    wait("the end of its maintenance", 60, lambda: not cloud.instance_ha.get_host(
        host.uuid, segment_id=segment.uuid).on_maintenance)
    walk.step(CLIENT, "libvirtd is reported back", "the host is enabled and off maintenance")


def service(cloud):
    return next(cloud.compute.services(host="compute-2", binary="nova-compute"))
