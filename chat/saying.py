"""Writes a batch of messages in one transaction: all that arrived while the last one ran (group commit)."""

import dataclasses
import datetime
import uuid

from django.db import DatabaseError, connection, transaction

from chat.foreseen import FORESEEN, OPEN
from chat.line_voice import line_says
from chat.models import Message, Speaker
from chat.rows import Fresh, Place, PostgreSQL, Rows, rows
from chat.sealing import MESSAGE_BUCKET, message_context
from chat.transcript import Spoken, spoken
from triage import actions as triage
from triage.handovers import companion_name
from triage.models import Contact, ContactState
from vault import actions as vault
from vault.actions import LINE, CaseKey, Holder
from vault.errors import CannotOpen, KeyUnavailable
from wire import clock

CALLER_MAY_SAY = frozenset({ContactState.WAITING, ContactState.TALKING, ContactState.ASLEEP})
VOLUNTEER_MAY_SAY = frozenset({ContactState.TALKING, ContactState.ASLEEP})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody wants to say; ``client_id`` is a canonical UUID string, ``text`` is trimmed already."""

    contact_id: uuid.UUID
    by: str
    client_id: str
    text: str
    member_id: uuid.UUID | None = None
    holder: Holder = LINE  # whoever says it, as one who opens the contact's key


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

    place: Place
    key: CaseKey
    now: datetime.datetime
    fresh: list[Fresh] = dataclasses.field(default_factory=list)
    said: dict[str, Spoken] = dataclasses.field(default_factory=dict)  # under these client ids, now or before
    woke: Contact | None = None  # whose volunteer cannot go on with whoever woke: they wait
    slept: bool = False  # until somebody spoke in this batch


def _not_allowed(place: Place, saying: Saying) -> str:
    """Return the code of the refusal, or nothing."""
    if saying.by == Speaker.CALLER:
        if place.state not in CALLER_MAY_SAY:
            return "not_open"
        return "bad_field" if vault.holds_return_code(saying.text) else ""
    if place.volunteer_id != saying.member_id and companion_name(place.contact_id, saying.member_id) is None:
        return "not_yours"
    return "" if place.state in VOLUNTEER_MAY_SAY else "not_open"


def _repeated(room: _Room, saying: Saying) -> Outcome | None:
    """Answer a message that was said already under this id; the other side's id is a bad field."""
    earlier = room.said.get(saying.client_id)
    if earlier is None:
        return None
    if (earlier.by, earlier.member_id) != (saying.by, saying.member_id):
        return Outcome(code="bad_field", field="id")
    return Outcome(spoken=earlier)


def _note_speaker(room: _Room, saying: Saying) -> None:
    """Keep when each side spoke last; a caller who speaks wakes the conversation."""
    if saying.by != Speaker.CALLER:
        room.place.volunteer_said_at = room.now
        return
    room.place.caller_said_at = room.now
    if room.place.state == ContactState.ASLEEP:
        room.slept = True
        contact = Contact.objects.get(pk=room.place.contact_id)
        triage.wake(contact)
        room.place.state, room.place.volunteer_id = contact.state, contact.volunteer_id
        room.woke = contact if contact.state == ContactState.WAITING else None


def _name_of(place: Place, saying: Saying) -> str:
    if not saying.member_id or saying.member_id == place.volunteer_id:
        return place.alias if saying.member_id else ""
    return companion_name(place.contact_id, saying.member_id) or ""


def _store(room: _Room, saying: Saying) -> Spoken:
    _note_speaker(room, saying)
    place, client_id = room.place, uuid.UUID(saying.client_id)
    place.last_seq += 1
    context = message_context(place.contact_id, place.last_seq, saying.by, client_id)
    sealed = room.key.seal(context, saying.text.encode(), pad_to=MESSAGE_BUCKET)
    name = _name_of(place, saying)
    room.fresh.append(
        Fresh(place.contact_id, place.last_seq, client_id, saying.by, saying.member_id, name, sealed, room.now)
    )
    return Spoken(
        place.contact_id, place.last_seq, saying.client_id, saying.by, name, saying.text, room.now, saying.member_id
    )


def _say(room: _Room, saying: Saying) -> Outcome:
    repeated = _repeated(room, saying)
    if repeated is not None:
        return repeated
    refusal = _not_allowed(room.place, saying)
    if refusal:
        return Outcome(code=refusal, field="text" if refusal == "bad_field" else "")
    said = _store(room, saying)
    room.said[saying.client_id] = said
    return Outcome(spoken=said, new=True)


def _key_of(place: Place, holders: dict[uuid.UUID, Holder]) -> CaseKey:
    return vault.key_in_state(place.key_id, place.key_state, holders[place.contact_id])


def _rooms(kept: Rows, batch: list[Saying], *, wait: bool) -> dict[uuid.UUID, _Room]:
    """Lock and read the contacts of a batch; without ``wait``, those locked elsewhere are left out."""
    now, opened = clock.now(), {}
    holders = {saying.contact_id: saying.holder for saying in reversed(batch)}
    for place in kept.lock({saying.contact_id for saying in batch}, wait=wait):
        try:
            opened[place.contact_id] = _Room(place, _key_of(place, holders), now)
        except KeyUnavailable:
            if wait:
                raise  # not sealed to who says it, yet: it is not saved, and may be tried again
        except CannotOpen:
            continue  # blocked or destroyed: nobody says anything there any more
    # The rows are locked before this is read: who waited for a lock must see what its holder stored.
    asked = [(one.contact_id, uuid.UUID(one.client_id)) for one in batch if one.contact_id in opened]
    known = kept.said_before(asked) if asked else []
    for row in Message.objects.filter(pk__in=known) if known else ():
        room = opened[row.contact_id]
        room.said[str(row.client_id)] = spoken(row, room.key)
    return opened


