"""A supervisor reads a practice and answers it, sealed; enough passed ones finish a training, and open the line."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from chat import actions as chat
from roster import actions as roster
from roster.errors import MayNotTakeCallers
from roster.models import Member, Role
from tests.cast import browser_of, make_member
from tests.training.stage import Played
from training import actions, answering
from training.answering import Filled
from training.errors import BadAnswer, NotFinished, NotYours
from training.models import ROLE_PLAYS, Practice, PracticeState
from training.scripted_caller import play
from vault.models import DataKey, Entry
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")

Begin = Callable[[str], Played]
WORDS = "Qué bien que preguntaste en el mensaje 4."


@pytest.fixture
def supervisor() -> Member:
    return make_member(Role.SUPERVISOR, "Carmen")


def over(played: Begin, code: str = "sleep") -> Played:
    one = played(code)
    one.say("Hola, ¿qué te preocupa?")
    chat.end_conversation(one.contact, by="volunteer")
    play(clock.now())
    return one


def passed(member: Member, supervisor: Member, *codes: str) -> None:
    """Let scenarios be passed, rows alone."""
    now = clock.now()
    for code in codes:
        Practice.objects.create(
            member=member,
            scenario=code,
            version="x",
            digest="x",
            scene="x",
            state=PracticeState.OVER,
            started_at=now,
            moved_at=now,
            passed=True,
            answered_by=supervisor,
        )


def test_the_board_is_told_how_many_practices_wait_and_nothing_when_none_does(
    played: Begin, supervisor: Member
) -> None:
    def told(member: Member) -> tuple[int, str]:
        part = browser_of(member).get("/practica/", headers={"X-Fragment": "1"})
        return part.status_code, part.content.decode()

    assert told(supervisor) == (HTTPStatus.NO_CONTENT, "")
    one = over(played)
    status, words = told(supervisor)
    assert (status, "1 práctica espera tu devolución" in words, "<html" in words) == (HTTPStatus.OK, True, False)
    assert told(one.trainee)[0] == HTTPStatus.NO_CONTENT
    answering.answer(one.practice, supervisor, Filled({}, WORDS), passed=True)
    assert told(supervisor)[0] == HTTPStatus.NO_CONTENT


def test_what_is_written_back_is_sealed_and_read_by_the_trainee(played: Begin, supervisor: Member) -> None:
    one = over(played)
    practice = answering.find(supervisor, one.practice.pk)
    answering.answer(practice, supervisor, Filled({"greets": "yes"}, WORDS), passed=True)
    kept = Practice.objects.get()

    assert kept.answer is not None
    assert "mensaje" not in bytes(kept.answer).decode("latin-1")
    read = answering.read(answering.find(one.trainee, kept.pk), one.trainee)
    assert read.answer == Filled({"greets": "yes"}, WORDS)
    assert read.rows[0].theirs == "yes"


def test_the_trainees_own_list_is_sealed_and_read_by_supervision(played: Begin, supervisor: Member) -> None:
    one = over(played)
    answering.keep_own_check(
        answering.find(one.trainee, one.practice.pk), one.trainee, Filled({"opens": "no"}, "costó")
    )
    kept = Practice.objects.get()

    assert kept.own_check is not None
    assert "cost" not in bytes(kept.own_check).decode("latin-1")
    assert answering.read(answering.find(supervisor, kept.pk), supervisor).own == Filled({"opens": "no"}, "costó")


def test_a_supervisors_reading_and_answer_leave_their_trace(played: Begin, supervisor: Member) -> None:
    one = over(played)
    practice = answering.find(supervisor, one.practice.pk)
    answering.read(practice, supervisor)
    answering.answer(practice, supervisor, Filled({}, WORDS), passed=False)
    acts = Entry.objects.filter(subject=str(practice.pk), actor=str(supervisor.pk)).order_by("seq")

    assert list(acts.values_list("act", "reason")) == [("practice.read", ""), ("practice.answer", "again")]


def test_it_is_answered_once_by_a_supervisor_and_never_by_the_trainee(played: Begin, supervisor: Member) -> None:
    one = over(played)
    practice = answering.find(supervisor, one.practice.pk)
    for wrong in (one.trainee, make_member(), make_member(Role.COORDINATOR)):
        with pytest.raises(NotYours):
            answering.answer(practice, wrong, Filled({}, WORDS), passed=True)
    answering.answer(practice, supervisor, Filled({}, WORDS), passed=False)

    with pytest.raises(NotYours):
        answering.answer(practice, supervisor, Filled({}, WORDS), passed=True)
    with pytest.raises(NotYours):
        answering.keep_own_check(practice, one.trainee, Filled({}, "otra cosa"))


def test_nobody_else_finds_it_and_the_attempt_is_noted(played: Begin, supervisor: Member) -> None:
    one = played("sleep")
    for stranger in (make_member(), make_member(Role.COORDINATOR), supervisor):  # it still runs
        with pytest.raises(NotYours):
            answering.find(stranger, one.practice.pk)

    assert Entry.objects.filter(act="practice.read", result="refused").count() == 3


def test_it_waits_for_an_answer_once_it_is_over_and_can_be_read(played: Begin, supervisor: Member) -> None:
    one = played("sleep")
    assert not answering.waiting_for_answer().exists()
    one.say("Hola")
    chat.end_conversation(one.contact, by="volunteer")
    play(clock.now())
    assert list(answering.waiting_for_answer()) == [one.practice]
    DataKey.objects.filter(pk=one.contact.key_id).update(state="destroyed")

    assert not answering.waiting_for_answer().exists()
    assert answering.read(answering.find(supervisor, one.practice.pk), supervisor).transcript is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "empty"),
        ({"item_greets": "maybe"}, "marks"),
        ({"words": "x" * 4001}, "words"),
    ],
)
def test_a_form_that_cannot_be_is_refused_by_its_field(fields: dict[str, str], field: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        answering.filled_from(fields)

    assert caught.value.field == field


# Finishing ----------------------------------------------------------------------------------------------------------


def test_enough_different_scenarios_and_a_supervisor_open_the_line(trainee: Member, supervisor: Member) -> None:
    passed(trainee, supervisor, "sleep", "anger")
    with pytest.raises(NotFinished):
        actions.finish_training(trainee, supervisor)
    passed(trainee, supervisor, "anger")  # the same one again counts once
    with pytest.raises(NotFinished):
        actions.finish_training(trainee, supervisor)
    with pytest.raises(MayNotTakeCallers):
        roster.set_ready(trainee)
    passed(trainee, supervisor, "grief")
    actions.finish_training(trainee, supervisor)
    roster.set_ready(trainee)

    assert ROLE_PLAYS == 3
    assert Member.objects.get(pk=trainee.pk).may_take_callers
    assert Entry.objects.filter(act="member.trained", actor=str(supervisor.pk), subject=str(trainee.pk)).count() == 1
    with pytest.raises(NotFinished):
        actions.finish_training(trainee, supervisor)


def test_without_a_checked_licence_a_finished_training_opens_nothing(supervisor: Member) -> None:
    unchecked = make_member(trained_on=None, licence_checked_on=None)
    passed(unchecked, supervisor, "sleep", "anger", "grief")
    actions.finish_training(unchecked, supervisor)

    assert not Member.objects.get(pk=unchecked.pk).may_take_callers


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_only_supervision_says_so(trainee: Member, supervisor: Member, role: str) -> None:
    passed(trainee, supervisor, "sleep", "anger", "grief")

    with pytest.raises(NotYours):
        actions.finish_training(trainee, make_member(role))


def test_the_coordination_says_how_many(trainee: Member, supervisor: Member) -> None:
    coordinator = make_member(Role.COORDINATOR)
    actions.require(coordinator, "1")
    passed(trainee, supervisor, "sleep")
    actions.finish_training(trainee, supervisor)

    assert actions.role_plays_needed() == 1
    for wrong in ("0", "11", "many", ""):
        with pytest.raises(BadAnswer):
            actions.require(coordinator, wrong)
    with pytest.raises(NotYours):
        actions.require(supervisor, "1")


# Pages --------------------------------------------------------------------------------------------------------------


def page(member: Member, address: str = "/practica/") -> str:
    return str(browser_of(member).get(address).content.decode())


def test_the_trainee_sees_how_far_they_are(trainee: Member, supervisor: Member) -> None:
    passed(trainee, supervisor, "sleep", "anger")

    assert "2 de 3" in page(trainee)
    assert "2 de 3" in page(supervisor)
    assert "Formación terminada" not in page(supervisor)
    passed(trainee, supervisor, "grief")
    assert "Formación terminada" in page(supervisor)
    assert "Falta que supervisión anote" in page(trainee)


def test_the_pages_lead_from_a_beginning_to_a_finished_training(supervisor: Member, later: Any) -> None:
    trainee = make_member(alias="Sami", trained_on=None)
    actions.require(make_member(Role.COORDINATOR), "1")
    browser, theirs = browser_of(trainee), browser_of(supervisor)
    assert browser.post("/practica/empezar/", {"scenario": "sleep"})["Location"] == "/escritorio/"
    practice = Practice.objects.get()
    assert "práctica en curso" in browser.get("/practica/").content.decode()
    roster.renew_lease(trainee.pk)
    one = Played.__new__(Played)
    one.trainee, one.later, one.practice = trainee, later, practice
    one.accept()
    one.say("Hola, ¿qué te preocupa?")
    chat.end_conversation(one.contact, by="volunteer")
    play(clock.now())
    address = f"/practica/{practice.pk}/"

    assert browser.post(address, {"item_greets": "yes"})["Location"] == address
    assert "Sami: No puede dormir" in theirs.get("/practica/").content.decode()
    seen = theirs.get(address).content.decode()
    assert "sí, en el mensaje" in seen
    assert theirs.post(address, {"words": WORDS}).status_code == 400  # passed or not?
    assert theirs.post(address, {"words": WORDS, "passed": "yes"}).status_code == 302
    assert WORDS in browser.get(address).content.decode()
    assert theirs.post("/practica/formacion/", {"member": str(trainee.pk)})["Location"] == "/practica/"
    assert Member.objects.get(pk=trainee.pk).may_take_callers


def test_a_practice_of_somebody_else_is_not_found(played: Begin) -> None:
    one = over(played)

    assert browser_of(make_member()).get(f"/practica/{one.practice.pk}/").status_code == 404


def test_who_is_ready_is_told_why_not_now() -> None:
    ready = make_member(ready=True)
    browser = browser_of(ready)
    response = browser.post("/practica/empezar/", {"scenario": "sleep"}, follow=True)

    assert "Ponte en pausa" in response.content.decode()
    assert not Practice.objects.exists()


FILLED = {"item_greets": "yes", "item_opens": "no", "words": WORDS, "passed": "yes"}


@pytest.mark.parametrize("wrong", [{"words": ""}, {"passed": ""}, {"words": "x" * 4001}])
def test_a_form_that_is_refused_comes_back_as_it_was_filled(
    played: Begin, supervisor: Member, wrong: dict[str, str]
) -> None:
    one = over(played)
    answering.keep_own_check(
        answering.find(one.trainee, one.practice.pk), one.trainee, Filled({"greets": "no", "closes": "no"}, "")
    )
    address, given = f"/practica/{one.practice.pk}/", FILLED | wrong
    response = browser_of(supervisor).post(address, given)

    assert response.status_code == 400
    checked = set(re.findall(r'name="(\w+)" value="(\w+)" checked', response.content.decode()))
    assert checked == {(name, value) for name, value in given.items() if name != "words" and value}
    assert given["words"] in response.content.decode()


def test_nothing_is_marked_before_supervision_marks_it(played: Begin, supervisor: Member) -> None:
    one = over(played)
    answering.keep_own_check(answering.find(one.trainee, one.practice.pk), one.trainee, Filled({"greets": "no"}, ""))

    assert " checked" not in page(supervisor, f"/practica/{one.practice.pk}/")
    assert page(one.trainee, f"/practica/{one.practice.pk}/").count(" checked") == 1


def test_words_that_came_second_are_shown_to_who_wrote_them(played: Begin, supervisor: Member) -> None:
    one = over(played)
    practice = answering.find(supervisor, one.practice.pk)
    answering.answer(practice, supervisor, Filled({}, "la primera"), passed=False)
    address, kept = f"/practica/{one.practice.pk}/", Practice.objects.get().answer
    for late in (make_member(Role.SUPERVISOR), one.trainee):
        response = browser_of(late).post(address, FILLED)
        shown = response.content.decode()

        assert response.status_code == 400
        assert "Lo que no se guardó" in shown
        assert WORDS in shown
        assert "Saludaste y dijiste que estás ahí: Sí" in shown
        assert "la primera" in shown
    assert Practice.objects.get().answer == kept


def test_the_desk_says_that_a_practice_can_be_looked_at_and_then_that_it_was_answered(
    played: Begin, supervisor: Member
) -> None:
    one = over(played)
    notices, address = "/practica/avisos/", f"/practica/{one.practice.pk}/"
    ended, answered = "Tu práctica «No puede dormir» terminó", "Carmen respondió tu práctica «No puede dormir»"
    assert ended in page(one.trainee, notices)
    assert address in page(one.trainee, notices)
    assert "Tu nota" in page(one.trainee, address)
    assert "notice" not in page(one.trainee, notices)
    assert browser_of(supervisor).post(address, {"words": WORDS, "passed": "no"}).status_code == 302
    assert answered in page(one.trainee, notices)
    assert answered in page(one.trainee, notices)  # until they have opened it
    assert "Su nota" in page(supervisor, address)
    assert answered in page(one.trainee, notices)  # a supervisor's reading is not theirs
    assert WORDS in page(one.trainee, address)
    assert "notice" not in page(one.trainee, notices)


def test_of_a_practice_that_runs_was_left_or_is_anothers_the_desk_says_nothing(
    played: Begin, supervisor: Member
) -> None:
    one = played("sleep")
    assert "notice" not in page(one.trainee, "/practica/avisos/")
    page(one.trainee, f"/practica/{one.practice.pk}/")
    one.say("Hola")
    chat.end_conversation(one.contact, by="volunteer")
    assert "terminó" in page(one.trainee, "/practica/avisos/")  # at once, before the next round
    assert "notice" not in page(make_member(), "/practica/avisos/")
    assert "notice" not in page(supervisor, "/practica/avisos/")
    actions.leave(one.trainee, actions.begin(one.trainee, "anger").pk)
    assert page(one.trainee, "/practica/avisos/").count('class="notice"') == 1
