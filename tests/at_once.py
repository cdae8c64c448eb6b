"""Does several acts at the same moment, each on a connection of its own, as people on several nodes would."""

import threading
from collections.abc import Callable

from django.db import connections


def together(acts: list[Callable[[], object]], refused: type[Exception]) -> list[object]:
    """Do all acts at once, each in a thread; return what each gave, or the ``refused`` it met, in no order.

    Any other exception is told by pytest as one of a thread, and one answer is missing: then this fails.
    """
    start = threading.Barrier(len(acts))
    came: list[object] = []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            came.append(act())
        except refused as refusal:
            came.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == len(acts)
    return came
