"""Who is offered whom, without rows."""

import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.reasons import BECAUSE, in_words
from triage.routing import Proposal, Volunteer, Waiter, choose, hands_kept, hands_open, may_be_rung

NOW = datetime.datetime(2026, 7, 1, 20, 0, tzinfo=datetime.UTC)


def ago(seconds: float) -> datetime.datetime:
    """Return a moment so many seconds before now."""
    return NOW - datetime.timedelta(seconds=seconds)


def number(value: int) -> uuid.UUID:
    """Return a readable id."""
    return uuid.UUID(int=value)


def waiter(value: int, urgency: str = "C", **facts: object) -> Waiter:
    """Return a waiting contact whose page is alive."""
    return Waiter(**{"contact_id": number(value), "urgency": urgency, "seen_at": NOW} | facts)  # type: ignore[arg-type]


def volunteer(value: int, idle: float = 60, **facts: object) -> Volunteer:
    """Return a ready volunteer idle for so many seconds."""
    return Volunteer(**{"member_id": number(value), "idle_since": ago(idle)} | facts)  # type: ignore[arg-type]


def in_minutes(minutes: float) -> datetime.datetime:
    """Return a moment so many minutes from now."""
    return NOW + datetime.timedelta(minutes=minutes)


def members(proposals: list[Proposal]) -> list[int]:
    """Return the numbers of the chosen members."""
    return [one.member_id.int for one in proposals]


def test_the_longest_idle_volunteer_is_asked_first() -> None:
    assert members(choose([waiter(1)], [volunteer(7, 10), volunteer(8, 500)], NOW)) == [8]


def test_empty_hands_come_before_hands_that_hold_somebody() -> None:
    assert members(choose([waiter(1)], [volunteer(7, 900, carries=1), volunteer(8, 10)], NOW)) == [8]


def test_an_emergency_rings_at_three_volunteers_at_once() -> None:
    ready = [volunteer(value) for value in range(10, 15)]
    assert len(choose([waiter(1, "A")], ready, NOW)) == 3


def test_every_emergency_has_one_offer_before_any_has_a_second() -> None:
    made = choose([waiter(1, "A"), waiter(2, "A")], [volunteer(7), volunteer(8)], NOW)
    assert {one.contact_id.int for one in made} == {1, 2}


def test_a_contact_with_an_open_offer_gets_no_other() -> None:
    assert choose([waiter(1, open_offers=1)], [volunteer(7)], NOW) == []


def test_two_conversations_are_the_most_for_anybody() -> None:
    assert choose([waiter(1)], [volunteer(7, carries=2)], NOW) == []


def test_who_carries_an_urgent_contact_is_offered_nobody_else() -> None:
    assert choose([waiter(1, "A")], [volunteer(7, carries=1, urgent=1)], NOW) == []


def test_who_let_an_offer_pass_is_not_asked_while_others_were_not() -> None:
    passed = waiter(1, asked={number(7): ago(100)})
    assert members(choose([passed], [volunteer(7, 900), volunteer(8, 1)], NOW)) == [8]


def test_who_let_an_offer_pass_is_not_asked_while_another_still_decides() -> None:
    passed = waiter(1, asked={number(7): ago(100)})
    assert choose([passed], [volunteer(7), volunteer(8, has_offer=True)], NOW) == []


def test_once_everyone_passed_they_are_asked_again_after_a_minute() -> None:
    assert choose([waiter(1, asked={number(7): ago(59)})], [volunteer(7)], NOW) == []
    assert members(choose([waiter(1, asked={number(7): ago(60)})], [volunteer(7)], NOW)) == [7]


def test_a_silent_page_keeps_its_place_and_the_next_is_offered() -> None:
    made = choose([waiter(1, seen_at=ago(46)), waiter(2, seen_at=ago(45))], [volunteer(7)], NOW)
    assert [one.contact_id.int for one in made] == [2]


def test_rehearsal_and_real_life_never_meet() -> None:
    assert choose([waiter(1, rehearsal=True)], [volunteer(7)], NOW) == []
    assert choose([waiter(1)], [volunteer(7, rehearsal=True)], NOW) == []


