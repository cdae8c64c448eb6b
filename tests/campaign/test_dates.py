"""The dates of the campaign: when they come next, and as a calendar that other programs read."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar

from campaign import dates, safe_messaging
from campaign.page_file import ContentProblem


def nearest(day: datetime.date) -> tuple[str, datetime.date, datetime.date]:
    first = dates.coming(day)[0]
    return first.date.key, first.begins, first.ends


@pytest.mark.parametrize(
    ("today", "key", "begins", "ends"),
    [
        ("2026-09-09", "prevencion", "2026-09-10", "2026-09-10"),
        ("2026-09-10", "prevencion", "2026-09-10", "2026-09-10"),
        ("2026-09-11", "salud-mental", "2026-10-10", "2026-10-10"),
        ("2026-12-31", "fin-de-ano", "2026-12-24", "2027-01-01"),
        ("2027-01-01", "fin-de-ano", "2026-12-24", "2027-01-01"),
        ("2027-01-02", "depresion", "2027-01-13", "2027-01-13"),
        ("2027-07-29", "fiestas-patrias", "2027-07-28", "2027-07-29"),
    ],
)
def test_the_date_that_lasts_or_comes_next_stands_first(today: str, key: str, begins: str, ends: str) -> None:
    day = datetime.date.fromisoformat

    assert nearest(day(today)) == (key, day(begins), day(ends))


def test_each_date_is_told_once_and_the_seven_of_the_campaign_are_there() -> None:
    told = [one.date.key for one in dates.coming(datetime.date(2026, 11, 26))]

    assert told == [
        "fin-de-ano",
        "depresion",
        "psicologia",
        "fiestas-patrias",
        "prevencion",
        "salud-mental",
        "violencia",
    ]


def test_the_calendar_repeats_every_date_each_year_for_whole_days() -> None:
    events = Calendar.from_ical(dates.calendar()).walk("VEVENT")
    days = {
        str(one["uid"]).partition("@")[0]: (one.decoded("dtstart"), one.decoded("dtend") - one.decoded("dtstart"))
        for one in events
    }

    assert len(days) == len(dates.dates()) == 7
    assert days["prevencion"] == (datetime.date(2026, 9, 10), datetime.timedelta(days=1))
    assert days["fin-de-ano"] == (datetime.date(2026, 12, 24), datetime.timedelta(days=9))
    assert dates.calendar().count(b"\r\nRRULE:FREQ=YEARLY\r\n") == 7


def test_a_date_on_suicide_carries_the_whole_sentence_into_the_calendar() -> None:
    events = {str(one["uid"]): str(one["description"]) for one in Calendar.from_ical(dates.calendar()).walk("VEVENT")}

    assert safe_messaging.carries_sentence(events["prevencion@campana"])
    assert not safe_messaging.carries_sentence(events["fiestas-patrias@campana"])


@pytest.fixture
def own_dates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a copy of the file of dates, from which they are read."""
    path = tmp_path / "fechas.toml"
    path.write_text(dates.DATES.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(dates, "DATES", path)
    dates._file.cache_clear()
    yield path
    dates._file.cache_clear()


def test_a_date_whose_words_may_do_harm_is_not_told(own_dates: Path) -> None:
    text = own_dates.read_text(encoding="utf-8").replace("Hablar a tiempo ayuda.", "Contra la epidemia.")
    own_dates.write_text(text, encoding="utf-8")

    assert "prevencion" not in {one.date.key for one in dates.coming(datetime.date(2026, 11, 26))}
    assert b"prevencion@campana" not in dates.calendar()


@pytest.mark.parametrize(
    ("before", "after"), [('from = "09-10"', 'from = "09-31"'), ("[[dates]]", "[dates"), ("text =", "x =")]
)
def test_a_broken_file_of_dates_is_refused_by_its_name(own_dates: Path, before: str, after: str) -> None:
    own_dates.write_text(own_dates.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    with pytest.raises(ContentProblem, match=r"^fechas\.toml "):
        dates.listed()
    assert dates.coming(datetime.date(2026, 11, 26)) == []
