"""Who comes while nobody answers is told so at once, with an hour to come back where there is one."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from roster.models import OpeningException, Shift
from triage.reception import Reception, reception

pytestmark = pytest.mark.django_db(databases="__all__")
HOUR = datetime.timedelta(hours=1)


def closed_today_and_tomorrow() -> None:
    """Close the line on the dates that this test may meet."""
    today = timezone.localdate()
    for days in range(-1, 3):
        OpeningException.objects.create(date=today + datetime.timedelta(days=days), name="Cerrado")


def page() -> str:
    """Return the first page of the caller's journey."""
    return Client().get("/hablar/").content.decode()


def test_while_somebody_is_ready_nothing_is_said(make_volunteer: Any) -> None:
    make_volunteer()
    assert reception().answers
    assert 'id="nobody"' not in page()


def test_where_nobody_is_ready_the_next_shift_is_the_hour_to_come_back(make_volunteer: Any) -> None:
    member = make_volunteer(ready=False)
    begins = timezone.now().replace(minute=0, second=0, microsecond=0) + 3 * HOUR
    Shift.objects.create(member=member, starts_at=begins, ends_at=begins + 2 * HOUR)
    found = reception()
    assert (found.answers, found.is_open, found.back_at) == (False, True, begins)
    shown = page()
    assert "no hay nadie del equipo libre" in shown
    assert f"a las {timezone.localtime(begins):%-H:%M}, hora de Lima" in shown
    assert 'href="tel:113"' in shown


@pytest.mark.parametrize(
    ("hours", "language", "told"),
    [
        (2, "es", "Volvemos hoy a las 20:00, hora de Lima."),
        (14, "es", "Volvemos mañana a las 8:00, hora de Lima."),
        (38, "es", "Volvemos el sábado 28 de noviembre a las 8:00, hora de Lima."),
        (2, "en", "We are back today at 20:00, Lima time."),
        (38, "en", "We are back on Saturday 28 November at 8:00, Lima time."),
    ],
)
def test_the_day_of_coming_back_is_told_as_people_tell_it(hours: int, language: str, told: str) -> None:
    now = datetime.datetime(2026, 11, 26, 18, tzinfo=timezone.get_default_timezone())
    with translation.override(language):
        assert Reception(is_open=False, ready=0, back_at=now + hours * HOUR, now=now).back == told


def test_a_closed_line_says_so_and_when_it_opens() -> None:
    closed_today_and_tomorrow()
    found = reception()
    assert not found.is_open
    assert found.back_at is not None
    assert found.back_at > timezone.now()
    assert "la línea está cerrada" in page()


def test_whoever_is_ready_answers_whatever_the_hours_say(make_volunteer: Any) -> None:
    closed_today_and_tomorrow()
    make_volunteer()
    assert reception().answers


def test_a_rehearsing_volunteer_answers_nobody_real(make_volunteer: Any) -> None:
    make_volunteer(rehearsal=True)
    assert not reception().answers
    assert reception(rehearsal=True).answers
