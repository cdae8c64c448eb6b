"""The people of the demonstration."""

import datetime
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from roster import shifts
from roster.hours import LIMA
from roster.models import Member, Organisation, Shift
from roster.presence import duty_ends_at, is_on_call

pytestmark = pytest.mark.django_db(databases="__all__")


def test_the_demo_people_are_made_once_however_often_it_runs() -> None:
    call_command("demo_people", stdout=io.StringIO())
    call_command("demo_people", stdout=io.StringIO())

    assert (Member.objects.count(), Organisation.objects.count()) == (6, 4)
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


def at(hour: int, day: int = 26) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, 40, tzinfo=LIMA)


@pytest.mark.parametrize("hour", [0, 3, 9, 19, 23])
def test_the_demonstration_has_somebody_on_duty_at_any_hour(hour: int) -> None:
    with time_machine.travel(at(hour), tick=False):
        call_command("demo_people", stdout=io.StringIO())
        rosa, carmen = (Member.objects.get(alias=alias) for alias in ("Rosa", "Carmen"))
        assert duty_ends_at(rosa.pk) == at(hour).replace(minute=0) + datetime.timedelta(hours=4)
        assert not is_on_call(carmen.pk)  # so that two people open a case together
        assert shifts.swaps_for(rosa).get().member.alias == "Luis"


def test_the_demo_people_have_new_shifts_once_theirs_are_over_and_not_before() -> None:
    with time_machine.travel(at(9), tick=False) as hands:
        for moment, count in ((at(9), 4), (at(12), 4), (at(14), 5)):
            hands.move_to(moment)
            call_command("demo_people", stdout=io.StringIO())
            assert Shift.objects.count() == count


def test_the_demo_people_have_skills() -> None:
    call_command("demo_people", stdout=io.StringIO())
    assert {one.code for one in Member.objects.get(alias="Rosa").skills.all()} == {"quechua", "violence"}
