#!/usr/bin/python3
"""Walks Masakari's clients, as Debian 12 has them, against the Ukemi that the catalogue names.

    docker/lab/walk.py [clients | monitors | dashboard | NOTIFICATION]

Needs the OS_* variables of an administrator; a cloud with the hosts compute-1 to compute-4, without
segments, and with a guest on compute-2. The monitors need their packages, libvirt, qemu and Pacemaker; root,
for hosts of other names; and LAB_DIRECTORY, the directory of the lab's tool, for a host that dies. The dashboard
needs Horizon and a browser, leaves its pictures in target/dashboard, and is not part of all. With the uuid of
the NOTIFICATION of a recovery of compute-1 that has ended well, looks at that alone. Prints a table and ends
at the first wrong answer.
"""

import sys
from glob import glob

import cluster
import dashboard
import monitors
from cli import walk_cli, walk_newer
from sdk import walk_catalogue, walk_sdk, walk_vmoves
from steps import Walk


def main(part="all"):
    walk = Walk()
    try:
        if part in ("all", "clients"):
            walk_clients(walk)
        if part in ("all", "monitors"):
            require(monitors.PROGRAMS | cluster.PROGRAMS)
            monitors.walk_monitors(walk)
        if part == "dashboard":
            require(dashboard.PROGRAMS)
            dashboard.walk_dashboard(walk)
        if part not in ("all", "clients", "monitors", "dashboard"):
            walk_vmoves(walk, part)
    except Exception as e:
        walk.step("", "the walk", f"STOPPED: {e}")
        walk.end()
        raise
    walk.end()


def require(programs):
    missing = [package for program, package in programs.items() if not glob(program)]
    if missing:
        sys.exit("missing: apt-get install --no-install-recommends " + " ".join(missing))


def walk_clients(walk):
    for version in ("1.0", "1.1", "1.2"):
        walk_cli(walk, version)
    walk_newer(walk)
    for version in (None, "1", "1.0", "1.1", "1.2", "1.3"):
        walk_sdk(walk, version)
    walk_catalogue(walk)


if __name__ == "__main__":
    main(*sys.argv[1:])
