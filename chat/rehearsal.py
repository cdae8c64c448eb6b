"""Puts rehearsal callers and volunteers into conversations of an installation made for rehearsing, and removes them."""

import datetime
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat.models import Draft, Message
from chat.seats import session_of
from consent import actions as consent
from consent import texts
from consent.models import ConsentDecision, ConsentReceipt
from roster import actions as roster
from roster.models import Member, Organisation, Role
from roster.second_factor import make_session
from triage import actions as triage
from triage.access import give_secret, holder_in
from triage.models import Contact, ContactEvent, Offer
from vault import actions as vault
from wire import clock

REHEARSAL = "rehearsal"  # how such a consent was given
LEASE = 24 * 60 * 60  # seconds for which a rehearsal volunteer counts as there, and a caller until they connect


def make_member(role: str) -> Member:
    """Make one marked member of staff who may do everything their role may."""
    organisation, _new = Organisation.objects.get_or_create(name="Ensayo")
    name = f"ensayo-{uuid.uuid4().hex[:12]}"
    member = Member(
        email=f"{name}@ensayo.invalid",
        alias="Ensayo",
        full_name=name,
        role=role,
        organisation=organisation,
        licence_number="00000",
        licence_checked_on=timezone.localdate(),
        trained_on=timezone.localdate(),
        rehearsal=True,
    )
    member.set_unusable_password()
    member.save()
    return member


def ready_volunteer() -> Member:
    """Make one marked volunteer who takes contacts."""
    member = make_member(Role.VOLUNTEER)
    roster.set_ready(member)
    roster.renew_lease(member.pk, seconds=LEASE)
    return member


def waiting_caller() -> tuple[Contact, str]:
    """Make one marked caller who has consented, skipped the questions and waits; return it with its cookie."""
    text = texts.current()
    decisions = {purpose.code: purpose.required for purpose in text.purposes}
    session = session_of({})
    give_secret(session)
    contact = triage.open_contact(language="es-PE", rehearsal=True, holder=holder_in(session))
    triage.agree(contact, consent.give(text=text, decisions=decisions, age_band="unsaid", action=REHEARSAL))
    triage.answer(contact, {})
    connects_until = clock.now() + datetime.timedelta(seconds=LEASE)
    Contact.objects.filter(pk=contact.pk).update(caller_seen_at=connects_until)
    session["contact"] = str(contact.pk)
    session.create()
    return contact, f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@transaction.atomic
def make_pair() -> dict[str, object]:
    """Make one conversation under way; return what a program needs to speak as each side."""
    contact, cookie = waiting_caller()
    volunteer = make_member(Role.VOLUNTEER)
    roster.renew_lease(volunteer.pk, seconds=LEASE)
    signed_in = make_session(volunteer)
    triage.assign_by_hand(contact, volunteer)
    return {"contact": str(contact.pk), "caller": {"cookie": cookie}, "volunteer": {"cookie": signed_in}}


@transaction.atomic
def make_waiting() -> dict[str, object]:
    """Leave one caller waiting."""
    contact, cookie = waiting_caller()
    return {"contact": str(contact.pk), "caller": {"cookie": cookie}}


@transaction.atomic
def make_ready() -> dict[str, object]:
    """Add one ready volunteer without a conversation."""
    return {"volunteer": {"cookie": make_session(ready_volunteer())}}


@transaction.atomic
def make_supervisor() -> dict[str, object]:
    """Add one supervisor."""
    return {"supervisor": {"cookie": make_session(make_member(Role.SUPERVISOR))}}


def forget_contacts(contacts: QuerySet[Contact]) -> int:
    """Delete contacts that were rehearsed or practised, with all rows about them and their keys; return how many.

    What conversations left in cases goes first: ``cases.rehearsal`` does both.
    """
    rows = list(contacts.filter(rehearsal=True).values_list("pk", "key_id", "consent_id"))
    ids, receipts = [row[0] for row in rows], [row[2] for row in rows]
    with transaction.atomic():
        for model in (Message, Draft, Offer, ContactEvent):
            model._base_manager.filter(contact__in=ids).delete()  # noqa: SLF001  append-only guards aside
        Contact._base_manager.filter(pk__in=ids).delete()  # noqa: SLF001  and those of what the history follows
        ConsentDecision._base_manager.filter(receipt__in=receipts).delete()  # noqa: SLF001
        ConsentReceipt.objects.filter(pk__in=receipts).delete()
    for _contact, key_id, _receipt in rows:
        vault.destroy_key(key_id)
    return len(rows)


def clear() -> int:
    """Remove everything that was rehearsed below the cases; return the number of contacts removed."""
    count = forget_contacts(Contact.objects.filter(practice_for=None))
    with transaction.atomic():
        roster.remove_rehearsal_members()
    return count
