"""The people of the demonstration."""

import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from roster.models import Member, Organisation

pytestmark = pytest.mark.django_db(databases="__all__")


def test_the_demo_people_are_made_once_however_often_it_runs() -> None:
    call_command("demo_people", stdout=io.StringIO())
    call_command("demo_people", stdout=io.StringIO())

    assert (Member.objects.count(), Organisation.objects.count()) == (5, 4)
    assert {m.email for m in Member.objects.all() if m.may_take_callers} == {"rosa@demo.pe", "luis@demo.pe"}


def test_the_demo_people_are_printed_with_how_to_sign_in() -> None:
    out = io.StringIO()
    call_command("demo_people", stdout=out)

    assert ["rosa@demo.pe", "conversemos-2020", "volunteer"] in [line.split() for line in out.getvalue().splitlines()]


def test_the_demo_people_are_refused_outside_the_demonstration(settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError):
        call_command("demo_people", stdout=io.StringIO())
    assert not Member.objects.exists()
