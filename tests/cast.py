"""The people of a story, for tests of whole paths: members who sign in, callers, and conversations between them."""

import datetime
import itertools
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import timezone

from chat import actions as chat
from chat.saying import Saying
from consent import actions as consent
from consent import texts
from consent.models import ConsentReceipt
from roster import actions as roster
from roster.circles import keep_circles
from roster.models import Member, Organisation, Role
from roster.second_factor import make_session
from triage import actions as triage
from triage.models import Contact
from vault import actions as vault
from vault.models import DataKey

NUMBERS = itertools.count()


def make_member(role: str = Role.VOLUNTEER, alias: str = "", *, ready: bool = False, **fields: Any) -> Member:
    """Make one member who may do everything their role may; ``ready`` volunteers take callers."""
    number = next(NUMBERS)
    organisation, _new = Organisation.objects.get_or_create(name="Ensayo")
    plain = {
        "email": f"m{number}@ensayo.pe",
        "alias": alias or f"{role}{number}",
        "full_name": f"{role}{number}",
        "role": role,
        "organisation": organisation,
        "licence_number": str(10_000 + number),
        "licence_checked_on": timezone.localdate(),
        "trained_on": timezone.localdate(),
    }
    member = Member.objects.create(**plain | fields)
    give_keys(member)
    if ready:
        roster.set_ready(member)
    return member


def give_keys(member: Member) -> None:
    """In stage B, let a member open what is sealed to them and their circle, as if they had just signed in."""
    unlocked = vault.keys_for_rehearsal(member.pk, member.role)
    if unlocked:
        member.holder = vault.person(member.pk, unlocked)
        keep_circles()


def browser_of(member: Member) -> Client:
    """Return a browser in which this member is signed in, with both cookies."""
    client = Client()
    for pair in make_session(member).split("; "):
        name, value = pair.split("=", 1)
        client.cookies[name] = value
    return client


def make_waiting(answers: dict[str, str] | None = None, **given: Any) -> Contact:
    """Make one caller who agreed, answered and waits."""
    text = texts.current()
    decisions = {purpose.code: True for purpose in text.purposes}
    contact = triage.open_contact("es-PE", holder=vault.Caller(str(uuid.uuid4())), **given)
    triage.agree(contact, consent.give(text=text, decisions=decisions, age_band="unsaid", action="test"))
    triage.answer(contact, answers or {})
    return contact


def make_talking(member: Member, *words: str, answers: dict[str, str] | None = None) -> Contact:
    """Make a conversation of this member with a caller who said these words."""
    contact = make_waiting(answers, rehearsal=member.rehearsal)
    triage.assign_by_hand(contact, member)
    roster.renew_lease(member.pk)
    for text in words:
        say(contact, text)
    return contact


def by_caller(contact: Contact, text: str = "hola", client_id: str = "") -> Saying:
    """Return what a caller wants to say; it is not said yet."""
    return Saying(contact_id=contact.pk, by="caller", client_id=client_id or str(uuid.uuid4()), text=text)


def by_volunteer(contact: Contact, member: Member, client_id: str = "") -> Saying:
    """Return what a volunteer wants to say; it is not said yet."""
    given = client_id or str(uuid.uuid4())
    return Saying(contact_id=contact.pk, by="volunteer", client_id=given, text="te leo", member_id=member.pk)


def say(contact: Contact, text: str, member: Member | None = None) -> None:
    """Let the caller, or a member, say something in a conversation."""
    chat.say(
        Saying(
            contact_id=contact.pk,
            by="volunteer" if member else "caller",
            client_id=str(uuid.uuid4()),
            text=text,
            member_id=member.pk if member else None,
            holder=member.holder if member else contact.holder,
        )
    )


def make_ended(member: Member, *words: str) -> Contact:
    """Make a conversation of this member that is over."""
    contact = make_talking(member, *words)
    chat.end_conversation(contact, by="volunteer")
    return contact


def make_crowd(count: int, levels: str = "ABCDE", seen: datetime.datetime | None = None) -> None:
    """Let many wait, of these levels in turn; rows alone, as their keys say nothing here."""
    now = timezone.now()
    receipt = ConsentReceipt.objects.create(version="x", language="es-PE", digest="x", given_at=now, action="test")
    keys = [DataKey(commitment=b"", created_on=now.date()) for _number in range(count)]
    DataKey.objects.bulk_create(keys)
    Contact._base_manager.bulk_create(
        Contact(
            state="waiting",
            urgency=levels[number % len(levels)],
            language="es-PE",
            key=key,
            consent=receipt,
            opened_at=now,
            queued_at=now - datetime.timedelta(seconds=number),
            caller_seen_at=seen or now,
        )
        for number, key in enumerate(keys)
    )


def seconds_of(act: Callable[[], object], turns: int = 7) -> float:
    """Return the time of this thread that an act usually takes (others' work beside it does not count)."""
    taken = []
    for _turn in range(turns):
        start = time.thread_time()
        act()
        taken.append(time.thread_time() - start)
    return sorted(taken)[turns // 2]
