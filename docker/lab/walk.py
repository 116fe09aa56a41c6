#!/usr/bin/python3
"""Walks Masakari's clients, as Debian 12 has them, against the Ukemi that the catalogue names.

The cloud is the one of the OS_* variables, with hosts compute-1 to compute-4 and no segments. The uuid
of a notification may be given, that of a recovery of compute-1 that has ended well. Prints a table and
ends at the first wrong answer.
"""

import os
import sys

from cli import refused_by_the_client, walk_cli
from monitor import DAEMON, walk_monitor
from sdk import walk_catalogue, walk_sdk, walk_vmoves
from steps import Walk


def main(arguments):
    if not os.path.exists(DAEMON):
        sys.exit("missing: apt-get install --no-install-recommends python3-masakari-monitors")
    walk = Walk()
    try:
        for version in ("1.0", "1.1", "1.2"):
            walk_cli(walk, version)
        refused_by_the_client(walk)
        for version in (None, "1", "1.0", "1.1", "1.2", "1.3"):
            walk_sdk(walk, version)
        walk_catalogue(walk)
        for notification in arguments:
            walk_vmoves(walk, notification)
        walk_monitor(walk)
    except Exception:
        walk.end()
        raise
    walk.end()


if __name__ == "__main__":
    main(sys.argv[1:])
