"""Callers, volunteers and a clock for the tests of triage."""

import datetime
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from consent import actions as consent
from consent import texts
from consent.models import ConsentReceipt
from roster import actions as roster
from roster.models import Member, Organisation, Role
from triage import actions
from triage.models import Contact, Offer

NUMBERS = itertools.count()
Maker = Callable[..., Any]


def _receipt(age_band: str = "unsaid") -> ConsentReceipt:
    text = texts.current()
    return consent.give(
        text=text, decisions={purpose.code: True for purpose in text.purposes}, age_band=age_band, action="test"
    )


@pytest.fixture
def make_receipt() -> Callable[..., ConsentReceipt]:
    """Return a maker of fresh consents to everything; the age band, if told."""
    return _receipt


@pytest.fixture
def make_volunteer() -> Maker:
    """Return a maker of ready volunteers with a checked licence."""

    def make(*, ready: bool = True, **fields: Any) -> Member:
        number = next(NUMBERS)
        organisation, _new = Organisation.objects.get_or_create(name="Ensayo")
        plain = {
            "email": f"v{number}@ensayo.pe",
            "alias": f"V{number}",
            "full_name": f"V{number}",
            "role": Role.VOLUNTEER,
            "organisation": organisation,
            "licence_checked_on": timezone.localdate(),
            "trained_on": timezone.localdate(),
        }
        member = Member.objects.create(**plain | fields)
        if ready:
            roster.set_ready(member)
        return member

    return make


@pytest.fixture
def asked() -> Contact:
    """Return a contact before its questions."""
    contact = actions.open_contact("es-PE")
    actions.agree(contact, _receipt())
    return contact


@pytest.fixture
def make_waiting() -> Maker:
    """Return a maker of waiting contacts; columns by name, ``waited`` in seconds."""

    def make(*, waited: int = 0, rehearsal: bool = False, **columns: Any) -> Contact:
        contact = actions.open_contact("es-PE", rehearsal=rehearsal)
        actions.agree(contact, _receipt())
        actions.answer(contact, {})
        queued = timezone.now() - datetime.timedelta(seconds=waited)
        Contact.objects.filter(pk=contact.pk).update_noted(queued_at=queued, **columns)
        contact.refresh_from_db()
        return contact

    return make


@pytest.fixture
def offered_to() -> Maker:
    """Return how to find the members to whom a contact is offered now."""

    def find(contact: Contact) -> set[Any]:
        return set(Offer.objects.filter(contact=contact, state="open").values_list("member_id", flat=True))

    return find


@pytest.fixture
def rosa(make_volunteer: Any) -> Member:
    """Return a ready volunteer."""
    member: Member = make_volunteer(alias="Rosa")
    return member


@pytest.fixture
def luis(make_volunteer: Any) -> Member:
    """Return another one."""
    member: Member = make_volunteer(alias="Luis")
    return member


@pytest.fixture
def talk(make_waiting: Any, rosa: Member) -> Contact:
    """Return a conversation of Rosa's."""
    contact = make_waiting()
    actions.assign_by_hand(contact, rosa)
    return Contact.objects.select_related("key", "volunteer").get()
