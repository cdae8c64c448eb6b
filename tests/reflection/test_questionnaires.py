"""Scores and bands of the questionnaires, at every boundary."""

import dataclasses

import pytest

from reflection.own_errors import Unanswered, UnknownForm
from reflection.questionnaires import (
    FORMS,
    PROQOL5,
    SHORT_PROQOL,
    WHO5,
    Form,
    Key,
    form_of,
    items_of,
    kept,
    scores,
    taken,
)


def given(form: Form, points: int) -> dict[str, str]:
    return {str(number): str(points) for number in range(1, form.items + 1)}


#: Made up for tests, and not as the official forms have it: which item belongs to which scale, and which are turned.
OF_FIVE = Key(["satisfaction", "burnout", "stress"] * 10, [2, 5, 8, 11, 14])
OF_NINE = Key(["stress", "burnout", "satisfaction"] * 3)


def of(form: Form, points: list[int], key: Key) -> dict[str, tuple[int, str]]:
    return {one.scale.code: (one.points, one.band) for one in scores(form, points, key)}


@pytest.mark.parametrize(
    ("raw", "points", "band", "heavy"),
    [
        (0, 0, "very_low", True),
        (7, 28, "very_low", True),
        (8, 32, "low", True),
        (12, 48, "low", True),
        (13, 52, "enough", False),
        (25, 100, "enough", False),
    ],
)
def test_who5_is_the_sum_times_four_low_under_fifty_and_very_low_up_to_28(
    raw: int, points: int, band: str, *, heavy: bool
) -> None:
    answers = [min(5, max(0, raw - 5 * before)) for before in range(5)]
    (score,) = scores(WHO5, answers, Key())

    assert sum(answers) == raw
    assert (score.points, score.band, score.heavy) == (points, band, heavy)
    assert (score.least, score.most) == (0, 100)


def test_nothing_of_proqol_is_scored_by_a_list_of_ours() -> None:
    names = {field.name for form in FORMS.values() for scale in form.scales for field in dataclasses.fields(scale)}
    assert names == {"code", "name", "times", "bands", "good_high"}
    assert of(PROQOL5, [5] * 30, Key(OF_FIVE.scales, []))["burnout"] == (50, "high")  # nothing turned but by the file
    assert PROQOL5.turned_to_compare == (1, 4, 15, 17, 29)


def test_proqol_turns_the_items_round_that_its_file_names() -> None:
    never, always = of(PROQOL5, [1] * 30, OF_FIVE), of(PROQOL5, [5] * 30, OF_FIVE)

    assert never == {"satisfaction": (10, "low"), "burnout": (30, "middle"), "stress": (10, "low")}
    assert always == {"satisfaction": (50, "high"), "burnout": (30, "middle"), "stress": (50, "high")}
    worst = [1 if number in OF_FIVE.turned else 5 for number in range(1, 31)]
    assert of(PROQOL5, worst, OF_FIVE)["burnout"] == (50, "high")


def test_an_item_of_any_scale_may_be_turned() -> None:
    assert of(PROQOL5, [5] * 30, Key(OF_FIVE.scales, [1, 4]))["satisfaction"] == (42, "high")
    assert of(SHORT_PROQOL, [5] * 9, Key(OF_NINE.scales, [1]))["stress"] == (11, "")


@pytest.mark.parametrize(
    ("points", "band"), [(10, "low"), (22, "low"), (23, "middle"), (41, "middle"), (42, "high"), (50, "high")]
)
def test_proqol_is_low_up_to_22_and_high_from_42(points: int, band: str) -> None:
    stress = PROQOL5.scales[2]
    answers, left = [1] * 30, points - 10
    for item in items_of(PROQOL5, stress, OF_FIVE):
        more = min(4, left)
        answers[item - 1], left = 1 + more, left - more

    (score,) = [one for one in scores(PROQOL5, answers, OF_FIVE) if one.scale is stress]
    assert (score.points, score.band, score.heavy) == (points, band, band == "high")


def test_little_satisfaction_is_heavy_and_much_is_not() -> None:
    low, high = scores(PROQOL5, [1] * 30, OF_FIVE)[0], scores(PROQOL5, [5] * 30, OF_FIVE)[0]
    assert (low.heavy, high.heavy) == (True, False)


def test_the_short_proqol_sums_the_items_that_its_file_names_and_has_no_bands() -> None:
    assert of(SHORT_PROQOL, [1, 3, 5] * 3, OF_NINE) == {"satisfaction": (15, ""), "burnout": (9, ""), "stress": (3, "")}
    assert not any(one.heavy for one in scores(SHORT_PROQOL, [5] * 9, OF_NINE))


@pytest.mark.parametrize("form", [WHO5, SHORT_PROQOL, PROQOL5])
def test_every_item_needs_an_answer_that_the_form_knows(form: Form) -> None:
    whole = given(form, 3)
    assert taken(form, whole) == [3] * form.items
    with pytest.raises(Unanswered) as error:
        taken(form, whole | {"2": "", str(form.items): str(max(form.points) + 1)})
    assert error.value.missing == [2, form.items]
    with pytest.raises(Unanswered):
        taken(form, whole | {"1": str(min(form.points) - 1)})


def test_there_are_no_other_questionnaires() -> None:
    assert form_of("who5") is WHO5
    with pytest.raises(UnknownForm):
        form_of("mbi")


@pytest.mark.parametrize(("points", "value"), [(0, 0), (4, 0), (8, 10), (12, 10), (48, 50), (52, 50), (96, 100)])
def test_what_may_join_a_group_s_figure_is_rounded_to_tens(points: int, value: int) -> None:
    (score,) = kept(WHO5, {"wellbeing": points})
    assert score.rounded == value


def test_a_scale_that_begins_above_nothing_is_rounded_from_its_least() -> None:
    assert [one.rounded for one in scores(PROQOL5, [1] * 30, OF_FIVE)] == [0, 50, 0]
    assert [one.rounded for one in scores(SHORT_PROQOL, [5] * 9, OF_NINE)] == [100] * 3


def test_scores_that_were_kept_come_back_as_they_were() -> None:
    for form, key in ((WHO5, Key()), (PROQOL5, OF_FIVE), (SHORT_PROQOL, OF_NINE)):
        before = scores(form, [4] * form.items, key)
        assert kept(form, {one.scale.code: one.points for one in before}) == before
