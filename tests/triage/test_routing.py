"""Who is offered whom, without rows."""

import datetime
import uuid

from hypothesis import given
from hypothesis import strategies as st

from triage.routing import Volunteer, Waiter, choose

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


def members(pairs: list[tuple[uuid.UUID, uuid.UUID]]) -> list[int]:
    """Return the numbers of the chosen members."""
    return [member.int for _contact, member in pairs]


def test_the_longest_idle_volunteer_is_asked_first() -> None:
    assert members(choose([waiter(1)], [volunteer(7, 10), volunteer(8, 500)], NOW)) == [8]


def test_empty_hands_come_before_hands_that_hold_somebody() -> None:
    assert members(choose([waiter(1)], [volunteer(7, 900, carries=1), volunteer(8, 10)], NOW)) == [8]


def test_an_emergency_rings_at_three_volunteers_at_once() -> None:
    ready = [volunteer(value) for value in range(10, 15)]
    assert len(choose([waiter(1, "A")], ready, NOW)) == 3


def test_every_emergency_has_one_offer_before_any_has_a_second() -> None:
    pairs = choose([waiter(1, "A"), waiter(2, "A")], [volunteer(7), volunteer(8)], NOW)
    assert {contact.int for contact, _member in pairs} == {1, 2}


def test_a_contact_with_an_open_offer_gets_no_other() -> None:
    assert choose([waiter(1, open_offers=1)], [volunteer(7)], NOW) == []


def test_two_conversations_are_the_most_for_anybody() -> None:
    assert choose([waiter(1)], [volunteer(7, carries=2)], NOW) == []


def test_who_carries_an_urgent_contact_is_offered_nobody_else() -> None:
    assert choose([waiter(1, "A")], [volunteer(7, carries=1, carries_urgent=True)], NOW) == []


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
    pairs = choose([waiter(1, seen_at=ago(46)), waiter(2, seen_at=ago(45))], [volunteer(7)], NOW)
    assert [contact.int for contact, _member in pairs] == [2]


def test_rehearsal_and_real_life_never_meet() -> None:
    assert choose([waiter(1, rehearsal=True)], [volunteer(7)], NOW) == []
    assert choose([waiter(1)], [volunteer(7, rehearsal=True)], NOW) == []


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
        carries_urgent=LIFE,
        has_offer=LIFE,
        rehearsal=LIFE,
    ),
    unique_by=lambda one: one.member_id,
    max_size=8,
)


@given(WAITERS, VOLUNTEERS)
def test_nobody_is_ever_offered_more_than_their_hands_hold(waiting: list[Waiter], ready: list[Volunteer]) -> None:
    pairs = choose(waiting, ready, NOW)
    free = {one.member_id for one in ready if one.free}
    asked = [member for _contact, member in pairs]
    assert len(asked) == len(set(asked))
    assert set(asked) <= free


@given(WAITERS, VOLUNTEERS)
def test_no_contact_ever_rings_at_more_than_its_level_allows(waiting: list[Waiter], ready: list[Volunteer]) -> None:
    pairs = choose(waiting, ready, NOW)
    for one in waiting:
        new = sum(contact == one.contact_id for contact, _member in pairs)
        assert new == 0 or new + one.open_offers <= (3 if one.urgency == "A" else 1)


@given(WAITERS, VOLUNTEERS)
def test_no_free_hands_stay_idle_while_somebody_could_be_offered(waiting: list[Waiter], ready: list[Volunteer]) -> None:
    pairs = choose(waiting, ready, NOW)
    left = {one.rehearsal for one in ready if one.free and one.member_id not in {member for _c, member in pairs}}
    served = {contact for contact, _member in pairs}
    for one in waiting:
        if not one.silent(NOW) and one.open_offers == 0 and one.contact_id not in served:
            assert one.rehearsal not in left
