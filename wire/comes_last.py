"""Runs a module as a program that has the core only while nobody else wants it: ``python comes_last.py MODULE``.

From its first line on: a reader that took its modules in at everybody's pace held up whoever wrote meanwhile.

Linux shares the core out by sessions first, then among the processes of each (sched(7), autogroup). Within its session
what comes last gives way at once; to other sessions only after a slice of some milliseconds. So it stays in that of
the node where the node is all that serves; where a database serves as well, it goes ``apart``, into a session that
comes last among them.
"""

import contextlib
import os
import runpy
import sys
from pathlib import Path

APART = "apart"


def come_last(*, apart: bool) -> None:
    """Take what others leave of the core, from now on, wherever the system can tell."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    if not apart:
        os.setpgrp()  # who stops the node from its terminal does not stop the reading of last words
        return
    with contextlib.suppress(OSError):  # a Linux without autogroup
        os.setsid()
        Path("/proc/self/autogroup").write_text("19")


if __name__ == "__main__":
    if hasattr(os, "SCHED_IDLE"):
        come_last(apart=APART in sys.argv[2:])
    sys.path[0] = str(Path.cwd())  # where ``python -m`` would have looked, and not beside this file
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
