"""Levels that people change: who may, what it leaves behind, and what the danger mark needs."""

from collections.abc import Callable

import pytest

from roster.models import Member, Role
from tests.cast import make_member, make_talking, make_waiting
from tests.triage.test_race import stubbornly, together
from triage import actions
from triage.errors import BadAnswers, ChangedMeanwhile, NotAllowed, NotYours, TriageError
from triage.models import Contact, ContactEvent, EventKind
from vault.models import Entry
from wire import doorbell

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def carmen() -> Member:
    """Return a supervisor."""
    return make_member(Role.SUPERVISOR)


@pytest.fixture
def rosa() -> Member:
    """Return the volunteer of the conversation."""
    return make_member(ready=True)


@pytest.fixture
def contact(rosa: Member) -> Contact:
    """Return a conversation of hers at level C."""
    return make_talking(rosa)


def waiting(urgency: str, *, rehearsal: bool = False) -> Contact:
    """Return somebody who waits at a level."""
    one = make_waiting(rehearsal=rehearsal)
    Contact.objects.filter(pk=one.pk).update_noted(urgency=urgency)
    one.refresh_from_db()
    return one


@pytest.mark.parametrize("level", ["A", "B", "D", "E"])
def test_the_volunteer_raises_and_lowers_their_own_with_a_reason(contact: Contact, rosa: Member, level: str) -> None:
    actions.reassess(contact, level, "told", rosa)
    assert (contact.urgency, Contact.objects.get().urgency) == (level, level)
    row = Contact.history.latest("pk")
    assert (row.urgency, row.history_user) == (level, rosa)
    event = ContactEvent.objects.get(kind=EventKind.REASSESSED)
    assert (event.actor, event.detail) == (str(rosa.pk), {"from": "C", "urgency": level, "why": "told"})
    entry = Entry.objects.get(act="contact.reassess")
    assert (entry.actor, entry.subject, entry.reason) == (str(rosa.pk), str(contact.pk), "told")


def test_a_supervisor_reassesses_who_waits_and_who_talks(contact: Contact, carmen: Member) -> None:
    for one in (waiting("E"), contact):
        actions.reassess(one, "B", "age", carmen)
    assert set(Contact.objects.values_list("urgency", flat=True)) == {"B"}


