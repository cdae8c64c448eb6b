"""A rescue takes two people: one asks on a ground of the law, another answers, what was done is noted and sealed."""

import datetime
import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import Settings

from cases import actions, rescue
from cases.errors import AlreadyAsked, BadRescue, CasesError, NotYours, Stale, Withdrawn
from cases.models import LegalGround, Rescue, RescueStep, Told
from cases.notes import NoteBody
from cases.rehearsal import clear
from chat import actions as chat
from oversight import alarms
from oversight.models import Alarm
from roster.models import Member, Role, Shift
from tests.at_once import together
from tests.cast import make_ended, make_member, make_talking
from tests.vault.keys import elsewhere
from triage import actions as triage
from triage.models import Contact
from vault.errors import CannotOpen
from vault.models import Entry
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")

WHY = "Dice que tiene las pastillas en la mano."
DONE = rescue.Done("samu", "Está en el parque, lleva casaca roja.", caller_told=True)


@pytest.fixture
def julia() -> Member:
    """Return another supervisor."""
    return make_member(Role.SUPERVISOR, "Julia")


@pytest.fixture
def talking(rosa: Member, carmen: Member, julia: Member) -> Contact:
    """Return a conversation of Rosa's that goes on, which both supervisors' keys open."""
    assert carmen.role == julia.role
    return make_talking(rosa, "ya no puedo más")


def asked(rosa: Member, contact: Contact, ground: str = "danger_self") -> Rescue:
    return rescue.ask(rosa, contact, ground, WHY)


def agreed(rosa: Member, contact: Contact, by: Member) -> Rescue:
    return rescue.answer(by, asked(rosa, contact).pk, agreed=True, words="Sí, llama al SAMU.")


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    moment = timezone.now() + datetime.timedelta(hours=hours)
    monkeypatch.setattr(clock, "now", lambda: moment)


def trail_of(contact: Contact) -> list[tuple[str, str, str]]:
    entries = Entry.objects.filter(subject=str(contact.pk), act__startswith="rescue.")
    return [(entry.act, entry.actor, entry.reason) for entry in entries]


def words_of(member: Member, contact: Contact) -> list[str]:
    """Return what a supervisor reads of all steps, on a node that holds no key open."""
    elsewhere()
    _contact, read = rescue.read_for_supervisor(member, contact.pk)
    return [step.words.words for one in read for step in one.steps if step.words]


# The way of it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["A", "B"])
def test_two_people_and_a_note_of_what_was_done_stand_sealed_and_in_the_trail(stage: str, settings: Settings) -> None:
    settings.STAGE = stage
    rosa, carmen = make_member(alias="Rosa"), make_member(Role.SUPERVISOR, "Carmen")
    contact = make_talking(rosa, "ya no puedo más")
    request = asked(rosa, contact)
    assert words_of(carmen, contact) == [WHY]
    rescue.answer(carmen, request.pk, agreed=True, words="Sí, llama al SAMU.")
    rescue.note_done(rosa, request.pk, 3, DONE)
    rescue.note_done(carmen, request.pk, 4, rescue.Done("family", "Que la acompañen.", False, "No respondía."))

    assert words_of(carmen, contact) == [WHY, "Sí, llama al SAMU.", DONE.passed, "Que la acompañen."]
    last = request.steps.get(number=4)
    assert (last.told, last.caller_told, last.by) == ("family", False, carmen)
    assert trail_of(contact) == [
        ("rescue.ask", str(rosa.pk), "danger_self"),
        ("rescue.read", str(carmen.pk), ""),
        ("rescue.agree", str(carmen.pk), "danger_self"),
        ("rescue.note", str(rosa.pk), "samu"),
        ("rescue.note", str(carmen.pk), "family"),
        ("rescue.read", str(carmen.pk), ""),
    ]
    for step in RescueStep.objects.all():
        assert b"pastillas" not in bytes(step.words)
        assert b"parque" not in bytes(step.words)


def test_words_moved_to_another_step_do_not_open(rosa: Member, carmen: Member, talking: Contact) -> None:
    request = agreed(rosa, talking, carmen)
    first, second = request.steps.all()
    RescueStep.objects.filter(pk=second.pk).update(words=first.words)
    assert words_of(carmen, talking) == [WHY]


def test_the_line_does_nothing_by_itself(rosa: Member, carmen: Member, talking: Contact) -> None:
    request = agreed(rosa, talking, carmen)
    assert request.steps.count() == 2
    talking.refresh_from_db()
    assert (talking.state, talking.last_seq) == ("talking", 1)


# Who asks, on what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", sorted(set(LegalGround.values) - {"judge"}))
def test_each_ground_of_the_list_can_be_asked_on(ground: str, rosa: Member, talking: Contact) -> None:
    assert asked(rosa, talking, ground).ground == ground


