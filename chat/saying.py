"""Writes a batch of messages in one transaction: all that arrived while the last one ran (group commit)."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from chat.models import Message, Speaker
from chat.sealing import MESSAGE_BUCKET, message_context
from chat.transcript import Spoken, spoken
from triage import actions as triage
from triage.models import Contact, ContactState
from vault.actions import CaseKey, case_key_for
from vault.errors import CannotOpen

CALLER_MAY_SAY = frozenset({ContactState.WAITING, ContactState.TALKING, ContactState.ASLEEP})
#: The columns of a contact, its key and its volunteer that a message asks for.
NEEDED = (
    "state",
    "last_seq",
    "key__state",
    "key__sealed_share",
    "key__commitment",
    "volunteer__alias",
)
VOLUNTEER_MAY_SAY = frozenset({ContactState.TALKING, ContactState.ASLEEP})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody wants to say; ``client_id`` is a canonical UUID string, ``text`` is trimmed already."""

    contact_id: uuid.UUID
    by: str
    client_id: str
    text: str
    member_id: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """Either ``spoken`` (``new`` if it was stored just now), or the ``code`` of the refusal, or ``busy``."""

    spoken: Spoken | None = None
    new: bool = False
    code: str = ""
    field: str = ""
    busy: bool = False


@dataclasses.dataclass(slots=True)
class _Room:
    """One contact during a batch."""

    contact: Contact
    key: CaseKey
    known: dict[str, Message]
    now: datetime.datetime
    fresh: list[Message] = dataclasses.field(default_factory=list)
    said: dict[str, Spoken] = dataclasses.field(default_factory=dict)
    speakers: set[str] = dataclasses.field(default_factory=set)  # the columns that say when each side spoke last


def _not_allowed(contact: Contact, saying: Saying) -> str:
    """Return the code of the refusal, or nothing."""
    if saying.by == Speaker.CALLER:
        return "" if contact.state in CALLER_MAY_SAY else "not_open"
    if contact.volunteer_id != saying.member_id:
        return "not_yours"
    return "" if contact.state in VOLUNTEER_MAY_SAY else "not_open"


def _repeated(room: _Room, saying: Saying) -> Outcome | None:
    """Answer a message that was said already under this id; the other side's id is a bad field."""
    earlier = room.said.get(saying.client_id)
    if earlier is None and saying.client_id in room.known:
        earlier = spoken(room.known[saying.client_id], room.key)
    if earlier is None:
        return None
    if (earlier.by, earlier.member_id) != (saying.by, saying.member_id):
        return Outcome(code="bad_field", field="id")
    return Outcome(spoken=earlier)


def _store(room: _Room, saying: Saying) -> Spoken:
    contact = room.contact
    if saying.by == Speaker.CALLER and contact.state == ContactState.ASLEEP:
        triage.wake(contact)
    contact.last_seq += 1
    client_id = uuid.UUID(saying.client_id)
    context = message_context(contact.pk, contact.last_seq, saying.by, client_id)
    name = contact.volunteer.alias if saying.member_id and contact.volunteer else ""
    room.fresh.append(
        Message(
            contact=contact,
            seq=contact.last_seq,
            client_id=client_id,
            by=saying.by,
            member=saying.member_id,
            name=name,
            text=room.key.seal(context, saying.text.encode(), pad_to=MESSAGE_BUCKET),
            at=room.now,
        )
    )
    room.speakers.add("caller_said_at" if saying.by == Speaker.CALLER else "volunteer_said_at")
    return Spoken(
        contact.pk, contact.last_seq, saying.client_id, saying.by, name, saying.text, room.now, saying.member_id
    )


def _say(room: _Room, saying: Saying) -> Outcome:
    repeated = _repeated(room, saying)
    if repeated is not None:
        return repeated
    refusal = _not_allowed(room.contact, saying)
    if refusal:
        return Outcome(code=refusal)
    said = _store(room, saying)
    room.said[saying.client_id] = said
    return Outcome(spoken=said, new=True)


def _rooms(batch: list[Saying], *, wait: bool) -> dict[uuid.UUID, _Room]:
    """Lock and read the contacts of a batch; without ``wait``, those locked elsewhere are left out."""
    skip = connection.features.has_select_for_update_skip_locked and not wait
    ids = {saying.contact_id for saying in batch}
    locking = Contact.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip).select_related(
        "key", "volunteer"
    )
    # Only what is needed is read, and the rows are locked before anything else: who waited for a lock must see what
    # its holder stored.
    contacts = list(locking.only(*NEEDED).filter(pk__in=ids).order_by("pk"))
    known: dict[uuid.UUID, dict[str, Message]] = {}
    client_ids = {saying.client_id for saying in batch}
    for row in Message.objects.filter(contact_id__in=ids, client_id__in=client_ids).order_by():
        known.setdefault(row.contact_id, {})[str(row.client_id)] = row
    now = timezone.now()
    rooms = {}
    for contact in contacts:
        try:
            rooms[contact.pk] = _Room(contact, case_key_for(contact.key), known.get(contact.pk, {}), now)
        except CannotOpen:
            continue  # blocked or destroyed: nobody says anything there any more
    return rooms


def _write(rooms: Iterable[_Room]) -> None:
    """Insert the messages; bring the contacts up to date, all those alike in one statement."""
    changed = [room for room in rooms if room.fresh]
    Message.objects.bulk_create([message for room in changed for message in room.fresh])
    alike: dict[tuple[int, frozenset[str]], list[_Room]] = {}
    for room in changed:
        alike.setdefault((len(room.fresh), frozenset(room.speakers)), []).append(room)
    for (count, speakers), group in alike.items():
        spoke = dict.fromkeys(speakers, group[0].now)
        Contact.objects.filter(pk__in=[room.contact.pk for room in group]).update(
            last_seq=F("last_seq") + count, **spoke
        )


def commit(batch: list[Saying], *, wait: bool = False) -> list[Outcome]:
    """Store a batch in one transaction and return one outcome for each, in order.

    An outcome is ``busy`` when its contact's row is locked elsewhere and ``wait`` is false: try that one again alone,
    so that one locked row never holds up the other conversations. Raises django.db.DatabaseError when nothing was
    stored.
    """
    with transaction.atomic():
        rooms = _rooms(batch, wait=wait)
        gone = Outcome(code="not_yours") if wait else Outcome(busy=True)
        outcomes = [_say(rooms[saying.contact_id], saying) if saying.contact_id in rooms else gone for saying in batch]
        _write(rooms.values())
    return outcomes
