"""What was said in a practice is deleted after thirty days, in every room; that it was passed remains."""

import datetime
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from cases import actions as cases
from cases.notes import NoteBody
from chat import actions as chat
from consent.models import ConsentReceipt
from tests.cast import make_ended, make_member, make_talking
from tests.training.stage import Played
from tests.training.test_answering import over, page
from training import answering
from training.actions import role_plays_passed
from training.answering import Filled
from training.errors import NotYours
from training.forgetting import forget_old
from training.models import KEPT, Practice
from training.scripted_caller import play
from triage.models import Contact
from vault.models import DataKey
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


def rows() -> dict[str, int]:
    """Count the rows of every table below training that a conversation can leave."""
    labels = {"triage", "chat", "cases", "consent"}
    found = {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels and isinstance(model._base_manager, models.Manager)
    }
    return {name: count for name, count in found.items() if count}


def test_after_thirty_days_nothing_of_it_is_left_but_that_it_was_passed(
    played: Callable[[str], Played], later: Callable[[float], datetime.datetime]
) -> None:
    make_ended(make_member())
    supervisor, before = make_member("supervisor"), rows()
    one = played("sleep")
    one.say("¿Qué te preocupa?")
    chat.save_draft(one.contact, one.trainee, "a medias")
    chat.end_conversation(one.contact, by="volunteer")
    play(clock.now())
    cases.save_note(one.trainee, one.contact, NoteBody(talked="nada real"))
    contact = one.contact
    keys = [contact.key_id, cases.note_of(contact).case.key_id]
    practice = answering.find(supervisor, one.practice.pk)
    answering.answer(practice, supervisor, Filled({"greets": "yes"}, "muy bien"), passed=True)

    assert forget_old(later(KEPT.total_seconds() - 3600)) == 0
    assert forget_old(later(7200)) == 1
    assert rows() == before
    assert set(DataKey.objects.filter(pk__in=keys).values_list("state", flat=True)) == {"destroyed"}
    after = Practice.objects.get()
    assert (after.contact_id, after.answer, after.own_check, after.passed) == (None, None, None, True)
    assert role_plays_passed(one.trainee) == 1
    assert forget_old(clock.now()) == 0


def test_nothing_real_and_nothing_that_runs_is_touched(
    played: Callable[[str], Played], later: Callable[[float], datetime.datetime]
) -> None:
    one = played("sleep")
    real = make_talking(make_member(), "hola")
    forget_old(later(90 * 24 * 3600))

    assert Contact.objects.filter(pk__in=(real.pk, one.contact.pk)).count() == 2
    assert ConsentReceipt.objects.count() == 2


def test_one_that_nobody_answers_in_time_is_said_to_be_missed(
    played: Callable[[str], Played], later: Callable[[float], datetime.datetime]
) -> None:
    one, supervisor, day = over(played), make_member("supervisor"), 24 * 3600
    address = f"/practica/{one.practice.pk}/"
    later(13 * day)
    assert "se borra el" not in page(supervisor)
    later(2 * day)
    gone_on = f"{timezone.localtime(Practice.objects.get().words_until):%d/%m/%Y}"
    assert f"se borra el {gone_on}" in page(supervisor)
    assert f"se borra el {gone_on}: recuérdaselo" in page(one.trainee)
    assert f"Lo que se dijo se borra el {gone_on}" in page(one.trainee, address)
    assert forget_old(later(16 * day)) == 1

    assert "nadie alcanzó a responder" in page(one.trainee)
    assert "espera la devolución" not in page(one.trainee)
    assert "Nadie alcanzó a responder tu práctica «No puede dormir»" in page(one.trainee, "/practica/avisos/")
    assert "Puedes hacerla otra vez" in page(one.trainee, address)
    assert "Nadie alcanzó" not in page(one.trainee, "/practica/avisos/")
    with pytest.raises(NotYours):
        answering.answer(Practice.objects.get(), supervisor, Filled({}, "tarde"), passed=True)
