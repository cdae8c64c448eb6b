"""The national holidays of Peru, against dates that are known."""

import datetime

import pytest

from roster import holidays

#: Written down by hand; the package «holidays» also counts seventeen.
OF_2026 = """
2026-01-01 2026-04-02 2026-04-03 2026-04-05 2026-05-01 2026-06-07 2026-06-29 2026-07-23 2026-07-28 2026-07-29
2026-08-06 2026-08-30 2026-10-08 2026-11-01 2026-12-08 2026-12-09 2026-12-25
"""


def test_the_seventeen_holidays_of_2026_are_these() -> None:
    assert [day.isoformat() for day in holidays.of_year(2026)] == OF_2026.split()


@pytest.mark.parametrize(
    "sunday",
    [
        "1818-03-22",  # the earliest there can be
        "1943-04-25",  # the latest
        "1954-04-18",
        "1981-04-19",
        "2000-04-23",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2038-04-25",
        "2049-04-18",
        "2076-04-19",
    ],
)
def test_easter_is_on_the_sunday_that_calendars_give(sunday: str) -> None:
    day = datetime.date.fromisoformat(sunday)
    assert holidays.easter(day.year) == day


@pytest.mark.parametrize("year", [2025, 2027, 2040, 2099])
def test_every_year_has_seventeen_and_easter_is_a_sunday(year: int) -> None:
    assert len(holidays.of_year(year)) == 17
    assert holidays.easter(year).weekday() == 6


def test_a_holiday_begins_with_the_year_of_its_law() -> None:
    assert holidays.name_of(datetime.date(2021, 12, 9)) is None
    assert str(holidays.name_of(datetime.date(2022, 12, 9))) == "Batalla de Ayacucho"
    assert holidays.name_of(datetime.date(2023, 6, 7)) is None
    assert holidays.name_of(datetime.date(2024, 6, 7)) is not None


def test_an_ordinary_day_has_no_name() -> None:
    assert holidays.name_of(datetime.date(2026, 11, 26)) is None
