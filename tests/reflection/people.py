"""Circles and those who sit in them, for the tests of these rooms."""

import datetime
import uuid

from reflection import actions, entries, speaking
from reflection.access import seat_in
from reflection.actions import Charter
from reflection.models import Circle, Gathering, Membership
from reflection.schedule import Wish
from reflection.speaking import Outcome
from roster.models import Member, Role
from tests.cast import make_member
from wire import clock

#: What founds a circle that meets three times; the day is whoever posts it's to say.
FORM = {
    "name": "Martes",
    "kind": "balint",
    "size": "8",
    "life_days": "14",
    "minutes": "90",
    "every": "2",
    "count": "3",
    "hour": "19:30",
}
MINUTE, HOUR, DAY = datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1)


def soon(days: float = 1) -> datetime.datetime:
    """Return a full hour some days ahead."""
    return (clock.now() + days * DAY).replace(minute=0, second=0, microsecond=0)


def found(leader: Member | None = None, *, kind: str = "reflection", size: int = 5, **given: object) -> Circle:
    """Found a circle that meets tomorrow."""
    charter = Charter(name="Martes", kind=kind, size=size, **given)  # type: ignore[arg-type]
    return actions.found(leader or make_member(Role.SUPERVISOR), charter, Wish(soon(), 60))


def leader_of(circle: Circle) -> Member:
    """Return who leads a circle; in stage B they open nothing, as nobody knows their keys here."""
    return Membership.objects.get(circle=circle, leads=True).member


def join(circle: Circle, *members: Member) -> None:
    """Let members take their seats."""
    for member in members:
        actions.sign_up(member, circle.pk)


def begin(circle: Circle) -> Gathering:
    """Let the circle's gathering begin now."""
    gathering = circle.gatherings.get()
    Gathering.objects.filter(pk=gathering.pk).update(starts_at=clock.now())
    return gathering


def say(member: Member, circle: Circle, text: str, client_id: str = "") -> Outcome:
    """Say something, under a fresh id unless one is given."""
    return speaking.say(member, circle.pk, client_id or str(uuid.uuid4()), text)


def read(member: Member, circle: Circle) -> list[str | None]:
    """Return what a member reads in a circle: words, or None where their keys do not open them."""
    seat = seat_in(member, circle.pk)
    return [one.said.text if one.said else None for one in entries.after(seat, 0, member.holder)]
