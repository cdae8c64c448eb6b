"""Says something in a circle: allowed, numbered, sealed and stored in one transaction; the same id is said once."""

import dataclasses
import uuid

from django.db import transaction

from reflection import entries, live, turns
from reflection.access import seat_in
from reflection.models import Circle, Entry, Membership
from reflection.rooms import ring
from reflection.schedule import today
from roster.models import Member
from wire import clock


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """The entry as its number (``new`` if it was stored just now), or the ``code`` of the refusal."""

    seq: int = 0
    new: bool = False
    code: str = ""


@transaction.atomic
def say(member: Member, circle_id: uuid.UUID, client_id: str, text: str) -> Outcome:
    """Say something in a circle of the member's.

    ``client_id`` is a canonical UUID string, ``text`` trimmed already. Raises NotYours, and NotSealed when no key of
    the circle can be made: then nothing is stored, and it may be said again.
    """
    circle = Circle.objects.select_for_update(no_key=True).filter(pk=circle_id).first()
    seat = seat_in(member, circle_id)
    if circle is None:
        return Outcome(code="not_yours")
    said_before = Entry.objects.filter(circle=circle, client_id=client_id).select_related("turn__key").first()
    if said_before is not None:
        return _again(said_before, seat, member)
    refusal = live.speech_refused(seat)
    if refusal:
        return Outcome(code=refusal)
    return _store(circle, seat, member, uuid.UUID(client_id), text)


def _again(entry: Entry, seat: Membership, member: Member) -> Outcome:
    """Answer what was said before under this id; somebody else's id is a bad field."""
    said = entries.opened(entry, member.holder)
    return Outcome(seq=entry.seq) if said is not None and said.by == seat.pk else Outcome(code="bad_field")


def _store(circle: Circle, seat: Membership, member: Member, client_id: uuid.UUID, text: str) -> Outcome:
    day = today(clock.now())
    turn, key = turns.in_force(circle, member.holder, day)
    seq = circle.last_seq + 1
    said = entries.Said(seat.pk, "" if seat.anonymous else member.alias, text)
    gathering = live.under_way(circle.pk)
    Entry.objects.create(
        circle=circle,
        seq=seq,
        client_id=client_id,
        turn=turn,
        gathering=gathering,
        words=entries.seal(key, circle.pk, seq, client_id, said),
        said_on=day,
    )
    Circle.objects.filter(pk=circle.pk).update(last_seq=seq)
    if gathering is not None:
        live.note_spoken(gathering, seat)
    ring(circle.pk)
    return Outcome(seq=seq, new=True)