# Limits of a volunteer -----------------------------------------------------------------------------------------------


def test_an_emergency_does_not_wait_for_somebody_who_decides_on_another() -> None:
    passed = waiter(1, "A", asked={number(7): ago(61)})
    assert members(choose([passed], [volunteer(7), volunteer(8, has_offer=True)], NOW)) == [7]


def test_the_capacity_of_each_volunteer_counts() -> None:
    assert members(choose([waiter(1)], [volunteer(7, carries=2, capacity=3)], NOW)) == [7]
    assert choose([waiter(1)], [volunteer(7, carries=1, capacity=1)], NOW) == []


def test_after_an_urgent_conversation_no_urgent_one_comes_for_ten_minutes() -> None:
    rests = volunteer(7, rests_until=in_minutes(0.1))
    for level in "AB":
        assert choose([waiter(1, level)], [rests], NOW) == []
    assert members(choose([waiter(1, "C")], [rests], NOW)) == [7]
    assert members(choose([waiter(1, "B")], [volunteer(7, rests_until=NOW)], NOW)) == [7]


def test_nobody_is_offered_during_a_break() -> None:
    assert choose([waiter(1, "A")], [volunteer(7, break_until=in_minutes(1))], NOW) == []
    assert members(choose([waiter(1)], [volunteer(7, break_until=NOW)], NOW)) == [7]


def test_nobody_new_comes_in_the_last_45_minutes_of_a_shift_unless_asked_for() -> None:
    stays = volunteer(8, carries=2)
    assert choose([waiter(1, "A")], [volunteer(7, shift_ends_at=in_minutes(45)), stays], NOW) == []
    assert members(choose([waiter(1)], [volunteer(7, shift_ends_at=in_minutes(45.1))], NOW)) == [7]
    assert members(choose([waiter(1)], [volunteer(7, shift_ends_at=in_minutes(5), asks=True)], NOW)) == [7]


def test_where_everybodys_shift_ends_the_urgent_are_offered_all_the_same_and_nobody_else() -> None:
    leaving = [volunteer(value, shift_ends_at=in_minutes(20)) for value in (7, 8)]
    assert choose([waiter(1, "C")], leaving, NOW) == []
    assert [one.contact_id.int for one in choose([waiter(1, "C"), waiter(2, "B")], leaving, NOW)] == [2]
    on_break = volunteer(7, shift_ends_at=in_minutes(20), break_until=in_minutes(1))
    assert choose([waiter(2, "A")], [on_break], NOW) == []


# Above the limit -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("carried", [{"carries": 2}, {"carries": 1, "urgent": 1}, {"carries": 2, "urgent": 1}])
def test_an_emergency_comes_above_the_limit_to_who_said_yes(carried: dict[str, int]) -> None:
    made = choose([waiter(1, "A")], [volunteer(7, above_limit=True, **carried)], NOW)
    assert [(one.member_id.int, "above_limit" in one.reason) for one in made] == [(7, True)]


@pytest.mark.parametrize("carried", [{"carries": 3, "urgent": 1}, {"carries": 3}, {"carries": 2, "urgent": 2}])
def test_never_a_second_one_comes_above_the_limit(carried: dict[str, int]) -> None:
    assert choose([waiter(1, "A")], [volunteer(7, above_limit=True, **carried)], NOW) == []


def test_only_emergencies_come_above_the_limit_and_only_with_a_yes() -> None:
    full = {"carries": 1, "urgent": 1}
    assert choose([waiter(1, "B")], [volunteer(7, above_limit=True, **full)], NOW) == []
    assert choose([waiter(1, "A")], [volunteer(7, **full)], NOW) == []
    assert choose([waiter(1, "A")], [volunteer(7, above_limit=True, rests_until=in_minutes(1), **full)], NOW) == []
    assert choose([waiter(1, "A")], [volunteer(7, above_limit=True, break_until=in_minutes(1), **full)], NOW) == []


