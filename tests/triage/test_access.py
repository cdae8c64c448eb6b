"""Who reaches which contact."""

import uuid
from typing import Any

import pytest

from hotline.sessions import SessionStore
from triage import access, actions
from triage.errors import NotYours
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")


def session_with(**values: Any) -> SessionStore:
    """Return a session that holds these values."""
    session = SessionStore()
    session.update(values)
    return session


def test_a_session_leads_to_its_own_contact(asked: Contact) -> None:
    assert access.contact_of(session_with(contact=str(asked.pk))) == asked


@pytest.mark.parametrize("session", [{}, {"contact": "nonsense"}, {"contact": None}, {"contact": str(uuid.uuid4())}])
def test_a_session_without_a_known_contact_leads_nowhere(session: dict[str, Any]) -> None:
    assert access.contact_of(session_with(**session)) is None


def test_a_member_reaches_the_contacts_they_lead_also_after_the_end(make_waiting: Any, make_volunteer: Any) -> None:
    contact, member = make_waiting(), make_volunteer()
    actions.assign_by_hand(contact, member)
    assert access.contact_for(member, contact.pk) == contact
    actions.end(contact, by="volunteer", ending="talked")
    assert access.contact_for(member, contact.pk) == contact


def test_anothers_contact_an_unknown_and_a_withdrawn_one_are_refused_alike(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact, member = make_waiting(), make_volunteer()
    actions.assign_by_hand(contact, member)
    for who, contact_id in ((make_volunteer(), contact.pk), (member, uuid.uuid4())):
        with pytest.raises(NotYours):
            access.contact_for(who, contact_id)
    actions.withdraw(contact)
    with pytest.raises(NotYours):
        access.contact_for(member, contact.pk)
