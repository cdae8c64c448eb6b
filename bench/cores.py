"""Which core belongs to whom: one to the whole system under test, another to the load generator."""

import contextlib
import os
import resource
import sys
from collections.abc import Iterator

from bench.errors import CannotMeasure


def two() -> tuple[int, int]:
    """Return the cores of the system under test and of the generator. Raises CannotMeasure with fewer than two."""
    if sys.platform != "linux":
        message = "Measuring needs Linux, where a process can be kept to one core."
        raise CannotMeasure(message)
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        message = "Measuring needs two cores, one for the system under test and one for the load; this machine has one."
        raise CannotMeasure(message)
    return cores[0], cores[1]


@contextlib.contextmanager
def on(*cores: int) -> Iterator[None]:
    """Have whatever is started meanwhile, and all that it starts, keep to these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def allow_sockets(needed: int) -> None:
    """Let this process and those it starts open ``needed`` sockets each. Raises CannotMeasure where they may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = needed + 500  # files, databases and pipes beside them
    if hard != resource.RLIM_INFINITY and hard < wanted:
        message = f"A process may open {hard} files here and {wanted} are needed; try: ulimit -n {wanted}"
        raise CannotMeasure(message)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