def test_who_has_room_is_rung_before_who_goes_above_the_limit() -> None:
    hands = [volunteer(7, 900, carries=2, above_limit=True), *(volunteer(value) for value in (8, 9, 10, 11))]
    assert 7 not in members(choose([waiter(1, "A")], hands, NOW))


def test_while_hands_are_few_the_last_ones_are_left_to_the_very_urgent() -> None:
    hands = [
        volunteer(7, carries=2, above_limit=True),
        *(volunteer(value, carries=2) for value in (8, 9)),
        volunteer(10),
    ]
    made = choose([waiter(1, "A"), waiter(2, "B")], hands, NOW)
    assert made[0].member_id.int == 7


# Hands kept ----------------------------------------------------------------------------------------------------------


def test_a_small_line_keeps_no_hands_a_larger_one_some_and_an_overrun_one_many() -> None:
    assert [hands_kept(ready, 0) for ready in (0, 1, 3, 4, 9, 10, 30)] == [0, 0, 0, 1, 1, 2, 2]
    assert hands_kept(14, 2) == 2
    assert hands_kept(14, 3) == 9
    assert hands_kept(3, 100) == 0


def test_the_last_kept_hand_takes_no_calm_conversation_but_an_urgent_one() -> None:
    hands = [volunteer(value, carries=1, urgent=1) for value in (7, 8, 9)] + [volunteer(10, carries=1)]
    assert choose([waiter(1, "C")], hands, NOW) == []
    assert members(choose([waiter(1, "B")], hands, NOW)) == [10]


def test_empty_hands_take_a_calm_conversation_and_stay_open() -> None:
    hands = [volunteer(value, carries=1, urgent=1) for value in (7, 8, 9)] + [volunteer(10)]
    assert members(choose([waiter(1, "C")], hands, NOW)) == [10]


def test_who_rests_from_the_urgent_is_not_filled_up_meanwhile() -> None:
    hands = [volunteer(value, carries=1, urgent=1) for value in (7, 8, 9)]
    assert choose([waiter(1, "C")], [*hands, volunteer(10, carries=1, rests_until=in_minutes(5))], NOW) == []


def test_hands_kept_are_no_hands_for_those_who_wait_at_c_to_e() -> None:
    assert hands_open([volunteer(value) for value in range(4)], 0, NOW) == (7, 1)
    assert hands_open([volunteer(7, carries=2), volunteer(8, carries=1, urgent=1)], 0, NOW) == (0, 0)
    assert hands_open([volunteer(7, break_until=in_minutes(1))], 0, NOW) == (0, 0)


# Who fits ------------------------------------------------------------------------------------------------------------


def test_a_language_comes_before_everything_else() -> None:
    speaks = volunteer(7, 1, carries=1, skills=frozenset({"quechua"}))
    asked = waiter(1, language="quechua", earlier=number(8), topics=frozenset({"violence"}))
    made = choose([asked], [speaks, volunteer(8, 900, skills=frozenset({"violence"}))], NOW)
    assert [(one.member_id.int, one.reason[0]) for one in made] == [(7, "quechua")]


def test_the_calm_wait_for_who_speaks_their_language_and_the_urgent_for_nobody() -> None:
    speaks = volunteer(7, carries=2, skills=frozenset({"quechua"}))
    assert choose([waiter(1, "C", language="quechua")], [speaks, volunteer(8)], NOW) == []
    assert members(choose([waiter(1, "B", language="quechua")], [speaks, volunteer(8)], NOW)) == [8]


def test_where_nobody_here_speaks_it_anybody_is_better_than_nobody() -> None:
    assert members(choose([waiter(1, language="aymara")], [volunteer(8)], NOW)) == [8]


def test_whoever_was_with_them_before_comes_first() -> None:
    made = choose([waiter(1, earlier=number(7))], [volunteer(7, 1, carries=1), volunteer(8, 900)], NOW)
    assert [(one.member_id.int, one.reason[0]) for one in made] == [(7, "continuity")]


