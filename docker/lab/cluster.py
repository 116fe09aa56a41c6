"""A Pacemaker cluster of two nodes on this machine, each in namespaces of its own; needs root."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

from steps import wait

PROGRAMS = {
    "/usr/sbin/corosync": "corosync",
    "/usr/sbin/pacemakerd": "pacemaker",
    "/usr/sbin/crm_mon": "pacemaker-cli-utils",
    "/usr/bin/tcpdump": "tcpdump",
}

COROSYNC = """
totem {
  version: 2
  cluster_name: walk
  transport: knet
}
logging {
  to_stderr: yes
  to_logfile: no
  to_syslog: no
}
quorum {
  provider: corosync_votequorum
  two_node: 1
}
nodelist {
  node {
    name: control
    nodeid: 1
    ring0_addr: 127.0.0.2
  }
  node {
    name: compute-2
    nodeid: 2
    ring0_addr: 127.0.0.3
  }
}
"""

# Sockets as files, which libqb makes in /tmp: abstract ones would be seen by the other node.
NODE = """
set -e
name=$1 folder=$2
hostname "$name"
own=$folder/$name
mkdir -p "$own"
mount -t tmpfs tmpfs "$own"
cp -a /etc /var/lib/pacemaker "$own"
mount --bind "$own/etc" /etc
mount --bind "$own/pacemaker" /var/lib/pacemaker
mkdir -p /etc/libqb
touch /etc/libqb/force-filesystem-sockets
cp "$folder/corosync.conf" /etc/corosync/corosync.conf
for dir in /run /dev/shm /var/lib/corosync /var/log; do
  mount -t tmpfs tmpfs "$dir"
done
mkdir -p /run/crm /var/log/pacemaker
chown hacluster:haclient /run/crm /var/log/pacemaker
mount --bind "$folder" /mnt
mount -t tmpfs tmpfs /tmp
mkdir -p "$folder"
mount --bind /mnt "$folder"
corosync -f &
exec pacemakerd
"""


class Node:
    """Runs while its block does, and ends as by a loss of power."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder
        (folder / "corosync.conf").write_text(COROSYNC)

    def __enter__(self):
        with (self.folder / f"{self.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc",
                 "sh", "-c", NODE, "node", self.name, self.folder],
                stdout=log, stderr=log)
        self.first = wait(f"the node {self.name}", 10, self._child)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(30)

    def _child(self):
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().strip()

    def inside(self, *command):
        """The same command, as on this node."""
        return ["nsenter", "--target", self.first, "--mount", "--uts", "--ipc", "--pid", "--", *command]

    def run(self, *command):
        done = subprocess.run(self.inside(*command), capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else None

    def sees_online(self, *names):
        """Whether these and no others are members of its cluster."""
        answer = self.run("crm_mon", "-X")
        if answer is None:
            return False
        nodes = ElementTree.fromstring(answer).iterfind("nodes/node")
        return {node.get("name") for node in nodes if node.get("online") == "true"} == set(names)
