"""What a shift must be, and how much one person may take on; each limit at its boundary."""

import datetime

import pytest

from roster.hours import LIMA, Hours, Span
from roster.shift_rules import WORDS, Rule, Time, broken, is_late, nights_of

NOW = datetime.datetime(2026, 11, 26, 9, 0, tzinfo=LIMA)  # a Thursday
OPEN = Hours()


def at(text: str) -> datetime.datetime:
    """Return a moment of Lima: «11-30 10:00», of 2026."""
    return datetime.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LIMA)


def time(text: str, hours: float = 2) -> Time:
    begin = at(text)
    return Time(begin, begin + datetime.timedelta(hours=hours))


def found(wanted: Time, *standing: Time, hours: Hours = OPEN) -> set[Rule]:
    return set(broken(wanted, standing, NOW, hours))


@pytest.mark.parametrize("hours", [2, 4])
def test_a_block_or_two_on_the_hour_break_nothing(hours: int) -> None:
    assert found(time("11-30 10:00", hours)) == set()


@pytest.mark.parametrize("rule", list(Rule))
def test_each_rule_has_a_sentence(rule: Rule) -> None:
    assert str(WORDS[rule]).endswith(".")


@pytest.mark.parametrize("hours", [-2, 0])
def test_a_shift_ends_after_it_begins(hours: int) -> None:
    assert found(time("11-30 10:00", hours)) == {Rule.ORDER}


def test_a_shift_may_begin_now_and_not_a_moment_earlier() -> None:
    assert found(time("11-26 09:00")) == set()
    assert broken(time("11-26 09:00"), [], NOW + datetime.timedelta(seconds=1), OPEN) == [Rule.PAST]
    assert found(time("11-26 08:00")) == {Rule.PAST}


def test_a_shift_of_another_age_is_refused_without_reckoning() -> None:
    far = datetime.datetime(9999, 12, 31, 20, tzinfo=datetime.UTC)
    assert found(Time(far, far + datetime.timedelta(hours=2))) == {Rule.FAR}
    assert found(Time(far, far + datetime.timedelta(hours=2)), Time(far, far + datetime.timedelta(hours=1))) == {
        Rule.FAR,
        Rule.OVERLAP,
    }
    old = datetime.datetime(1, 1, 2, tzinfo=datetime.UTC)
    assert found(Time(old, old + datetime.timedelta(hours=2))) == {Rule.PAST}


def test_ninety_days_ahead_are_near_enough() -> None:
    last = NOW + datetime.timedelta(days=90)
    assert found(Time(last - datetime.timedelta(hours=2), last)) == set()
    assert found(Time(last - datetime.timedelta(hours=1), last + datetime.timedelta(hours=1))) == {Rule.FAR}


@pytest.mark.parametrize(("text", "hours"), [("11-30 10:30", 2), ("11-30 10:00", 3), ("11-30 10:00", 1)])
def test_shifts_begin_on_the_hour_and_last_whole_blocks(text: str, hours: int) -> None:
    assert found(time(text, hours)) == {Rule.BLOCK}


def test_shifts_that_touch_do_not_overlap() -> None:
    standing = time("11-30 10:00")
    assert found(time("11-30 12:00"), standing) == set()
    assert found(time("11-30 08:00"), standing) == set()
    for text in ("11-30 11:00", "11-30 09:00", "11-30 10:00"):
        assert Rule.OVERLAP in found(time(text), standing)


def test_four_hours_at_a_stretch_are_the_most() -> None:
    assert found(time("11-30 10:00", 4)) == set()
    assert found(time("11-30 10:00", 6)) == {Rule.STRETCH}
    before, after = time("11-30 08:00"), time("11-30 12:00")
    assert found(time("11-30 10:00"), before) == set()
    assert found(time("11-30 10:00"), before, after) == {Rule.STRETCH}
    assert found(time("11-30 13:00"), time("11-30 08:00", 4)) == set()


