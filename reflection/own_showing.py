"""What the front page shows of a member's own space: whether they have one, and whether a note of thanks waits."""

from typing import Any

from reflection import spaces, thanks
from roster.models import Member


def own(member: Member) -> dict[str, Any]:
    """Return what the sections of journal, check-in and thanks show; never how many of anything."""
    space = spaces.of(member)
    return {"space": space, "thanks_wait": space is not None and thanks.waits(space)}