@pytest.mark.parametrize(("ground", "field"), [("judge", "judge"), ("", "ground"), ("because", "ground")])
def test_no_other_ground_counts_and_a_judge_is_not_a_volunteers(
    ground: str, field: str, rosa: Member, talking: Contact
) -> None:
    with pytest.raises(BadRescue) as bad:
        asked(rosa, talking, ground)
    assert bad.value.field == field
    assert not Rescue.objects.exists()


def test_only_whoever_leads_the_conversation_asks(rosa: Member, luis: Member, carmen: Member, talking: Contact) -> None:
    for member in (luis, carmen):
        with pytest.raises(NotYours):
            asked(member, talking)
    chat.give_up_conversation(talking, why="volunteer_lost")
    with pytest.raises(NotYours):
        asked(rosa, talking)


def test_it_can_be_asked_after_the_conversation_and_not_of_one_taken_back(rosa: Member) -> None:
    assert asked(rosa, make_ended(rosa, "hola")).state == "asked"
    gone = make_talking(rosa, "hola")
    triage.withdraw(gone)
    with pytest.raises(Withdrawn):
        asked(rosa, gone)


def test_one_request_waits_at_a_time_and_a_refused_one_may_be_asked_again(
    rosa: Member, carmen: Member, talking: Contact
) -> None:
    first = asked(rosa, talking)
    with pytest.raises(AlreadyAsked):
        asked(rosa, talking)
    rescue.answer(carmen, first.pk, agreed=False, words="Primero pregúntale dónde está.")
    second = asked(rosa, talking)
    assert {one.pk: one.state for one in Rescue.objects.all()} == {first.pk: "refused", second.pk: "asked"}
    with pytest.raises(NotYours):
        rescue.note_done(rosa, first.pk, 3, DONE)


# Who answers --------------------------------------------------------------------------------------------------------


def test_nobody_answers_themselves_and_the_first_answer_counts(
    rosa: Member, carmen: Member, julia: Member, talking: Contact
) -> None:
    request = asked(rosa, talking)
    Member.objects.filter(pk=rosa.pk).update(role=Role.SUPERVISOR)
    with pytest.raises(NotYours):
        rescue.answer(Member.objects.get(pk=rosa.pk), request.pk, agreed=True, words="Sí.")
    with pytest.raises(NotYours):
        rescue.answer(make_member(), request.pk, agreed=True, words="Sí.")
    with pytest.raises(NotYours):
        rescue.answer(carmen, uuid.uuid4(), agreed=True, words="Sí.")
    rescue.answer(carmen, request.pk, agreed=False, words="No.")
    with pytest.raises(NotYours):
        rescue.answer(julia, request.pk, agreed=True, words="Sí.")
    assert (Rescue.objects.get().state, Rescue.objects.get().answered_by) == ("refused", carmen)


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_of_supervisors_who_answer_at_once_one_wins(rosa: Member) -> None:
    people = [make_member(Role.SUPERVISOR) for _number in range(4)]
    request = asked(rosa, make_talking(rosa, "hola"))

    def answering(member: Member, number: int) -> Callable[[], object]:
        return lambda: rescue.answer(member, request.pk, agreed=bool(number % 2), words=f"{number}")

    came = together([answering(member, number) for number, member in enumerate(people)], CasesError)
    assert sum(isinstance(one, Rescue) for one in came) == 1
    assert [step.number for step in request.steps.all()] == [1, 2]
    request.refresh_from_db()
    assert request.steps.get(number=2).kind == request.state
    assert Entry.objects.filter(act__in=("rescue.agree", "rescue.refuse")).count() == 1


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_of_touches_at_once_one_asks_and_one_is_noted(rosa: Member, carmen: Member, talking: Contact) -> None:
    came = together([lambda: asked(rosa, talking)] * 4, CasesError)
    assert sum(isinstance(one, Rescue) for one in came) == 1
    request = Rescue.objects.get()
    rescue.answer(carmen, request.pk, agreed=True, words="Sí.")
    came = together([lambda: rescue.note_done(rosa, request.pk, 3, DONE)] * 4, CasesError)
    assert sum(isinstance(one, Stale) for one in came) == 3
    assert request.steps.count() == 3