def test_the_board_the_conversation_the_volunteer_and_who_is_offered_it_are_rung(
    contact: Contact, rosa: Member, carmen: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered, other = waiting("E"), make_member(ready=True)
    actions.route()
    rung: set[str] = set()
    monkeypatch.setattr(doorbell, "ring", lambda *rooms: rung.update(rooms))
    actions.reassess(contact, "B", "told", rosa)
    assert {f"contact:{contact.pk}", "board", f"member:{rosa.pk}"} <= rung
    actions.reassess(offered, "A", "other_person", carmen)
    ringing = set(offered.offers.filter(state="open").values_list("member_id", flat=True))
    assert ringing
    assert ringing <= {rosa.pk, other.pk}
    assert {f"member:{member}" for member in ringing} <= rung


def test_nobody_else_s_can_be_reassessed(contact: Contact, carmen: Member, rosa: Member) -> None:
    make_member(rehearsal=True, ready=True)
    with pytest.raises(NotYours):
        actions.reassess(contact, "B", "told", make_member())
    with pytest.raises(NotYours):
        actions.reassess(waiting("E"), "B", "told", rosa)  # it waits: nobody leads it
    with pytest.raises(NotYours):
        actions.reassess(waiting("E", rehearsal=True), "B", "told", carmen)
    with pytest.raises(NotYours):
        actions.reassess(contact, "B", "told", make_member(Role.COORDINATOR))
    assert not ContactEvent.objects.filter(kind=EventKind.REASSESSED).exists()


@pytest.mark.parametrize(("level", "reason"), [("F", "told"), ("", "told"), ("b", "told"), ("B", "because"), ("B", "")])
def test_an_unknown_level_or_reason_is_refused(contact: Contact, rosa: Member, level: str, reason: str) -> None:
    with pytest.raises(BadAnswers):
        actions.reassess(contact, level, reason, rosa)
    with pytest.raises(BadAnswers):
        actions.reassess(contact, "B", "told", rosa, seen="Z")


def test_what_is_over_keeps_its_level(contact: Contact, rosa: Member, carmen: Member) -> None:
    actions.end(contact, by="volunteer", ending="talked")
    for by in (rosa, carmen):
        with pytest.raises(NotAllowed):
            actions.reassess(contact, "B", "told", by)
    assert Contact.objects.get().urgency == "C"


def test_the_same_level_again_is_no_change(contact: Contact, rosa: Member) -> None:
    with pytest.raises(NotAllowed):
        actions.reassess(contact, "C", "told", rosa)
    assert not Entry.objects.filter(act="contact.reassess").exists()


def test_a_page_that_shows_an_older_level_overwrites_nothing(contact: Contact, rosa: Member, carmen: Member) -> None:
    actions.reassess(Contact.objects.get(), "A", "other_person", carmen)
    with pytest.raises(ChangedMeanwhile):
        actions.reassess(Contact.objects.get(), "D", "told", rosa, seen="C")
    with pytest.raises(ChangedMeanwhile):
        actions.reassess(contact, "D", "told", rosa)  # read before
    assert Contact.objects.get().urgency == "A"


def test_a_conversation_that_went_to_somebody_else_meanwhile_is_not_changed(contact: Contact, rosa: Member) -> None:
    stale = Contact.objects.get()
    actions.back_to_queue(contact, why="volunteer_lost")
    with pytest.raises(NotAllowed):
        actions.reassess(stale, "A", "told", rosa)
    assert Contact.objects.get().urgency == "C"


def test_the_mark_of_danger_goes_only_when_somebody_says_so(contact: Contact, rosa: Member, carmen: Member) -> None:
    actions.enter_danger(contact)
    actions.reassess(contact, "B", "told", rosa)
    assert Contact.objects.get().danger
    actions.reassess(contact, "C", "safe_now", carmen, calm=True)
    assert not Contact.objects.get().danger
    assert ContactEvent.objects.filter(kind=EventKind.REASSESSED).last().detail["danger"] == "off"  # type: ignore[union-attr]


def test_the_mark_alone_can_be_taken_off_but_never_from_an_a(contact: Contact, rosa: Member) -> None:
    actions.enter_danger(contact)
    with pytest.raises(NotAllowed):
        actions.reassess(contact, "A", "told", rosa, calm=True)
    actions.reassess(contact, "B", "told", rosa)
    actions.reassess(contact, "B", "safe_now", rosa, calm=True)
    assert not Contact.objects.get().danger


@pytest.mark.parametrize("calm", [True, False])
def test_whoever_is_in_danger_again_is_an_emergency_again(contact: Contact, rosa: Member, *, calm: bool) -> None:
    actions.enter_danger(contact)
    actions.reassess(contact, "D", "safe_now", rosa, calm=calm)
    assert actions.enter_danger(contact)
    now = Contact.objects.get()
    assert (now.urgency, now.danger) == ("A", True)


def test_who_says_they_are_in_danger_just_now_is_not_lowered_unseen(contact: Contact, rosa: Member) -> None:
    actions.reassess(contact, "A", "told", rosa)
    page = Contact.objects.get()
    actions.enter_danger(contact)
    with pytest.raises(ChangedMeanwhile):
        actions.reassess(page, "C", "safe_now", rosa)
    assert Contact.objects.get().urgency == "A"


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_of_several_at_once_exactly_one_changes_the_level() -> None:
    members = [make_member(Role.SUPERVISOR) for _number in range(6)]
    make_member(ready=True)
    contact = waiting("E")
    won: list[str] = []
    lost: list[TriageError] = []

    def changing(member: Member, level: str) -> Callable[[], None]:
        def act() -> None:
            try:
                stubbornly(
                    lambda: actions.reassess(Contact.objects.get(pk=contact.pk), level, "told", member, seen="E")
                )
                won.append(level)
            except ChangedMeanwhile as problem:
                lost.append(problem)

        return act

    together([changing(member, level) for member, level in zip(members, "ABCDAB", strict=True)])
    assert (len(won), len(lost)) == (1, 5)
    assert Contact.objects.get().urgency == won[0]
    assert ContactEvent.objects.filter(kind=EventKind.REASSESSED).count() == 1
