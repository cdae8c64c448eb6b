"""A caller's own words raise attention, and never lower it."""

import uuid
from typing import Any

import pytest

from triage import actions
from triage.models import Contact, ContactEvent
from triage.needs import language_of, needs_of, topics_of

pytestmark = pytest.mark.django_db(databases="__all__")


def fresh(contact: Contact) -> Contact:
    """Return the contact as its row stands."""
    return Contact.objects.get(pk=contact.pk)


def test_who_waits_rises_by_their_words_and_the_story_keeps_it_without_them(make_waiting: Any) -> None:
    contact = make_waiting(urgency="D")
    assert actions.heed_words(contact.pk, "B", ["S2"])
    row = fresh(contact)
    assert (row.urgency, row.marked, row.danger) == ("B", "B", False)
    event = ContactEvent.objects.get(contact=contact, kind="reassessed")
    assert (event.actor, event.detail) == ("line", {"from": "D", "urgency": "B"})
    assert Contact.history.filter(id=contact.pk, urgency="B").exists()


@pytest.mark.parametrize("level", ["C", "D", None])
def test_nothing_is_ever_lowered(make_waiting: Any, level: str | None) -> None:
    contact = make_waiting(urgency="B", marked="B")
    actions.heed_words(contact.pk, level, ["D"])
    assert (fresh(contact).urgency, fresh(contact).marked) == ("B", "B")
    assert not ContactEvent.objects.filter(kind__in=("reassessed", "marked")).exists()


def test_in_a_conversation_words_mark_and_the_level_is_left_to_people(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting(urgency="D")
    actions.assign_by_hand(contact, make_volunteer())
    assert actions.heed_words(contact.pk, "A", ["S5"])
    assert (fresh(contact).urgency, fresh(contact).marked) == ("D", "A")
    assert ContactEvent.objects.get(kind="marked").detail == {"urgency": "A"}
    assert not actions.heed_words(contact.pk, "B", ["S2"])


def test_calm_distress_is_no_mark(make_waiting: Any) -> None:
    contact = make_waiting(urgency="E")
    actions.heed_words(contact.pk, "D", ["D"])
    assert (fresh(contact).urgency, fresh(contact).marked) == ("D", "")


def test_what_somebody_needs_is_kept_for_routing(make_waiting: Any) -> None:
    contact = make_waiting(urgency="C")
    actions.heed_words(contact.pk, None, ["QU"])
    actions.heed_words(contact.pk, "C", ["V"])
    assert fresh(contact).needs == "quechua,violence"


def test_what_is_over_or_unknown_is_left_alone(make_waiting: Any) -> None:
    contact = make_waiting(urgency="D")
    actions.end(contact, by="caller", ending="talked")
    assert not actions.heed_words(contact.pk, "A", ["S5"])
    assert fresh(contact).urgency == "D"


def test_those_to_whom_somebody_rings_hear_that_it_became_graver(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting(urgency="C")
    for _number in range(3):
        make_volunteer()
    actions.route()
    actions.heed_words(contact.pk, "A", ["S5"])
    actions.route()
    assert contact.offers.filter(state="open").count() == 3  # an emergency rings at three


def test_needs_are_skills_and_the_young_are_known_by_their_age() -> None:
    assert needs_of(["V", "X", "S2", "AY"]) == "aymara,violence"
    assert needs_of([], "quechua") == "quechua"
    assert (language_of("aymara,violence"), language_of("violence"), language_of("")) == ("aymara", "", "")
    assert topics_of("quechua,violence", "14_17") == {"violence", "minors"}
    assert topics_of("", "30_59") == frozenset()


def test_only_what_would_change_something_is_worth_heeding(make_waiting: Any, make_volunteer: Any) -> None:
    waits, marked, talks = make_waiting(urgency="D"), make_waiting(urgency="B", marked="B"), make_waiting(urgency="D")
    actions.assign_by_hand(talks, make_volunteer())
    said = [
        (waits, "B", ("S2",)),
        (waits, "D", ("D",)),
        (waits, None, ("QU",)),
        (marked, "B", ("S2",)),
        (marked, "A", ("S5",)),
        (talks, "D", ("D",)),
        (talks, "C", ("V",)),
    ]
    heard = [actions.Heard(contact.pk, level, codes) for contact, level, codes in said]
    gone = actions.Heard(uuid.uuid4(), "A", ("S5",))
    worth = actions.worth_heeding([*heard, gone])
    assert worth == [heard[0], heard[2], heard[4], heard[6]]
    for one in heard:
        assert actions.heed_words(*one) == (one in worth)
