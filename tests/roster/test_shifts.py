"""Signing up, giving back and swapping; set and removed by the coordination; closed accounts."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from roster import actions, shifts
from roster.errors import MayNotTakeCallers, NotYourShift, ShiftBegun, ShiftRefused, SwapTaken
from roster.hours import LIMA
from roster.models import GivenBack, Member, NeededVolunteers, OpeningSpan, Role, Shift
from roster.presence import duty_ends_at, is_on_call
from roster.shift_rules import Rule
from tests.cast import make_member
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

NOW = datetime.datetime(2026, 11, 26, 9, 0, tzinfo=LIMA)  # a Thursday
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def hands() -> Iterator[time_machine.Traveller]:
    """Let it be nine in the morning, and stay so."""
    with time_machine.travel(NOW, tick=False) as hands:
        yield hands


@pytest.fixture
def julio() -> Member:
    """Return a coordinator."""
    return make_member(Role.COORDINATOR, "Julio")


def at(text: str) -> datetime.datetime:
    """Return a moment of Lima, of 2026: «11-30 10:00»."""
    return datetime.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LIMA)


def take(member: Member, text: str, hours: int = 2) -> Shift:
    return shifts.take(member, at(text), at(text) + hours * HOUR)


def holders() -> dict[str, str]:
    """Return who has which shift."""
    rows = Shift.objects.select_related("member")
    return {timezone.localtime(one.starts_at).strftime("%m-%d %H:%M"): one.member.alias for one in rows}


def acts() -> list[str]:
    return list(Entry.objects.filter(subject_kind="shift").order_by("seq").values_list("act", flat=True))


# Signing up ---------------------------------------------------------------------------------------------------------


def test_who_signs_up_has_the_shift_and_it_stands_in_the_trail(rosa: Member) -> None:
    shift = take(rosa, "11-30 10:00")
    assert holders() == {"11-30 10:00": "Rosa"}
    assert shift.promised_at == NOW
    assert acts() == ["shift.take"]


@pytest.mark.parametrize(
    ("text", "hours", "rule"),
    [
        ("11-30 11:00", 2, Rule.OVERLAP),
        ("11-26 08:00", 2, Rule.PAST),
        ("12-01 10:00", -2, Rule.ORDER),
        ("12-01 10:00", 6, Rule.STRETCH),
    ],
)
def test_what_breaks_a_rule_is_refused_and_leaves_nothing(rosa: Member, text: str, hours: int, rule: Rule) -> None:
    take(rosa, "11-30 10:00")
    with pytest.raises(ShiftRefused) as refused:
        take(rosa, text, hours)
    assert refused.value.rules == [rule]
    assert (Shift.objects.count(), acts()) == (1, ["shift.take"])


def test_a_shift_of_somebody_else_is_in_nobody_s_way(rosa: Member, luis: Member) -> None:
    take(luis, "11-30 10:00")
    take(rosa, "11-30 10:00")
    assert Shift.objects.count() == 2


def test_nobody_signs_up_for_hours_in_which_the_line_is_closed(rosa: Member) -> None:
    OpeningSpan.objects.create(day=7, opens="08:00", closes="11:00")
    with pytest.raises(ShiftRefused) as refused:
        take(rosa, "11-30 10:00")
    assert refused.value.rules == [Rule.CLOSED]


@pytest.mark.parametrize("fields", [{"licence_checked_on": None}, {"is_active": False}])
def test_who_may_not_take_callers_signs_up_for_nothing(fields: dict[str, Any]) -> None:
    member = make_member(**fields)
    with pytest.raises(MayNotTakeCallers):
        take(member, "11-30 10:00")


# Giving back --------------------------------------------------------------------------------------------------------


def test_a_shift_given_back_is_nobody_s(rosa: Member) -> None:
    shifts.give_back(rosa, take(rosa, "11-30 10:00").pk)
    assert holders() == {}
    assert acts() == ["shift.take", "shift.give_back"]
    assert Entry.objects.latest("seq").reason == ""


@pytest.mark.parametrize(("text", "told"), [("11-27 09:00", False), ("11-27 08:00", True)])
def test_supervision_is_told_of_what_is_given_back_within_a_day(rosa: Member, text: str, *, told: bool) -> None:
    shifts.give_back(rosa, take(rosa, text).pk)
    assert [one.member.alias for one in shifts.missing().given_back] == (["Rosa"] if told else [])
    assert Entry.objects.latest("seq").reason == ("late" if told else "")


def test_a_late_gap_is_told_until_the_shift_would_have_ended(rosa: Member, hands: time_machine.Traveller) -> None:
    shifts.give_back(rosa, take(rosa, "11-26 20:00").pk)
    hands.move_to(at("11-26 21:59"))
    assert shifts.missing().given_back
    hands.move_to(at("11-26 22:00"))
    assert not shifts.missing().given_back


def test_a_shift_of_another_is_not_given_back_swapped_or_kept(rosa: Member, luis: Member) -> None:
    shift = take(rosa, "11-30 10:00")
    for act in (shifts.give_back, shifts.open_swap, shifts.close_swap):
        with pytest.raises(NotYourShift):
            act(luis, shift.pk)
        with pytest.raises(NotYourShift):
            act(luis, 999_999)
    assert holders() == {"11-30 10:00": "Rosa"}
    assert not Shift.objects.get().swap_since


def test_a_shift_that_has_begun_is_neither_given_back_nor_swapped(rosa: Member, hands: time_machine.Traveller) -> None:
    shift = take(rosa, "11-26 10:00")
    hands.move_to(at("11-26 10:00"))
    for act in (shifts.give_back, shifts.open_swap):
        with pytest.raises(ShiftBegun):
            act(rosa, shift.pk)


# Swapping ----------------------------------------------------------------------------------------------


def test_a_shift_up_for_a_swap_stays_one_s_own_until_somebody_takes_it(rosa: Member, luis: Member) -> None:
    shift = take(rosa, "11-30 10:00")
    shifts.open_swap(rosa, shift.pk)
    assert holders() == {"11-30 10:00": "Rosa"}
    assert [one.pk for one in shifts.swaps_for(luis)] == [shift.pk]
    shifts.take_swap(luis, shift.pk)
    assert holders() == {"11-30 10:00": "Luis"}
    assert not shifts.swaps_for(rosa)


def test_what_was_taken_over_or_kept_is_up_for_nobody_more(rosa: Member, luis: Member) -> None:
    inez = make_member(alias="Inés")
    first, second = take(rosa, "11-30 10:00"), take(rosa, "12-01 10:00")
    for shift in (first, second):
        shifts.open_swap(rosa, shift.pk)
    shifts.take_swap(luis, first.pk)
    shifts.close_swap(rosa, second.pk)
    for shift in (first, second):
        with pytest.raises(SwapTaken):
            shifts.take_swap(inez, shift.pk)
    assert holders() == {"11-30 10:00": "Luis", "12-01 10:00": "Rosa"}


def test_what_is_not_up_for_a_swap_is_not_taken_over(rosa: Member, luis: Member) -> None:
    with pytest.raises(SwapTaken):
        shifts.take_swap(luis, take(rosa, "11-30 10:00").pk)


def test_who_takes_over_keeps_to_the_limits(rosa: Member, luis: Member) -> None:
    shift = take(rosa, "11-30 10:00")
    shifts.open_swap(rosa, shift.pk)
    take(luis, "11-30 11:00")
    with pytest.raises(ShiftRefused) as refused:
        shifts.take_swap(luis, shift.pk)
    assert (refused.value.rules, refused.value.theirs) == ([Rule.OVERLAP], False)
    assert holders()["11-30 10:00"] == "Rosa"


def test_a_supervisor_s_shift_is_no_volunteer_s(rosa: Member) -> None:
    carmen = make_member(Role.SUPERVISOR, "Carmen")
    shift = take(carmen, "11-30 10:00")
    shifts.open_swap(carmen, shift.pk)
    assert not shifts.swaps_for(rosa)


def test_an_exchange_changes_both_hands(rosa: Member, luis: Member) -> None:
    hers, his = take(rosa, "11-30 10:00"), take(luis, "12-01 10:00")
    shifts.open_swap(rosa, hers.pk, his.pk)
    assert not shifts.swaps_for(make_member())
    shifts.take_swap(luis, hers.pk)
    assert holders() == {"11-30 10:00": "Luis", "12-01 10:00": "Rosa"}


def test_an_exchange_of_hours_that_overlap_is_possible_since_each_gives_theirs_up(rosa: Member, luis: Member) -> None:
    hers, his = take(rosa, "11-30 10:00"), take(luis, "11-30 11:00")
    shifts.open_swap(rosa, hers.pk, his.pk)
    shifts.take_swap(luis, hers.pk)
    assert holders() == {"11-30 10:00": "Luis", "11-30 11:00": "Rosa"}


def test_an_exchange_that_breaks_the_other_s_limits_changes_nothing(rosa: Member, luis: Member) -> None:
    hers, his = take(rosa, "11-30 10:00"), take(luis, "12-01 10:00")
    shifts.open_swap(rosa, hers.pk, his.pk)
    take(rosa, "12-01 11:00")
    with pytest.raises(ShiftRefused) as refused:
        shifts.take_swap(luis, hers.pk)
    assert refused.value.theirs
    assert holders()["11-30 10:00"] == "Rosa"
    assert not GivenBack.objects.exists()


def test_an_exchange_ends_when_the_other_shift_went_elsewhere(rosa: Member, luis: Member) -> None:
    inez = make_member(alias="Inés")
    hers, his = take(rosa, "11-30 10:00"), take(luis, "12-01 10:00")
    shifts.open_swap(rosa, hers.pk, his.pk)
    shifts.open_swap(luis, his.pk)
    shifts.take_swap(inez, his.pk)
    for member in (luis, inez):
        with pytest.raises(SwapTaken):
            shifts.take_swap(member, hers.pk)


def test_one_s_own_shift_cannot_be_had_in_return(rosa: Member) -> None:
    one, other = take(rosa, "11-30 10:00"), take(rosa, "12-01 10:00")
    for in_return in (other.pk, 999_999):
        with pytest.raises(NotYourShift):
            shifts.open_swap(rosa, one.pk, in_return)


def test_who_takes_over_makes_a_promise_of_their_own(rosa: Member, luis: Member) -> None:
    shift = take(rosa, "11-30 10:00")
    shifts.open_swap(rosa, shift.pk)
    shifts.take_swap(luis, shift.pk)
    given = GivenBack.objects.get()
    assert (given.member, given.passed_to, given.uid, given.sequence) == (rosa, luis, shift.uid, 1)
    assert Shift.objects.get().uid != shift.uid
    assert not shifts.missing().given_back


# By the coordination ------------------------------------------------------------------------------------------------


def test_the_coordination_passes_a_limit_with_a_reason_that_is_kept(rosa: Member, julio: Member) -> None:
    long = Shift(member=rosa, starts_at=at("11-30 08:00"), ends_at=at("11-30 16:00"))
    with pytest.raises(ShiftRefused):
        shifts.put(long, julio)
    long.beyond = "nobody_else"
    shifts.put(long, julio)
    assert Shift.objects.get().beyond == "nobody_else"
    assert Entry.objects.latest("seq").reason == "nobody_else"


@pytest.mark.parametrize(("text", "hours"), [("11-30 11:00", 2), ("12-01 10:00", -2)])
def test_no_reason_lets_two_shifts_overlap_or_one_end_before_it_begins(
    rosa: Member, julio: Member, text: str, hours: int
) -> None:
    take(rosa, "11-30 10:00")
    bad = Shift(member=rosa, starts_at=at(text), ends_at=at(text) + hours * HOUR, beyond="emergency")
    with pytest.raises(ShiftRefused):
        shifts.put(bad, julio)
    assert Shift.objects.count() == 1


def test_a_shift_that_the_coordination_moves_keeps_its_name_and_counts_the_move(rosa: Member, julio: Member) -> None:
    shift = take(rosa, "11-30 10:00")
    shift.starts_at, shift.ends_at = at("11-30 12:00"), at("11-30 14:00")
    shifts.put(shift, julio)
    moved = Shift.objects.get()
    assert (moved.uid, moved.sequence) == (shift.uid, 1)


def test_a_shift_that_the_coordination_gives_to_another_is_taken_from_the_first(
    rosa: Member, luis: Member, julio: Member
) -> None:
    shift = take(rosa, "11-30 10:00")
    uid = shift.uid
    shift.member = luis
    shifts.put(shift, julio)
    assert (GivenBack.objects.get().member, GivenBack.objects.get().uid) == (rosa, uid)
    assert Shift.objects.get().uid != uid


def test_a_shift_that_is_moved_is_no_longer_the_one_asked_for_in_return(
    rosa: Member, luis: Member, julio: Member
) -> None:
    hers, his = take(rosa, "11-30 10:00"), take(luis, "12-01 10:00")
    shifts.open_swap(rosa, hers.pk, his.pk)
    his.starts_at, his.ends_at = at("12-02 10:00"), at("12-02 12:00")
    shifts.put(his, julio)
    with pytest.raises(SwapTaken):
        shifts.take_swap(luis, hers.pk)


def test_a_shift_that_is_taken_out_is_asked_for_in_return_no_more(rosa: Member, luis: Member, julio: Member) -> None:
    hers, his = take(rosa, "11-30 10:00"), take(luis, "12-01 10:00")
    shifts.open_swap(rosa, hers.pk, his.pk)
    shifts.remove(his, julio)
    assert not shifts.swaps_for(make_member())  # it was put up for Luis alone
    shifts.take_swap(luis, hers.pk)
    assert holders() == {"11-30 10:00": "Luis"}


def test_a_closed_account_frees_what_it_had_promised(rosa: Member, luis: Member, julio: Member) -> None:
    take(rosa, "11-27 08:00")
    his = take(luis, "12-01 10:00")
    shifts.open_swap(luis, his.pk, Shift.objects.get(member=rosa).pk)
    actions.deactivate(rosa, julio)
    assert holders() == {"12-01 10:00": "Luis"}
    assert Shift.objects.get().swap_since is None
    assert len(shifts.missing().given_back) == 1


# On call ------------------------------------------------------------------------------------------------------------


def test_who_gives_themselves_a_shift_at_once_is_not_on_call(hands: time_machine.Traveller) -> None:
    carmen = make_member(Role.SUPERVISOR)
    take(carmen, "11-26 09:00")
    assert not is_on_call(carmen.pk)
    take(carmen, "11-27 09:00")
    hands.move_to(at("11-27 10:00"))
    assert is_on_call(carmen.pk)


def test_a_shift_taken_over_late_puts_nobody_on_call(hands: time_machine.Traveller) -> None:
    carmen, teresa = make_member(Role.SUPERVISOR), make_member(Role.SUPERVISOR)
    shift = take(teresa, "11-27 10:00")
    shifts.open_swap(teresa, shift.pk)
    hands.move_to(at("11-27 09:00"))
    shifts.take_swap(carmen, shift.pk)
    hands.move_to(at("11-27 11:00"))
    assert not is_on_call(carmen.pk)


def test_who_the_coordination_puts_on_duty_is_on_call_at_once(julio: Member) -> None:
    carmen = make_member(Role.SUPERVISOR)
    shifts.put(Shift(member=carmen, starts_at=NOW, ends_at=NOW + 2 * HOUR), julio)
    assert is_on_call(carmen.pk)


def test_duty_ends_with_the_last_of_the_shifts_that_touch(rosa: Member) -> None:
    assert duty_ends_at(rosa.pk) is None
    for text in ("11-26 09:00", "11-26 11:00", "11-26 15:00"):
        take(rosa, text)
    assert duty_ends_at(rosa.pk) == at("11-26 13:00")


# What is needed -----------------------------------------------------------------------------------------------------


def test_the_forecast_says_what_an_hour_needs_and_else_the_opening_hours() -> None:
    OpeningSpan.objects.create(day=7, opens="08:00", closes="12:00", needed=2)
    hours = shifts.hours_from(at("11-30 09:30"), 4)
    shifts.need({hours[0]: 5, hours[3]: 5})
    shifts.need({hours[0]: 4})
    assert list(shifts.needed(hours).values()) == [4, 2, 2, 0]  # closed at 12, whatever was forecast


def test_what_hours_needed_is_not_kept_for_ever() -> None:
    shifts.need({NOW - datetime.timedelta(days=8): 1, NOW: 1})
    assert [one.hour for one in NeededVolunteers.objects.all()] == [NOW]


@pytest.mark.parametrize(
    ("hour", "count"),
    [(NOW + datetime.timedelta(minutes=30), 1), (NOW, -1), (NOW.replace(tzinfo=None), 1)],
)
def test_what_is_no_hour_or_no_number_is_refused(hour: datetime.datetime, count: int) -> None:
    with pytest.raises(ValueError, match="full hours"):
        shifts.need({hour: count})
