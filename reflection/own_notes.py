"""What somebody writes down for themselves in a circle: sealed to them alone, theirs also after they have left."""

import uuid

from django.db import transaction

from reflection.access import seat_in
from reflection.entries import BUCKET, note_context
from reflection.errors import NotSealed, NotYours
from reflection.models import OwnNote
from reflection.schedule import today
from roster.models import Member
from vault import actions as vault
from vault.actions import case_key_for
from vault.errors import CannotOpen
from wire import clock

LONGEST = 4_000  # code points


@transaction.atomic
def save(member: Member, circle_id: uuid.UUID, text: str) -> None:
    """Keep a note to oneself, in place of the one before; an empty one is taken away.

    Raises NotYours without a seat there, and NotSealed when it could not be sealed: then the one before stands.
    """
    seat_in(member, circle_id)
    note = OwnNote.objects.filter(circle=circle_id, member=member).select_related("key").first()
    if not text:
        if note is not None:
            _throw_away(note)
        return
    try:
        row = note.key if note else vault.issue_shared([member.pk], by=member.holder)
        key = case_key_for(row, member.holder)
    except CannotOpen:
        raise NotSealed from None
    sealed = key.seal(note_context(circle_id, member.pk), text.encode(), pad_to=BUCKET)
    values = {"key": row, "words": sealed, "saved_on": today(clock.now())}
    OwnNote.objects.update_or_create(circle_id=circle_id, member=member, defaults=values)


def read(note: OwnNote, member: Member) -> str | None:
    """Return the words of a note whose key was read with it; None where the member's keys do not open it."""
    try:
        key = case_key_for(note.key, member.holder)
        return key.unseal(note_context(note.circle_id, member.pk), bytes(note.words)).decode()
    except CannotOpen:
        return None


def of(member: Member) -> list[tuple[OwnNote, str | None]]:
    """Return a member's notes to themselves, of every circle they were ever in, with their words."""
    rows = OwnNote.objects.filter(member=member).select_related("circle", "key").order_by("-saved_on", "pk")
    return [(note, read(note, member)) for note in rows]


@transaction.atomic
def throw_away(member: Member, note_id: int) -> None:
    """Destroy one of one's own notes. Raises NotYours."""
    note = OwnNote.objects.filter(pk=note_id, member=member).first()
    if note is None:
        raise NotYours
    _throw_away(note)


@transaction.atomic
def throw_all_away(member_id: uuid.UUID) -> None:
    """Destroy all notes of a member to themselves."""
    for note in OwnNote.objects.filter(member=member_id):
        _throw_away(note)


def _throw_away(note: OwnNote) -> None:
    vault.block_key(note.key_id)
    note.delete()
