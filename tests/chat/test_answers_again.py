"""Answers that come late, twice, changed or to other questions: nothing is lost, and what happened is said."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import browser_of, make_member, make_talking
from triage import actions as triage
from triage.models import Contact, ContactState
from triage.questions import current

pytestmark = pytest.mark.django_db(databases="__all__")


def send(client: Client, **answers: str) -> Any:
    """Send the form of the questions."""
    return client.post("/hablar/", {"do": "answer", **answers})


def contact_of(client: Client) -> Contact:
    """Return the contact that this browser leads to, as it stands."""
    return Contact.objects.get(pk=client.session["contact"])


@pytest.fixture
def asked(client: Client) -> Client:
    """Return a caller who has agreed and sees the questions."""
    client.post("/hablar/", {"do": "agree"})
    return client


@pytest.fixture
def answered(asked: Client) -> Client:
    """Return a caller who has answered calmly and waits."""
    send(asked, danger="no", thoughts="no", words="no duermo")
    assert contact_of(asked).state == ContactState.WAITING
    return asked


def test_a_second_tap_on_the_same_answers_is_no_mistake(answered: Client) -> None:
    assert send(answered, danger="no", thoughts="no", words="no duermo ").status_code == 302
    assert contact_of(answered).urgency == "E"


def test_an_answer_changed_after_sending_is_told_and_the_words_stand_in_the_box(answered: Client) -> None:
    answer = send(answered, danger="no", thoughts="plan", words="también pienso en mi hermana")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Tus respuestas ya habían llegado y quedan como estaban" in page
    assert "también pienso en mi hermana</textarea>" in page
    assert contact_of(answered).urgency == "E"


def test_who_skipped_and_answers_afterwards_is_told_so(asked: Client) -> None:
    asked.post("/hablar/", {"do": "skip"})
    assert "quedan como estaban" in send(asked, thoughts="no").content.decode()


@pytest.mark.parametrize("words", ["", "tengo las pastillas"])
def test_a_yes_to_danger_that_comes_late_counts_at_once(answered: Client, words: str) -> None:
    answer = send(answered, danger="yes", words=words)
    contact = contact_of(answered)
    assert (contact.urgency, contact.danger, contact.placed_front) == ("A", True, True)
    if words:
        assert "tengo las pastillas</textarea>" in answer.content.decode()
    assert send(answered, danger="yes").status_code == 302  # and once more changes nothing
    assert contact.events.filter(kind="danger").count() == 1


def test_a_yes_to_danger_sent_after_the_end_opens_an_emergency(answered: Client) -> None:
    answered.post("/hablar/", {"do": "leave"})
    over = contact_of(answered)
    assert send(answered, danger="no").status_code == 302
    assert contact_of(answered) == over
    send(answered, danger="yes")
    assert contact_of(answered) != over
    assert contact_of(answered).urgency == "A"


def test_answers_to_other_questions_are_not_taken_and_stay_on_the_page(asked: Client) -> None:
    answer = send(asked, version="2019-1", danger="no", thoughts="no", words="no duermo")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Las preguntas cambiaron mientras las leías." in page
    assert "no duermo</textarea>" in page
    assert 'value="no" autocomplete="off" checked' in page
    assert contact_of(asked).state == ContactState.QUESTIONS
    assert f'name="version" value="{current().version}"' in page
    assert send(asked, version=current().version, danger="no").status_code == 302
    assert contact_of(asked).state == ContactState.WAITING


def test_a_yes_to_danger_counts_whichever_questions_were_asked(asked: Client) -> None:
    send(asked, version="2019-1", danger="yes")
    assert contact_of(asked).urgency == "A"


@pytest.mark.parametrize(
    "forged", [{"danger": "maybe"}, {"feeling": "99"}, {"thoughts": "' OR 1=1"}, {"words": "a" * 501}]
)
def test_a_forged_answer_is_told_and_the_others_stay_on_the_page(asked: Client, forged: dict[str, str]) -> None:
    answer = send(asked, **({"words": "no duermo", "danger": "no"} | forged))
    assert answer.status_code == 400
    assert "Una respuesta no llegó completa" in answer.content.decode()
    assert ("no duermo" in answer.content.decode()) is ("words" not in forged)
    assert contact_of(asked).state == ContactState.QUESTIONS


def test_the_desk_says_so_where_the_questions_of_then_are_not_here_and_shows_the_rest() -> None:
    rosa = make_member()
    contact = make_talking(rosa, answers={"danger": "no", "thoughts": "no"})
    Contact.objects.filter(pk=contact.pk).update(question_version="2019-1")
    page = browser_of(rosa).get(f"/escritorio/persona/?contact={contact.pk}")
    assert page.status_code == 200
    assert "de una versión que esta línea ya no tiene" in page.content.decode()
    assert "Dio su acuerdo" in page.content.decode()
    assert triage.thoughts_of(contact) == "no"
