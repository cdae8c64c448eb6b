"""Scores and bands of the questionnaires, at every boundary."""

import pytest

from reflection.own_errors import Unanswered, UnknownForm
from reflection.questionnaires import PROQOL5, SHORT_PROQOL, WHO5, Form, form_of, kept, scores, taken


def given(form: Form, points: int) -> dict[str, str]:
    return {str(number): str(points) for number in range(1, form.items + 1)}


def of(form: Form, points: list[int], told: list[str] | None = None) -> dict[str, tuple[int, str]]:
    return {one.scale.code: (one.points, one.band) for one in scores(form, points, told or [])}


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
    (score,) = scores(WHO5, answers)

    assert sum(answers) == raw
    assert (score.points, score.band, score.heavy) == (points, band, heavy)
    assert (score.least, score.most) == (0, 100)


def test_proqol_counts_each_of_the_thirty_items_in_one_scale() -> None:
    assert sorted(item for scale in PROQOL5.scales for item in scale.items) == list(range(1, 31))
    assert {scale.code: scale.turned for scale in PROQOL5.scales if scale.turned} == {"burnout": {1, 4, 15, 17, 29}}


def test_proqol_turns_the_five_good_signs_of_burnout_round() -> None:
    never, always = of(PROQOL5, [1] * 30), of(PROQOL5, [5] * 30)

    assert never == {"satisfaction": (10, "low"), "burnout": (30, "middle"), "stress": (10, "low")}
    assert always == {"satisfaction": (50, "high"), "burnout": (30, "middle"), "stress": (50, "high")}
    worst = [1 if number in {1, 4, 15, 17, 29} else 5 for number in range(1, 31)]
    assert of(PROQOL5, worst)["burnout"] == (50, "high")


@pytest.mark.parametrize(
    ("points", "band"), [(10, "low"), (22, "low"), (23, "middle"), (41, "middle"), (42, "high"), (50, "high")]
)
def test_proqol_is_low_up_to_22_and_high_from_42(points: int, band: str) -> None:
    stress = PROQOL5.scales[2]
    answers, left = [1] * 30, points - 10
    for item in stress.items:
        more = min(4, left)
        answers[item - 1], left = 1 + more, left - more

    (score,) = [one for one in scores(PROQOL5, answers) if one.scale is stress]
    assert (score.points, score.band, score.heavy) == (points, band, band == "high")


def test_little_satisfaction_is_heavy_and_much_is_not() -> None:
    low, high = scores(PROQOL5, [1] * 30)[0], scores(PROQOL5, [5] * 30)[0]
    assert (low.heavy, high.heavy) == (True, False)


def test_the_short_proqol_sums_the_items_that_its_file_names_and_has_no_bands() -> None:
    told = ["stress", "burnout", "satisfaction"] * 3

    assert of(SHORT_PROQOL, [1, 3, 5] * 3, told) == {"satisfaction": (15, ""), "burnout": (9, ""), "stress": (3, "")}
    assert not any(one.heavy for one in scores(SHORT_PROQOL, [5] * 9, told))


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
    assert [one.rounded for one in scores(PROQOL5, [1] * 30)] == [0, 50, 0]
    assert [one.rounded for one in scores(SHORT_PROQOL, [5] * 9, ["stress", "burnout", "satisfaction"] * 3)] == [
        100
    ] * 3


def test_scores_that_were_kept_come_back_as_they_were() -> None:
    for form, told in ((WHO5, []), (PROQOL5, []), (SHORT_PROQOL, ["stress", "burnout", "satisfaction"] * 3)):
        before = scores(form, [4] * form.items, told)
        assert kept(form, {one.scale.code: one.points for one in before}) == before
