"""Runs a module as a program that has the core only while nobody else wants it: ``python comes_last.py MODULE``.

From its first line on: a reader that took its modules in at everybody's pace held up whoever wrote meanwhile.

Linux shares the core out by sessions first, then among the processes of each (sched(7), autogroup). Within its session
what comes last gives way at once; to other sessions only when a slice ends, or, since 6.12, to whoever asks for shorter
ones. So it asks for the longest, and stays in the session of the node where the node is all that serves; where a
database serves as well, it goes ``apart``, into a session that comes last among them.
"""

import contextlib
import ctypes
import os
import runpy
import struct
import sys
from pathlib import Path

APART = "apart"
LONGEST_SLICE = 100_000_000  # nanoseconds
#: The system call for which Python has no name yet, and what it takes (sched_setattr(2)).
SET_ATTRIBUTES = {"x86_64": 314, "aarch64": 274}.get(os.uname().machine)
ATTRIBUTES = struct.Struct("IIQiIQQQ")  # size, policy, flags, nice, priority, slice, and two that are not for this


def come_last(*, apart: bool) -> None:
    """Take what others leave of the core, from now on, wherever the system can tell."""
    if SET_ATTRIBUTES:
        asked = ATTRIBUTES.pack(ATTRIBUTES.size, os.SCHED_BATCH, 0, 0, 0, LONGEST_SLICE, 0, 0)
        ctypes.CDLL(None).syscall(SET_ATTRIBUTES, 0, asked, 0)
    with contextlib.suppress(PermissionError):  # a sandbox: at everybody's pace is better than not at all
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # which keeps the slice
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