# How long -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "counts"), [(11.9, True), (12, False)])
def test_a_request_waits_twelve_hours_whether_the_conversation_goes_on_or_not(
    hours: float, *, counts: bool, rosa: Member, carmen: Member, talking: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(rosa, talking)
    chat.end_conversation(talking, by="caller")
    later(monkeypatch, hours)
    assert [one.pk for one in rescue.open_requests(carmen)] == ([request.pk] if counts else [])
    if counts:
        assert rescue.answer(carmen, request.pk, agreed=True, words="Sí.").pk == request.pk
        return
    with pytest.raises(NotYours):
        rescue.answer(carmen, request.pk, agreed=True, words="Sí.")
    again = asked(rosa, talking)
    assert {one.pk: one.state for one in Rescue.objects.all()} == {request.pk: "expired", again.pk: "asked"}


def test_consent_taken_back_ends_it_and_leaves_who_and_when_but_no_word(
    rosa: Member, carmen: Member, talking: Contact
) -> None:
    request = agreed(rosa, talking, carmen)
    waiting = asked(rosa, make_ended(rosa, "hola"))
    for contact in Contact.objects.all():
        triage.withdraw(contact)
    assert rescue.open_requests(carmen) == []
    with pytest.raises(NotYours):
        rescue.answer(carmen, waiting.pk, agreed=True, words="Sí.")
    with pytest.raises(CannotOpen):
        rescue.note_done(rosa, request.pk, 3, DONE)
    assert words_of(carmen, talking) == []
    assert request.steps.count() == 2


# Who reads ----------------------------------------------------------------------------------------------------------


def test_off_duty_in_stage_b_an_answered_one_is_read_by_who_answered_and_on_duty_by_all(settings: Settings) -> None:
    settings.STAGE = "B"
    rosa = make_member(alias="Rosa")
    carmen, julia = make_member(Role.SUPERVISOR, "Carmen"), make_member(Role.SUPERVISOR, "Julia")
    contact = make_talking(rosa, "hola")
    request = agreed(rosa, contact, carmen)
    assert len(words_of(carmen, contact)) == 2
    with pytest.raises(NotYours):
        rescue.read_for_supervisor(julia, contact.pk)
    with pytest.raises(NotYours):
        rescue.note_done(julia, request.pk, 3, DONE)
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    Shift.objects.create(member=julia, starts_at=now - hour, ends_at=now + hour)
    assert len(words_of(julia, contact)) == 2


def test_rehearsals_and_real_people_never_meet(carmen: Member) -> None:
    rehearsing = make_member(rehearsal=True)
    contact = make_talking(rehearsing, "hola")
    request = asked(rehearsing, contact)
    assert rescue.open_requests(carmen) == []
    with pytest.raises(NotYours):
        rescue.answer(carmen, request.pk, agreed=True, words="Sí.")
    with pytest.raises(NotYours):
        rescue.read_for_supervisor(carmen, contact.pk)
    supervisor = make_member(Role.SUPERVISOR, rehearsal=True)
    assert len(rescue.open_requests(supervisor)) == 1
    alarms.watch(timezone.now())
    alarms.acknowledge(supervisor, Alarm.objects.get().pk)
    assert clear() == 1
    assert not Rescue.objects.exists()
    assert not Alarm.objects.exists()


def test_whoever_leads_it_next_notes_what_was_done(
    rosa: Member, luis: Member, carmen: Member, talking: Contact
) -> None:
    case = actions.save_note(rosa, talking, NoteBody(talked="a")).case
    request = agreed(rosa, talking, carmen)
    chat.end_conversation(talking, by="volunteer")
    actions.hand_over(case, rosa, luis, "absence")
    rescue.note_done(luis, request.pk, 3, DONE)
    with pytest.raises(NotYours):
        rescue.note_done(rosa, request.pk, 4, DONE)


def test_an_open_request_calls_supervision_until_it_is_answered(rosa: Member, carmen: Member, talking: Contact) -> None:
    request = asked(rosa, talking)
    alarms.watch(timezone.now())
    strip = alarms.strip(rehearsal=False)
    assert ([one.alarm.kind for one in strip.shown], strip.ringing) == (["rescue"], 1)
    rescue.answer(carmen, request.pk, agreed=True, words="Sí.")
    alarms.watch(timezone.now())
    assert alarms.strip(rehearsal=False).shown == []


# Forms --------------------------------------------------------------------------------------------------------------

GIVEN = {"told": "samu", "passed": "Está en el parque.", "caller_told": "no", "why_not": "No respondía."}


@pytest.mark.parametrize("told", Told.values)
def test_whom_somebody_told_is_of_a_closed_list(told: str) -> None:
    assert rescue.done_from(GIVEN | {"told": told}).told == told


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"told": ""}, "told"),
        ({"told": "vecino"}, "told"),
        ({"passed": "  "}, "passed"),
        ({"passed": "x" * 2001}, "passed"),
        ({"caller_told": ""}, "caller_told"),
        ({"caller_told": "maybe"}, "caller_told"),
        ({"why_not": ""}, "why_not"),
    ],
)
def test_what_is_missing_is_named(given: dict[str, str], field: str) -> None:
    with pytest.raises(BadRescue) as bad:
        rescue.done_from(GIVEN | given)
    assert bad.value.field == field


def test_who_knows_needs_no_reason_why_not() -> None:
    assert rescue.done_from(GIVEN | {"caller_told": "yes", "why_not": "x"}).why_not == ""
