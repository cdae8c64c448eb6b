"""The people of a story, for tests of whole paths: members who sign in, callers, and conversations between them."""

import itertools
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from chat import actions as chat
from chat.saying import Saying
from consent import actions as consent
from consent import texts
from roster import actions as roster
from roster.models import Member, Organisation, Role
from roster.second_factor import make_session
from triage import actions as triage
from triage.models import Contact

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
    }
    member = Member.objects.create(**plain | fields)
    if ready:
        roster.set_ready(member)
    return member


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
    contact = triage.open_contact("es-PE", **given)
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


def say(contact: Contact, text: str, member: Member | None = None) -> None:
    """Let the caller, or a member, say something in a conversation."""
    chat.say(
        Saying(
            contact_id=contact.pk,
            by="volunteer" if member else "caller",
            client_id=str(uuid.uuid4()),
            text=text,
            member_id=member.pk if member else None,
        )
    )


def make_ended(member: Member, *words: str) -> Contact:
    """Make a conversation of this member that is over."""
    contact = make_talking(member, *words)
    chat.end_conversation(contact, by="volunteer")
    return contact
