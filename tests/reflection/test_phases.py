"""Who may speak when: phases, the round, the clock."""

import datetime

import pytest

from reflection.phases import (
    PLANS,
    Phase,
    Place,
    Plan,
    Voice,
    is_round_over,
    may_move_on,
    minutes_left,
    next_speaker,
    speech_refused,
)
from wire import clock

ME, OTHER = 7, 8
MINUTE = datetime.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("voice", "speaker", "presenter", "refused"),
    [
        (Voice.ALL, None, None, ""),
        (Voice.ALL, OTHER, OTHER, ""),
        (Voice.ROUND, ME, None, ""),
        (Voice.ROUND, OTHER, None, "not_your_turn"),
        (Voice.ROUND, None, None, "not_your_turn"),
        (Voice.ONE, None, ME, ""),
        (Voice.ONE, None, OTHER, "only_presenter"),
        (Voice.ONE, None, None, "only_presenter"),
        (Voice.REST, None, OTHER, ""),
        (Voice.REST, None, None, ""),
        (Voice.REST, None, ME, "presenter_rests"),
    ],
)
def test_who_may_speak_follows_from_the_phase(voice: Voice, speaker: int, presenter: int, refused: str) -> None:
    phase = Phase("theme", 1, voice)
    assert speech_refused(phase, Place(ME, leads=False), speaker=speaker, presenter=presenter) == refused


@pytest.mark.parametrize("voice", list(Voice))
def test_who_leads_may_always_hold_the_frame(voice: Voice) -> None:
    phase = Phase("theme", 1, voice)
    assert speech_refused(phase, Place(ME, leads=True), speaker=OTHER, presenter=ME) == ""


def test_a_round_goes_by_the_order_of_arrival_and_ends() -> None:
    assert next_speaker([(1, True), (2, False), (3, False)]) == 2
    assert next_speaker([(1, True), (2, True)]) is None
    assert next_speaker([]) is None


@pytest.mark.parametrize("kind", PLANS)
def test_the_phases_of_each_kind_fill_its_time(kind: str) -> None:
    plan = Plan.of(kind, 12 if kind == "shift_end" else 90)
    whole = sum((plan.lasts(number) for number in range(len(plan.phases))), datetime.timedelta())
    assert abs(whole - datetime.timedelta(minutes=plan.minutes)) <= MINUTE
    assert len({phase.code for phase in plan.phases}) == len(plan.phases)
    assert [plan.is_last(number) for number in range(len(plan.phases))].index(True) == len(plan.phases) - 1


def test_in_a_balint_group_the_presenter_sits_back_while_the_group_imagines() -> None:
    voices = [phase.voice for phase in PLANS["balint"]]
    assert voices == [Voice.ALL, Voice.ONE, Voice.ALL, Voice.REST, Voice.ONE, Voice.ROUND]


def test_the_clock_is_gentle_and_others_may_move_on_only_well_after() -> None:
    plan, since = Plan.of("shift_end", 12), clock.now()
    assert minutes_left(plan, 0, since, since) == 3
    assert minutes_left(plan, 0, since, since + 2.5 * MINUTE) == 1
    assert minutes_left(plan, 0, since, since + 30 * MINUTE) == 0
    assert minutes_left(plan, 0, since, since - 10 * MINUTE) == 3
    assert not may_move_on(plan, 0, since, since + 4.9 * MINUTE, free=False)
    assert may_move_on(plan, 0, since, since + 5 * MINUTE, free=False)
    assert may_move_on(plan, 0, since, since, free=True)


@pytest.mark.parametrize(
    ("voice", "here", "speaker", "over"),
    [
        (Voice.ROUND, [False, False], None, True),
        (Voice.ROUND, [False, False], OTHER, False),
        (Voice.ROUND, [False], None, False),
        (Voice.ROUND, [False, True], None, False),
        (Voice.ALL, [False, False], None, False),
    ],
)
def test_a_round_is_over_for_several_whom_nobody_leads(
    voice: Voice, here: list[bool], speaker: int | None, *, over: bool
) -> None:
    places = [Place(number, leads) for number, leads in enumerate(here)]
    assert is_round_over(Phase("arrival", 1, voice), places, speaker=speaker) is over
