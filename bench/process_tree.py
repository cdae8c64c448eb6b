"""The CPU and the memory of a system under test: its processes, their children, and those of its servers; its core."""

import contextlib
from collections.abc import Iterable

import psutil


def _processes(roots: Iterable[int]) -> list[psutil.Process]:
    found: dict[int, psutil.Process] = {}
    for pid in roots:
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            found |= {process.pid: process for process in (root, *root.children(recursive=True))}
    return list(found.values())


def cpu(roots: Iterable[int]) -> float:
    """Return the seconds of CPU that all of them have used so far, with those of children that have ended."""
    used = 0.0
    for process in _processes(roots):
        with contextlib.suppress(psutil.NoSuchProcess):
            used += sum(process.cpu_times()[:4])  # user, system, and both of ended children
    return used


def memory(roots: Iterable[int]) -> int:
    """Return the bytes that all of them hold, what they share counted once (PSS)."""
    held = 0
    for process in _processes(roots):
        with contextlib.suppress(psutil.Error):
            held += process.memory_full_info().pss
    return held


def core(number: int) -> float:
    """Return the seconds that anybody has used of one core so far."""
    times = psutil.cpu_times(percpu=True)[number]
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)  # guests count as user too