def test_a_stretch_goes_on_across_midnight() -> None:
    assert Rule.STRETCH in found(time("12-02 00:00"), time("12-01 20:00", 4))
    assert found(time("12-02 00:00"), time("12-01 22:00")) == set()


def test_twelve_hours_a_week_are_the_most() -> None:
    ten = [time("11-30 08:00", 4), time("12-01 08:00", 4), time("12-02 08:00")]
    assert found(time("12-03 08:00"), *ten) == set()
    assert found(time("12-03 08:00", 4), *ten) == {Rule.WEEK}


def test_a_week_begins_on_monday_in_lima() -> None:
    twelve = [time(f"12-0{day} 08:00", 4) for day in (1, 2, 3)]
    assert found(time("12-06 08:00"), *twelve) == {Rule.WEEK}  # the Sunday
    assert found(time("12-07 08:00"), *twelve) == set()  # the Monday after
    assert found(time("11-29 08:00"), *twelve) == set()  # the Sunday before


def test_a_shift_across_two_weeks_counts_in_each_for_its_part() -> None:
    eleven = [time("11-30 08:00", 4), time("12-01 08:00", 4), time("12-02 08:00", 3)]
    assert found(time("12-06 23:00"), *eleven) == set()  # one hour of Sunday, one of Monday
    assert found(time("12-06 22:00"), *eleven) == {Rule.WEEK}


@pytest.mark.parametrize(
    ("text", "night"),
    [
        ("11-30 18:00", False),  # ends at 20:00
        ("11-30 19:00", True),
        ("11-30 20:00", True),
        ("12-01 02:00", True),
        ("12-01 03:00", True),
        ("12-01 04:00", False),
    ],
)
def test_a_night_is_from_twenty_to_four_and_named_by_its_evening(text: str, *, night: bool) -> None:
    assert nights_of(time(text)) == ({datetime.date(2026, 11, 30)} if night else set())


def test_one_night_a_month_is_the_most() -> None:
    standing = time("12-01 22:00")
    assert found(time("12-15 20:00"), standing) == {Rule.NIGHT}
    assert found(time("12-15 18:00"), standing) == set()
    assert found(time("12-02 00:00"), standing) == set()  # the same night


def test_a_month_s_last_night_ends_in_the_next_month_and_counts_in_its_own() -> None:
    december = time("12-10 22:00")
    assert found(time("12-01 02:00"), december) == set()  # the night of 30 November
    assert found(time("12-01 20:00"), december) == {Rule.NIGHT}


def test_a_year_ends_within_a_shift() -> None:
    new_year = Time(at("12-31 23:00"), datetime.datetime(2027, 1, 1, 1, tzinfo=LIMA))
    assert found(new_year) == set()
    assert found(new_year, time("12-10 22:00")) == {Rule.NIGHT}
    january = Time(datetime.datetime(2027, 1, 1, 20, tzinfo=LIMA), datetime.datetime(2027, 1, 1, 22, tzinfo=LIMA))
    assert found(january, new_year) == set()


def test_a_shift_lies_within_opening_hours() -> None:
    office = Hours({day: (Span(datetime.time(9), datetime.time(13)),) for day in range(7)})
    assert found(time("11-30 09:00", 4), hours=office) == set()
    assert found(time("11-30 12:00"), hours=office) == {Rule.CLOSED}


def test_a_shift_given_in_another_time_zone_is_judged_in_lima() -> None:
    begin = datetime.datetime(2026, 12, 1, 1, tzinfo=datetime.UTC)  # 20:00 of the day before in Lima
    assert nights_of(Time(begin, begin + datetime.timedelta(hours=2))) == {datetime.date(2026, 11, 30)}


def test_a_shift_is_given_back_late_when_less_than_a_day_is_left() -> None:
    begin = at("11-30 10:00")
    assert not is_late(begin, begin - datetime.timedelta(hours=24))
    assert is_late(begin, begin - datetime.timedelta(hours=24) + datetime.timedelta(seconds=1))
