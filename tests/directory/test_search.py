"""What callers are sent to: five lines always, other places only while their check is in date."""

import datetime as dt
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from directory import search
from directory.models import Place, PlaceQuerySet


@pytest.fixture(autouse=True)
def _real_line(settings: Settings) -> None:
    settings.DEMO = False


def place(code: str, **facts: Any) -> Place:
    today = timezone.localdate()
    return Place.objects.create(**({"code": code, "name": code, "checked_on": today, "expires_on": today} | facts))


def codes(**wanted: str) -> set[str]:
    return {one.code for one in search.all_places() if search.Wanted(**wanted).fits(one)}


def test_the_five_national_lines_answer_without_any_database() -> None:
    # no database mark: a query would fail this test
    assert [line.code for line in search.lines_now()] == ["113", "106", "100", "105", "116"]


def test_a_link_dials_113_and_words_say_the_option_that_a_link_cannot() -> None:
    first = search.lines_now()[0]

    assert (first.tel, first.say) == ("113", "marca 113 y elige la opción 5")


def test_every_national_line_passes_the_checks_of_the_administration() -> None:
    for line in search.lines_now():
        line.clean_fields()
        assert line.tel
        assert line.say
        assert line.hours


def test_taking_one_line_out_of_the_answer_leaves_the_next_answer_whole() -> None:
    search.lines_now().clear()

    assert len(search.lines_now()) == 5


@pytest.mark.django_db(databases="__all__")
def test_a_place_nobody_checked_or_whose_check_ran_out_is_hidden() -> None:
    place("seen")
    place("forever", expires_on=None)
    place("never_seen", checked_on=None)
    place("too_old", expires_on=timezone.localdate() - dt.timedelta(days=1))

    assert codes() == {"seen", "forever"}


@pytest.mark.django_db(databases="__all__")
def test_the_demonstration_also_shows_what_nobody_checked_yet_but_nothing_too_old(settings: Settings) -> None:
    settings.DEMO = True
    place("seen")
    place("never_seen", checked_on=None, expires_on=None)
    place("too_old", expires_on=timezone.localdate() - dt.timedelta(days=1))

    assert codes() == {"seen", "never_seen"}


@pytest.mark.django_db(databases="__all__")
def test_a_department_shows_its_own_places_and_those_of_the_whole_country() -> None:
    place("here", region="Cusco", kind="centre")
    place("there", region="Áncash", kind="centre")
    place("everywhere")

    assert codes(region="Cusco") == {"here", "everywhere"}
    assert codes(kind="centre", region="Cusco") == {"here"}
    assert search.regions(search.all_places()) == ["Áncash", "Cusco"]


@pytest.mark.django_db(databases="__all__")
def test_a_place_is_found_by_what_it_helps_with() -> None:
    place("both", needs="treatment children")
    place("other", needs="violence")
    place("nobody_said")

    assert codes() == {"both", "other", "nobody_said"}
    assert codes(need="children") == codes(need="treatment") == {"both"}
    assert codes(need="grief") == set()


@pytest.mark.django_db(databases="__all__")
def test_whoever_asks_for_free_pays_nothing_and_the_insured_find_both() -> None:
    place("free", price="free")
    place("insured", price="insured")
    place("paid", price="paid")
    place("nobody_said")

    assert codes(price="free") == {"free"}
    assert codes(price="insured") == {"free", "insured"}
    assert codes(price="paid") == {"paid"}


@pytest.mark.django_db(databases="__all__")
def test_a_national_line_in_the_database_is_not_shown_twice() -> None:
    place("113", national=True)

    assert search.all_places() == []


def test_no_places_are_found_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: PlaceQuerySet) -> None:
        raise OperationalError

    monkeypatch.setattr(PlaceQuerySet, "_fetch_all", away)

    assert search.all_places() == []


def test_a_place_in_words_says_how_to_reach_it_and_nothing_twice() -> None:
    line, *_others = search.lines_now()
    centre = Place(name="Centro Comas", say="pide una cita", number="01 555 0101", address="Jr. Uno 1", region="Lima")

    assert search.in_words(line).splitlines() == [
        "Línea 113, salud mental",
        "Conversar con profesionales de salud mental",
        "Marca 113 y elige la opción 5",
        "24 horas, todos los días, gratis",
    ]
    assert search.in_words(centre) == "Centro Comas\n01 555 0101\nPide una cita\nJr. Uno 1, Lima"


def test_no_place_of_the_tables_is_told_in_the_words_of_a_program() -> None:
    rows = [search.NATIONAL.read_text(encoding="utf-8"), search.CENTRES.read_text(encoding="utf-8")]

    assert [word for text in rows for word in ("null", "none", "nan,") if word in text.lower()] == []
