"""Runs a module as a program that has the core only while nobody else wants it (``python comes_last.py MODULE``).

From its first line on: a reader that took its modules in at everybody's pace held up whoever wrote meanwhile.
"""

import contextlib
import os
import runpy
import sys
from pathlib import Path


def come_last() -> None:
    """Take what others leave of the core, from now on, wherever the system can tell."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError):  # where Linux shares the core out by sessions, not by processes (sched(7))
        os.setsid()
        Path("/proc/self/autogroup").write_text("19")


if __name__ == "__main__":
    if hasattr(os, "SCHED_IDLE"):
        come_last()
    sys.path[0] = str(Path.cwd())  # where ``python -m`` would have looked, and not beside this file
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
