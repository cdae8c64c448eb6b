"""What is said in a circle, sealed with who said it; and what its members read of it."""

import dataclasses
import json
import uuid
from typing import NamedTuple

from reflection.models import Circle, Entry, Membership
from vault import actions as vault
from vault.actions import CaseKey, Context, Holder, case_key_for
from vault.errors import CannotOpen, Damaged

BUCKET = 256  # bytes; lengths inside a bucket look alike
AT_ONCE = 100  # entries of one answer


class Said(NamedTuple):
    """Who said what: a seat by its number, the name it was said under (nothing: anonymously), the words."""

    by: int
    name: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """One entry as a member reads it; ``said`` is None where their keys do not open it."""

    seq: int
    client_id: str
    on: str  # the day, as YYYY-MM-DD
    said: Said | None
    live: bool


def entry_context(circle_id: uuid.UUID, seq: int, client_id: uuid.UUID) -> Context:
    """Return what an entry's words are bound to: circle, number, the client's id."""
    return Context(
        purpose="reflection",
        table="reflection_entry",
        column="words",
        record=str(circle_id),
        extra=(str(seq), str(client_id)),
        number=seq,
    )


def seal(key: CaseKey, circle_id: uuid.UUID, seq: int, client_id: uuid.UUID, said: Said) -> bytes:
    """Return the sealed words of an entry, and who said them."""
    content = json.dumps(said._asdict(), ensure_ascii=False).encode()
    return key.seal(entry_context(circle_id, seq, client_id), content, pad_to=BUCKET)


def opened(entry: Entry, holder: Holder) -> Said | None:
    """Return who said what in an entry whose turn and key were read with it; None where it does not open."""
    try:
        key = case_key_for(entry.turn.key, holder)
        context = entry_context(entry.circle_id, entry.seq, entry.client_id)
        return Said(**json.loads(key.unseal(context, bytes(entry.words))))
    except Damaged:
        vault.note_damaged("entry", f"{entry.circle_id}:{entry.seq}")
        return None  # one damaged row harms no other
    except CannotOpen:
        return None


def after(seat: Membership, number: int, holder: Holder, most: int = AT_ONCE) -> list[Heard]:
    """Return up to ``most`` entries above a number that this seat may read, in order: none from before it was taken."""
    rows = Entry.objects.filter(circle=seat.circle_id, seq__gt=number, turn__number__gte=seat.from_turn)
    return [_heard(row, holder) for row in rows.select_related("turn__key").order_by("seq")[:most]]


def latest(seat: Membership, holder: Holder, most: int = AT_ONCE, *, before: int | None = None) -> list[Heard]:
    """Return the last entries that this seat may read, in order; with ``before``, the last below that number."""
    rows = Entry.objects.filter(circle=seat.circle_id, turn__number__gte=seat.from_turn)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    newest = list(rows.select_related("turn__key").order_by("-seq")[:most])
    return [_heard(row, holder) for row in reversed(newest)]


def any_before(seat: Membership, number: int) -> bool:
    """Say whether there are entries below a number that this seat may read."""
    return Entry.objects.filter(circle=seat.circle_id, turn__number__gte=seat.from_turn, seq__lt=number).exists()


def _heard(entry: Entry, holder: Holder) -> Heard:
    said = opened(entry, holder)
    on = entry.said_on.isoformat()
    return Heard(entry.seq, str(entry.client_id), on, said, live=entry.gathering_id is not None)


def last_of(circle_id: uuid.UUID) -> int:
    """Return the number of the last entry of a circle, 0 before the first and where there is none."""
    return Circle.objects.filter(pk=circle_id).values_list("last_seq", flat=True).first() or 0


def note_context(circle_id: uuid.UUID, member_id: uuid.UUID) -> Context:
    """Return what somebody's note to themselves is bound to."""
    return Context("own", "reflection_ownnote", "words", str(circle_id), extra=(str(member_id),))