def _write(kept: Rows, changed: list[_Room]) -> None:
    if changed:
        kept.store([message for room in changed for message in room.fresh], [room.place for room in changed])
    for woke in [room.woke for room in changed if room.woke]:
        _say_why_waiting(woke)


def _say_why_waiting(contact: Contact) -> None:
    """Tell a caller who woke and waits again why that is: never are they met by silence."""
    member = contact.earlier
    if member is not None and triage.is_there(member):
        line_says(contact, "hands_full", name=member.alias)
    else:
        line_says(contact, "volunteer_lost")


def _in_one_transaction(batch: list[Saying], *, wait: bool) -> list[Outcome]:
    """Lock, read, number, seal and store, as ``commit`` says."""
    kept, gone = rows(), Outcome(code="not_yours") if wait else Outcome(busy=True)
    with transaction.atomic():
        rooms = _rooms(kept, batch, wait=wait)
        outcomes = [_say(rooms[saying.contact_id], saying) if saying.contact_id in rooms else gone for saying in batch]
        _write(kept, [room for room in rooms.values() if room.fresh])
    for room in rooms.values() if isinstance(kept, PostgreSQL) else ():  # SQLite is asked without a way there and back
        _foresee(room)
    return outcomes


# As foreseen --------------------------------------------------------------------------------------------------------


def _foresee(room: _Room) -> None:
    if room.woke or room.slept:
        FORESEEN.forget(room.place.contact_id)
    else:
        FORESEEN.keep(room.place)


def _own_words(place: Place, saying: Saying) -> bool:
    """Say whether nobody but the two of a conversation under way speaks, so that nothing else need be read."""
    return place.state in OPEN and saying.member_id in {None, place.volunteer_id}


def _as_foreseen(sayings: list[Saying]) -> tuple[Place, _Room, list[Outcome]] | None:
    """Number and seal what is said in one contact as if nothing had changed there; None where that is not known."""
    before = FORESEEN.place(sayings[0].contact_id)
    if before is None or not all(_own_words(before, saying) for saying in sayings):
        return None
    try:
        key = vault.key_in_state(before.key_id, before.key_state, sayings[0].holder)
    except (CannotOpen, KeyUnavailable):
        return None
    room = _Room(dataclasses.replace(before), key, clock.now())
    outcomes = [_say(room, saying) for saying in sayings]
    return (before, room, outcomes) if all(outcome.new for outcome in outcomes) else None


def _where_nothing_changed(kept: PostgreSQL, batch: list[Saying]) -> dict[uuid.UUID, list[Outcome]]:
    """Store what is said where contacts are as foreseen; return the outcomes of each of those contacts, in order."""
    by_contact: dict[uuid.UUID, list[Saying]] = {}
    for saying in batch:
        by_contact.setdefault(saying.contact_id, []).append(saying)
    guessed = [guess for sayings in by_contact.values() if (guess := _as_foreseen(sayings))]
    if not guessed:
        return {}
    messages = [message for _before, room, _outcomes in guessed for message in room.fresh]
    stored = kept.store_foreseen(messages, [(before, room.place) for before, room, _outcomes in guessed])
    for before, room, _outcomes in guessed:
        if before.contact_id in stored:
            FORESEEN.keep(room.place)
        else:
            FORESEEN.forget(before.contact_id)
    return {before.contact_id: outcomes for before, _room, outcomes in guessed if before.contact_id in stored}


# Both ---------------------------------------------------------------------------------------------------------------


def _the_rest(rest: list[Saying], *, alone: bool) -> list[Outcome]:
    """Store what could not be stored as foreseen; its failure must not take along what is stored already."""
    try:
        return _in_one_transaction(rest, wait=False)
    except DatabaseError:
        if alone:
            raise
        return [Outcome(busy=True)] * len(rest)


def commit(batch: list[Saying], *, wait: bool = False) -> list[Outcome]:
    """Store a batch and return one outcome for each, in order: in one transaction, on PostgreSQL mostly one statement.

    There, where a contact is as it was after its last message, nothing needs to be read first; the others follow in a
    transaction. All that is said in one contact goes the same way. An outcome is ``busy`` when its contact's row is
    locked elsewhere and ``wait`` is false: try that one again alone, so that one locked row never holds up the other
    conversations. So it is for a contact whose key is not within reach of who speaks there. Raises
    django.db.DatabaseError when nothing was stored, or, with ``wait``, vault.errors.KeyUnavailable.
    """
    kept = rows()
    if wait or not isinstance(kept, PostgreSQL) or connection.in_atomic_block:
        return _in_one_transaction(batch, wait=wait)
    stored = {contact_id: iter(outcomes) for contact_id, outcomes in _where_nothing_changed(kept, batch).items()}
    rest = [saying for saying in batch if saying.contact_id not in stored]
    others = iter(_the_rest(rest, alone=not stored) if rest else ())
    return [next(stored.get(saying.contact_id, others)) for saying in batch]
