#!/usr/bin/python3
"""Walks Masakari's clients, as Debian 12 has them, against the Ukemi that the catalogue names.

    docker/lab/walk.py [NOTIFICATION]

Needs the OS_* variables of an administrator; a cloud with the hosts compute-1 to compute-4, without
segments, and with a guest on compute-2; root, for a monitor on a host of another name. With the uuid of
the NOTIFICATION of a recovery of compute-1 that has ended well, looks at that alone. Prints a table and
ends at the first wrong answer.
"""

import sys
from glob import glob

from cli import walk_cli, walk_newer
from monitors import PROGRAMS, walk_monitors
from sdk import walk_catalogue, walk_sdk, walk_vmoves
from steps import Walk


def main(notifications):
    walk = Walk()
    try:
        if notifications:
            walk_vmoves(walk, notifications[0])
        else:
            walk_all(walk)
    except Exception as e:
        walk.step("", "the walk", f"STOPPED: {e}")
        walk.end()
        raise
    walk.end()


def walk_all(walk):
    missing = [package for program, package in PROGRAMS.items() if not glob(program)]
    if missing:
        sys.exit("missing: apt-get install --no-install-recommends " + " ".join(missing))
    for version in ("1.0", "1.1", "1.2"):
        walk_cli(walk, version)
    walk_newer(walk)
    for version in (None, "1", "1.0", "1.1", "1.2", "1.3"):
        walk_sdk(walk, version)
    walk_catalogue(walk)
    walk_monitors(walk)


if __name__ == "__main__":
    main(sys.argv[1:])