def test_who_knows_the_topic_comes_before_who_waits_longest() -> None:
    knows = volunteer(7, 1, skills=frozenset({"minors", "violence"}))
    made = choose([waiter(1, topics=frozenset({"minors"}))], [knows, volunteer(8, 900)], NOW)
    assert [(one.member_id.int, one.reason[0]) for one in made] == [(7, "minors")]


# Why -----------------------------------------------------------------------------------------------------------------


def test_the_reason_says_what_decided() -> None:
    def why(*hands: Volunteer) -> tuple[str, ...]:
        return choose([waiter(1)], hands, NOW)[0].reason

    assert why(volunteer(7)) == ("only_one",)
    assert why(volunteer(7, 900), volunteer(8)) == ("longest_idle",)
    assert why(volunteer(7), volunteer(8, 900, carries=1)) == ("least_busy",)


def test_a_reason_is_one_sentence() -> None:
    assert in_words("quechua,longest_idle", "Rosa") == "a Rosa, porque habla quechua y era quien más esperaba"
    assert in_words("only_one", "Luis") == "a Luis, porque era la única persona que podía recibirla"
    assert in_words("quechua,minors,longest_idle", "Rosa").count(" y ") == 1
    assert in_words("", "Luis") == in_words("of_a_newer_version", "Luis") == "a Luis"


# Whatever comes ------------------------------------------------------------------------------------------------------

LIFE = st.booleans()
WAITERS = st.lists(
    st.builds(
        Waiter,
        contact_id=st.uuids(),
        urgency=st.sampled_from("ABCDE"),
        seen_at=st.sampled_from([NOW, ago(100)]),
        rehearsal=LIFE,
        open_offers=st.integers(0, 3),
    ),
    unique_by=lambda one: one.contact_id,
    max_size=8,
)
VOLUNTEERS = st.lists(
    st.builds(
        Volunteer,
        member_id=st.uuids(),
        idle_since=st.integers(0, 5000).map(ago),
        carries=st.integers(0, 3),
        urgent=st.integers(0, 2),
        has_offer=LIFE,
        rehearsal=LIFE,
        above_limit=LIFE,
        skills=st.frozensets(st.sampled_from(["quechua", "minors"])),
        break_until=st.sampled_from([None, in_minutes(1)]),
        shift_ends_at=st.sampled_from([None, in_minutes(20), in_minutes(90)]),
    ),
    unique_by=lambda one: one.member_id,
    max_size=8,
)


@given(WAITERS, VOLUNTEERS)
def test_nobody_is_ever_offered_more_than_their_hands_hold(waiting: list[Waiter], ready: list[Volunteer]) -> None:
    made = choose(waiting, ready, NOW)
    asked = [one.member_id for one in made]
    assert len(asked) == len(set(asked))
    assert set(asked) <= {one.member_id for one in ready if may_be_rung(one, NOW)}


@given(WAITERS, VOLUNTEERS)
def test_no_contact_ever_rings_at_more_than_its_level_allows(waiting: list[Waiter], ready: list[Volunteer]) -> None:
    made = choose(waiting, ready, NOW)
    for one in waiting:
        new = sum(proposal.contact_id == one.contact_id for proposal in made)
        assert new == 0 or new + one.open_offers <= (3 if one.urgency == "A" else 1)


@given(WAITERS, VOLUNTEERS)
def test_no_hands_that_an_urgent_caller_could_fill_stay_idle(waiting: list[Waiter], ready: list[Volunteer]) -> None:
    made = choose(waiting, ready, NOW)
    rung, served = {one.member_id for one in made}, {one.contact_id for one in made}
    for one in waiting:
        if one.urgent and not one.silent(NOW) and one.open_offers == 0 and one.contact_id not in served:
            idle = [hands for hands in ready if not hands.has_offer and hands.member_id not in rung]
            assert not any(hands.may_take(one, NOW) for hands in idle)


@given(WAITERS, VOLUNTEERS)
def test_every_reason_has_its_words(waiting: list[Waiter], ready: list[Volunteer]) -> None:
    for one in choose(waiting, ready, NOW):
        assert one.reason
        assert set(one.reason) <= set(BECAUSE)
