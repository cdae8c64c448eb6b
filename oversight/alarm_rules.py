"""When an alarm about a waiting contact is due, and how grave each is; pure, so that it can be read and signed off."""

from collections.abc import Mapping

from oversight.models import AlarmKind
from triage.queue import STRICT, TARGETS

WARN_AT = 0.8  # share of the target after which a wait is marked
SECOND_AFTER = 60  # seconds after which a second person is told of an emergency that waits
EMERGENCY = "A"

#: Those that call somebody: sound on the board, mail and hook. The others are only shown.
PAGES = frozenset(AlarmKind) - {AlarmKind.SOON}
#: Of several about one contact the first one here is shown; one that is seen, all below it are seen with it.
GRAVEST_FIRST = (
    AlarmKind.RESCUE,
    AlarmKind.NOBODY_READY,
    AlarmKind.SECOND,
    AlarmKind.EMERGENCY,
    AlarmKind.LOST,
    AlarmKind.LATE,
    AlarmKind.SOON,
)


def due(urgency: str, waited: float, *, lost: bool, targets: Mapping[str, int] = TARGETS) -> set[AlarmKind]:
    """Return which alarms hold for somebody of this level who has waited so many seconds.

    ``lost``: they wait because the connection with their volunteer broke. Levels and seconds as proposed for the
    clinical lead's signature: an emergency pages at 0 s and a second person at 60 s; every level warns at 80 % of its
    target and pages at the whole of it.
    """
    kinds = set()
    if urgency == EMERGENCY:
        kinds.add(AlarmKind.EMERGENCY)
        if waited >= SECOND_AFTER:
            kinds.add(AlarmKind.SECOND)
    if waited >= WARN_AT * targets[urgency]:
        kinds.add(AlarmKind.SOON)
    if waited >= targets[urgency]:
        kinds.add(AlarmKind.LATE)
    if lost and urgency in STRICT:
        kinds.add(AlarmKind.LOST)
    return kinds
