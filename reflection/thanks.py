"""Notes of thanks between colleagues, sealed to who is thanked; nobody counts them, and nobody is ranked."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable

from django.db import models, transaction

from reflection import journal, spaces
from reflection.models import OwnSpace, Thanks
from reflection.own_errors import NoThanksTaken, NothingWritten, TooLong
from reflection.spaces import Opened
from roster.models import Member, Role
from vault import actions as vault
from vault.actions import Context
from vault.errors import CannotOpen

LIMIT = 500  # code points
BUCKET = 1024  # bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """A note in the clear: of which day, from whom («» when they did not say), and its words."""

    id: uuid.UUID
    day: datetime.date
    name: str
    text: str
    hidden: bool


def note_context(note: uuid.UUID) -> Context:
    """Return what a note is bound to."""
    return Context(purpose="thanks", table="reflection_thanks", column="note", record=str(note))


def colleagues(member: Member) -> "models.QuerySet[Member]":
    """Return who can be thanked: colleagues in force who have a space and take notes, by name."""
    found = Member.objects.filter(
        own_space__takes_thanks=True,
        is_active=True,
        role__in=(Role.VOLUNTEER, Role.SUPERVISOR),
        rehearsal=member.rehearsal,
    )
    return found.exclude(pk=member.pk).order_by("alias")


@transaction.atomic
def give(sender: Member, to: uuid.UUID, text: str, *, day: datetime.date, named: bool, with_copy: bool = False) -> None:
    """Leave a colleague a note of thanks; who wrote it stands nowhere but within it, and there only if ``named``.

    ``with_copy`` keeps it as a page of the sender's own journal too, if they have one. Of an unsigned note no copy is
    kept: two rows that came together would say whose it was.

    Raises NothingWritten, TooLong, NoThanksTaken, or SpaceShut.
    """
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise NothingWritten
    if len(words) > LIMIT:
        raise TooLong(LIMIT)
    colleague = colleagues(sender).filter(pk=to).first()
    space = spaces.of(colleague) if colleague else None
    if colleague is None or space is None:
        raise NoThanksTaken
    row = Thanks(space=space, key=vault.issue_line_key())
    told = {"day": day.isoformat(), "name": sender.alias if named else "", "text": words}
    row.note = spaces.seal(space, note_context(row.pk), told, key=row.key, pad_to=BUCKET)
    row.save(force_insert=True)
    own = spaces.of(sender) if named and with_copy else None
    if own is not None:
        journal.keep_thanks(own, colleague.alias, words, day=day)


def received(opened: Opened) -> list[Note]:
    """Return the notes of a space that open, the newest first; the hidden ones too."""
    found = (_read(opened, row) for row in opened.space.thanks.select_related("key"))
    return sorted((one for one in found if one), key=lambda one: one.day, reverse=True)


def _read(opened: Opened, row: Thanks) -> Note | None:
    try:
        told = opened.read(note_context(row.pk), bytes(row.note), row.key)
    except CannotOpen:
        return None
    return Note(row.pk, datetime.date.fromisoformat(told["day"]), told["name"], told["text"], row.hidden)


def see(opened: Opened, notes: Iterable[Note]) -> None:
    """Note that these were shown to who was thanked: from then on none of them waits."""
    opened.space.thanks.filter(pk__in=[one.id for one in notes], seen=False).update(seen=True)


def hide(opened: Opened, note: uuid.UUID, *, hidden: bool) -> bool:
    """Put a note away, or show it again; say whether there was one."""
    return bool(opened.space.thanks.filter(pk=note).update(hidden=hidden))


@transaction.atomic
def delete(opened: Opened, note: uuid.UUID) -> bool:
    """Delete a note for good: the row goes, and its key is destroyed; say whether there was one."""
    row = opened.space.thanks.filter(pk=note).first()
    if row is None:
        return False
    row.delete()
    spaces.destroy_after_commit([row.key_id])
    return True


def waits(space: OwnSpace) -> bool:
    """Say whether there is any note that was not read yet; how many nobody is told."""
    return space.thanks.filter(hidden=False, seen=False).exists()
