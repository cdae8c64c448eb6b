"""What the weeks that passed let one expect: weights, guesses, kinds of days, and how sure one may be."""

import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight.arrivals import Arrivals
from oversight.demand import ASSUMED_DAY, HOLIDAY, HOURS, NOBODY, likely, pattern, weight
from roster.hours import DAY
from tests.oversight.past import lima

TODAY = datetime.date(2026, 6, 1)  # a Monday


def seen(per_hour: dict[tuple[int, int], int], weeks: int = 8, today: datetime.date = TODAY) -> Arrivals:
    """Return arrivals of so many weeks: how many came by weekday and hour, the same each week."""
    days = [today - number * DAY for number in range(weeks * 7, 0, -1)]
    counts = {
        (day, hour): people for day in days for (weekday, hour), people in per_hour.items() if day.weekday() == weekday
    }
    return Arrivals(days[0], today, counts)


def test_without_anybody_yet_it_is_the_guessed_day() -> None:
    found = pattern(Arrivals(TODAY, TODAY, {}), TODAY)
    assert found.guessed
    assert found.a_day == 12
    for row in found.hours:
        assert [cell.people for cell in row] == pytest.approx([0.12 * part for part in ASSUMED_DAY])
    assert len(found.hours) == 7


def test_the_guessed_day_is_a_whole_one_with_most_in_the_evening() -> None:
    assert sum(ASSUMED_DAY) == pytest.approx(100)
    assert sum(ASSUMED_DAY[16:]) > 60
    assert sum(ASSUMED_DAY[:8]) == 10


def test_a_day_with_three_people_is_believed_a_little() -> None:
    found = pattern(Arrivals(TODAY - DAY, TODAY, {(TODAY - DAY, 20): 3}), TODAY)
    assert found.guessed
    assert found.a_day == pytest.approx((12 + 3) / 2)
    sunday, monday = found.hours[6][20].people, found.hours[0][20].people
    assert monday < sunday < 3  # it was a Sunday


def test_eight_weeks_outweigh_the_guess() -> None:
    found = pattern(seen({(4, 20): 10, (1, 9): 4}), TODAY)
    assert not found.guessed
    assert 7 < found.hours[4][20].people < 10
    assert 2.5 < found.hours[1][9].people < 4.5
    assert found.hours[3][3].people < 0.1


def test_what_came_is_what_is_expected_on_the_whole() -> None:
    found = pattern(seen({(weekday, hour): 2 for weekday in range(7) for hour in range(HOURS)}), TODAY)
    assert found.a_day == pytest.approx(48, rel=0.03)
    assert sum(cell.people for row in found.hours for cell in row) == pytest.approx(7 * 48, rel=0.03)


def test_a_week_counts_half_after_four() -> None:
    assert [weight(TODAY - number * DAY, TODAY) for number in (1, 7)] == [1, 1]
    assert weight(TODAY - 8 * DAY, TODAY) == pytest.approx(0.5**0.25)
    assert weight(TODAY - 29 * DAY, TODAY) == pytest.approx(0.5)
    assert weight(TODAY + DAY, TODAY) == 1  # of a clock that went back


def test_what_came_lately_weighs_more() -> None:
    days = [TODAY - number * DAY for number in range(56, 0, -1)]
    rising = Arrivals(days[0], TODAY, {(day, 12): 2 if day < TODAY - 28 * DAY else 6 for day in days})
    assert 4.3 < pattern(rising, TODAY).hours[0][12].people < 6


def test_a_holiday_is_a_day_of_its_own_once_three_were_counted() -> None:
    today = datetime.date(2026, 8, 31)  # after the 28th and 29th of July, the 6th and the 30th of August
    days = [today - number * DAY for number in range(56, 0, -1)]
    special = {datetime.date(2026, 7, 28), datetime.date(2026, 7, 29), datetime.date(2026, 8, 6), today - DAY}
    found = pattern(Arrivals(days[0], today, {(day, 20): 9 if day in special else 1 for day in days}), today)
    assert found.knows_holidays
    assert found.hours[HOLIDAY][20].people > 4
    assert found.hours[1][20].people == pytest.approx(1, abs=0.4)  # the Tuesday of the 28th does not stand out
    assert found.at(lima("2026-10-08 20:30")) == found.hours[HOLIDAY][20]
    assert found.at(lima("2026-10-15 20:30")) == found.hours[3][20]


def test_a_single_holiday_is_a_day_as_any_other() -> None:
    found = pattern(seen({(4, 20): 1}, today=datetime.date(2026, 6, 10)), datetime.date(2026, 6, 10))
    assert not found.knows_holidays
    assert found.at(lima("2026-10-08 20:30")) == found.hours[3][20]


def test_an_hour_is_looked_up_by_the_clock_of_lima() -> None:
    found = pattern(seen({(6, 23): 5, (0, 0): 9}), TODAY)
    utc = datetime.datetime(2026, 6, 8, 4, tzinfo=datetime.UTC)  # 23 h of Sunday in Lima
    assert found.at(utc) == found.hours[6][23]
    assert found.at(utc + datetime.timedelta(hours=1)) == found.hours[0][0]


def test_how_many_come_is_told_with_how_sure_one_may_be() -> None:
    assert likely(0, 5) == NOBODY
    few, many = likely(4.0, 2.0), likely(4.0, 200.0)
    assert few.high - few.low > many.high - many.low
    assert (many.low, many.high) == (2, 7)  # Poisson with mean 4: a tenth each


@given(mean=st.floats(0.001, 5000), days=st.floats(0.5, 60))
def test_the_mean_lies_between_what_is_likely(mean: float, days: float) -> None:
    found = likely(mean, days)
    assert 0 <= found.low <= mean <= found.high + 1


def test_eight_of_ten_hours_bring_as_many_as_was_said() -> None:
    chance = random.Random(7)  # noqa: S311  a simulation
    found = likely(6.0, 5.0)
    inside = 0
    for _day in range(4000):
        mean = chance.gammavariate(6.0 * 5.0, 1 / 5.0)
        number, passed = 0, chance.expovariate(mean)
        while passed < 1:
            number, passed = number + 1, passed + chance.expovariate(mean)
        inside += found.low <= number <= found.high
    assert 0.78 < inside / 4000 < 0.9  # whole numbers: a little more than eight of ten
