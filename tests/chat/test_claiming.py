"""Claims at the desk: what cannot be committed takes no other claim of its batch with it, and every winner is told."""

import asyncio
import uuid
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from chat import actions as chat
from chat.claiming import CLAIMS, LANE, claim
from chat.models import Message
from roster.models import Member, Role
from tests.cast import make_member, make_waiting, say
from tests.triage.test_race import ring_at
from triage.errors import OfferGone
from triage.models import Contact
from vault import actions as vault
from vault import trail
from vault.errors import KeyUnavailable
from vault.models import Entry, ShareWrap
from wire.writer import NotSaved

in_earnest = pytest.mark.django_db(databases="__all__", transaction=True)


class Broken(vault.Holder):
    """Somebody whose keys make trouble that nobody expects."""

    def share_of(self, key_id: uuid.UUID, read: Any = None) -> bytes:
        """Fail."""
        del key_id, read
        raise ZeroDivisionError


def _claimed(members: list[Member], contacts: list[Contact]) -> list[Any]:
    """Let each member claim the contact of the same place, all at once; return their contacts, or what went wrong."""
    offers = [ring_at(contact, [member])[member.pk].pk for member, contact in zip(members, contacts, strict=True)]

    async def all_at_once() -> list[Any]:
        wanted = (claim(member, offer) for member, offer in zip(members, offers, strict=True))
        found = await asyncio.gather(*wanted, return_exceptions=True)
        await CLAIMS.drain()
        await LANE.run(connections.close_all)
        return found

    return asyncio.run(all_at_once())


@in_earnest
def test_a_claim_that_fails_spoils_no_other_of_its_batch(settings: Settings) -> None:
    settings.STAGE = "B"
    members = [make_member(ready=True) for _number in range(3)]
    contacts = [make_waiting() for _member in members]
    members[1].holder = Broken()
    found = _claimed(members, contacts)
    assert (found[0], found[2]) == (contacts[0].pk, contacts[2].pk)
    assert isinstance(found[1], NotSaved)
    assert Contact.objects.get(pk=contacts[1].pk).state == "waiting"
    assert Entry.objects.filter(act="contact.accept").count() == 2
    assert trail.verify().first_bad is None


@in_earnest
def test_of_three_who_claim_one_caller_one_hears_yes_and_two_hear_that_it_is_gone() -> None:
    members, contact = [make_member(ready=True) for _number in range(3)], make_waiting()
    found = _claimed(members, [contact] * 3)
    assert sorted(str(one) for one in found if not isinstance(one, OfferGone)) == [str(contact.pk)]
    assert sum(isinstance(one, OfferGone) for one in found) == 2
    assert Message.objects.get(contact=contact).line_key == "joined"


@in_earnest
def test_every_key_of_a_batch_is_narrowed_to_its_own_member(settings: Settings) -> None:
    settings.STAGE = "B"
    make_member(Role.SUPERVISOR)
    members = [make_member(ready=True) for _number in range(3)]
    contacts = [make_waiting() for _member in members]
    _claimed(members, contacts)
    for member, contact in zip(members, contacts, strict=True):
        kinds = ShareWrap.objects.filter(key=contact.key_id).order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == ["caller", "circle", "person"]
        assert vault.case_key_for(contact.key, member.holder).key_id == contact.key_id
        for other in members:
            if other != member:
                other.holder.kept.forget_all()
                with pytest.raises(KeyUnavailable):
                    vault.case_key_for(contact.key, other.holder)


@pytest.mark.django_db(databases="__all__")
def test_who_comes_back_to_a_caller_is_announced_as_such() -> None:
    member = make_member(ready=True)
    contact = make_waiting()
    for expected in ("joined", "joined_again"):
        offer = ring_at(contact, [member])[member.pk]
        assert chat.accept_offer(member, offer.pk).pk == contact.pk
        line = Message.objects.filter(contact=contact, by="line").order_by("-seq")[0]
        assert (line.line_key, line.line_params) == (expected, {"name": member.alias})
        assert Contact.objects.get(pk=contact.pk).last_seq == line.seq
        say(contact, "Te leo.", member)
        chat.give_up_conversation(Contact.objects.get(pk=contact.pk), why="volunteer_lost")
