"""When members are asked how they are, and when they are asked again; and the curve of what they said."""

import datetime

import pytest

from reflection.curve import EDGE, HEIGHT, WIDTH, drawn
from reflection.moments import Span, asked, follow_up

BEGIN = datetime.datetime(2026, 11, 26, 18, 0, tzinfo=datetime.UTC)
SHIFT = Span(BEGIN, BEGIN + datetime.timedelta(hours=2))
DAY = datetime.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (-31, ()),
        (-30, ("arrive",)),
        (0, ("arrive",)),
        (59, ("arrive",)),
        (60, ()),
        (99, ()),
        (100, ("heavy", "leave")),
        (120, ("heavy", "leave")),
        (179, ("heavy", "leave")),
        (180, ()),
    ],
)
def test_a_shift_is_asked_about_as_it_begins_and_as_it_ends(minutes: int, told: tuple[str, ...]) -> None:
    assert moments_of([SHIFT], minutes) == told


def moments_of(shifts: list[Span], minutes: float) -> tuple[str, ...]:
    return tuple(one.moment for one in asked(shifts, BEGIN + datetime.timedelta(minutes=minutes)))


def test_the_end_of_a_shift_comes_before_the_beginning_of_the_next() -> None:
    begins = SHIFT.ends_at + datetime.timedelta(minutes=20)
    after = Span(begins, begins + datetime.timedelta(hours=2))
    assert moments_of([after, SHIFT], 120) == ("heavy", "leave")
    assert asked([], BEGIN) == []


def test_in_the_midst_of_shifts_that_touch_nobody_is_asked() -> None:
    after = Span(SHIFT.ends_at, SHIFT.ends_at + datetime.timedelta(hours=2))
    both = [after, SHIFT]
    assert [moments_of(both, minutes) for minutes in (100, 120, 125, 179)] == [()] * 4
    assert (moments_of(both, 0), moments_of(both, 239)) == (("arrive",), ("heavy", "leave"))


def test_a_question_knows_its_shift_again() -> None:
    (first,) = asked([SHIFT], BEGIN)
    (later,) = asked([SHIFT], BEGIN + datetime.timedelta(minutes=50))
    begins = BEGIN + datetime.timedelta(hours=5)
    (other,) = asked([Span(begins, begins + datetime.timedelta(hours=2))], begins)
    assert first.name == later.name != other.name


@pytest.mark.parametrize("after", [1, 3, 14, 16, 28, 30])
def test_somebody_is_asked_again_after_days_and_after_two_and_four_weeks(after: int) -> None:
    assert follow_up([DAY], DAY + datetime.timedelta(days=after)) == DAY


@pytest.mark.parametrize("after", [0, 4, 13, 17, 27, 31, -1])
def test_and_not_between(after: int) -> None:
    assert follow_up([DAY], DAY + datetime.timedelta(days=after)) is None


def test_of_several_hard_days_the_latest_is_asked_about() -> None:
    later = DAY + datetime.timedelta(days=13)
    assert follow_up([DAY, later], later + datetime.timedelta(days=1)) == later


def test_a_curve_goes_from_the_first_day_to_the_last_and_stays_within_its_edges() -> None:
    days = [DAY + datetime.timedelta(days=number) for number in (0, 5, 10)]
    curve = drawn([(days[2], 1), (days[0], 5), (days[1], 3)], 1, 5)

    assert [(dot.x, dot.y) for dot in curve.dots] == [
        (EDGE, EDGE),
        (WIDTH / 2, HEIGHT / 2),
        (WIDTH - EDGE, HEIGHT - EDGE),
    ]
    assert curve.line == "12,12 160,60 308,108"
    assert (curve.right, curve.bottom) == (WIDTH - EDGE, HEIGHT - EDGE)


def test_values_of_one_day_stand_side_by_side_and_none_is_no_drawing() -> None:
    assert [dot.x for dot in drawn([(DAY, 1), (DAY, 2)], 1, 5).dots] == [110.7, 209.3]
    assert drawn([], 0, 1).line == ""
