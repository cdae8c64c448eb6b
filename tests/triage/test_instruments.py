"""The instruments: every combination of answers, every boundary, and what the volunteer reads."""

import itertools

import pytest

from triage.errors import BadAnswers
from triage.instruments import ASQ, CSSRS, INSTRUMENTS, PHQ4, Instrument, Outcome, taken

ASKED = ("yes", "no", "")
BEHAVIOURS = ("recent", "older", "undated", "no", "")


def cssrs(answers: str = "", behaviour: str = "", **beside: str) -> Outcome:
    """Score the screener; ``answers`` are those to 1 to 5 as y, n or - (not asked)."""
    words = {"y": "yes", "n": "no", "-": ""}
    return CSSRS.score({str(at): words[one] for at, one in enumerate(answers, 1)} | {"6": behaviour} | beside)


def asq(answers: str, **beside: str) -> Outcome:
    """Score the ASQ; ``answers`` are those to 1 to 5 as y, n or - (not asked)."""
    words = {"y": "yes", "n": "no", "-": ""}
    return ASQ.score({str(at): words[one] for at, one in enumerate(answers, 1)} | beside)


def _bands_by_the_book(ideation: tuple[str, ...], behaviour: str) -> set[str]:
    """Return which bands the published cut-offs allow; a date that nobody knows counts as recent."""
    wish, thoughts, method, intent, plan = (one == "yes" for one in ideation)
    if intent or plan or behaviour in {"recent", "undated"}:
        return {"high", "imminent"}
    if method or behaviour == "older":
        return {"moderate"}
    return {"low"} if wish or thoughts else {"none", "open"}


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_every_combination_of_the_c_ssrs_falls_where_its_cut_offs_say(behaviour: str) -> None:
    for ideation in itertools.product(ASKED, repeat=5):
        given = {str(at): one for at, one in enumerate(ideation, 1)} | {"6": behaviour}
        outcome = CSSRS.score(given)
        assert outcome.band in _bands_by_the_book(ideation, behaviour), given
        asked = [given["1"], given["2"], behaviour] + ([] if given["2"] == "no" else list(ideation[2:]))
        assert outcome.missing == asked.count(""), given
        assert (outcome.band == "none") == ("yes" not in ideation and behaviour == "no" and not outcome.missing), given


@pytest.mark.parametrize("means", ASKED)
@pytest.mark.parametrize("today", ASKED)
def test_the_c_ssrs_suggests_a_only_for_a_plan_with_means_for_today(means: str, today: str) -> None:
    for ideation, behaviour in itertools.product(itertools.product(ASKED, repeat=5), BEHAVIOURS):
        given = {str(at): one for at, one in enumerate(ideation, 1)} | {"6": behaviour, "means": means, "today": today}
        outcome = CSSRS.score(given)
        assert (outcome.level == "A") == (ideation[4] == means == today == "yes"), given
        assert (outcome.band == "imminent") == (outcome.level == "A"), given


@pytest.mark.parametrize(
    ("answers", "behaviour", "level"),
    [
        ("nn---", "no", "E"),
        ("yn---", "no", "C"),
        ("nynnn", "no", "C"),
        ("nyynn", "no", "B"),
        ("nyyyn", "no", "B"),
        ("nynyn", "no", "B"),
        ("nyyyy", "no", "B"),
        ("nn---", "older", "C"),
        ("nn---", "recent", "B"),
        ("nn---", "undated", "B"),
        ("nn---", "", "C"),
        ("-n---", "no", "C"),
        ("n----", "no", "C"),
        ("ny---", "no", "C"),
        ("-----", "", "C"),
    ],
)
def test_the_c_ssrs_suggests_the_level_of_the_table(answers: str, behaviour: str, level: str) -> None:
    assert cssrs(answers, behaviour).level == level


def test_more_yes_never_suggests_a_calmer_level_and_no_answer_none_calmer_than_no() -> None:
    harder = {"no": "", "": "yes"}
    for ideation in itertools.product(ASKED, repeat=5):
        for at, one in enumerate(ideation):
            if one in harder:
                more = (*ideation[:at], harder[one], *ideation[at + 1 :])
                before, after = (
                    CSSRS.score({str(number): each for number, each in enumerate(answers, 1)} | {"6": "no"})
                    for answers in (ideation, more)
                )
                assert after.level <= before.level, (ideation, more)


@pytest.mark.parametrize(
    ("answers", "behaviour", "beside", "line"),
    [
        ("nn---", "no", {}, "sin señales (respondió que no a todo)"),
        ("yn---", "no", {}, "bajo: deseo de morir, sin ideación"),
        ("yynnn", "no", {}, "bajo: ideación, sin método"),
        ("yyynn", "no", {"means": "no"}, "moderado: ideación con método, sin intención, sin medios a mano"),
        ("yyyyn", "no", {}, "alto: ideación con intención, sin plan, falta saber si tiene medios a mano"),
        ("yyyyy", "no", {"means": "no"}, "alto: ideación con plan, sin medios a mano"),
        (
            "yyyyy",
            "recent",
            {"means": "yes", "today": "yes"},
            "inminente: ideación con plan, conducta suicida en los últimos tres meses, con medios a mano, para hoy",
        ),
        ("nn---", "older", {}, "moderado: conducta suicida hace más de tres meses"),
        ("nn---", "undated", {}, "alto: conducta suicida sin fecha, que cuenta como reciente"),
        ("nn---", "", {}, "sin señales en lo contestado; falta 1 respuesta"),
        ("yy---", "", {}, "bajo: ideación; faltan 4 respuestas"),
    ],
)
def test_the_c_ssrs_is_told_in_one_line(answers: str, behaviour: str, beside: dict[str, str], line: str) -> None:
    assert cssrs(answers, behaviour, **beside).line == line


def test_every_combination_of_the_asq_falls_where_its_cut_offs_say() -> None:
    for answers in itertools.product(ASKED, repeat=5):
        outcome = ASQ.score({str(at): one for at, one in enumerate(answers, 1)})
        screen, now = answers[:4], answers[4]
        if now == "yes":
            expected = ("acute", "B")
        elif "yes" in screen:
            expected = ("positive", "C")
        else:
            expected = ("open", "C") if "" in screen else ("none", "E")
        assert (outcome.band, outcome.level) == expected, answers
        asked = screen if set(screen) == {"no"} else answers
        assert outcome.missing == asked.count(""), answers


def test_the_asq_suggests_a_only_for_a_plan_with_means_for_today() -> None:
    for answers in itertools.product(ASKED, repeat=5):
        for plan, means, today in itertools.product(ASKED, repeat=3):
            given = {str(at): one for at, one in enumerate(answers, 1)}
            outcome = ASQ.score(given | {"plan": plan, "means": means, "today": today})
            assert (outcome.level == "A") == (plan == means == today == "yes"), given
            if "yes" in {plan, means, today}:
                assert outcome.level <= "C", given


@pytest.mark.parametrize(
    ("answers", "beside", "line"),
    [
        ("nnnn-", {}, "negativo (respondió que no a las cuatro)"),
        ("nnn--", {}, "sin señales en lo contestado; faltan 2 respuestas"),
        ("ynnnn", {}, "positivo: 1 de 4 con sí, ahora mismo no"),
        ("yynn-", {}, "positivo: 2 de 4 con sí, falta saber si es ahora mismo; falta 1 respuesta"),
        (
            "nnyny",
            {},
            "positivo agudo: dijo que sí a la de ahora mismo, falta saber si tiene medios a mano",
        ),
        (
            "nnyny",
            {"plan": "yes", "means": "yes", "today": "yes"},
            "inminente: dijo que sí a la de ahora mismo, con plan, con medios a mano, para hoy",
        ),
    ],
)
def test_the_asq_is_told_in_one_line(answers: str, beside: dict[str, str], line: str) -> None:
    assert asq(answers, **beside).line == line


def test_every_combination_of_the_phq_4_falls_where_its_cut_offs_say() -> None:
    cuts = ["minimal"] * 3 + ["mild"] * 3 + ["moderate"] * 3 + ["severe"] * 4
    levels = {"minimal": "E", "mild": "E", "moderate": "D", "severe": "C"}
    for answers in itertools.product(("", "0", "1", "2", "3"), repeat=4):
        outcome = PHQ4.score({str(at): one for at, one in enumerate(answers, 1)})
        points = sum(int(one or 0) for one in answers)
        assert outcome.band == cuts[points], answers
        assert outcome.level == levels[outcome.band], answers
        assert outcome.missing == answers.count(""), answers
        assert ("al menos" in outcome.line) == ("" in answers), answers


@pytest.mark.parametrize(
    ("points", "line"),
    [
        ("0011", "síntomas mínimos o ninguno: 2 de 12 puntos"),
        ("0012", "síntomas leves: 3 de 12 puntos"),
        ("0023", "síntomas leves: 5 de 12 puntos"),
        ("0033", "síntomas moderados: 6 de 12 puntos"),
        ("1133", "síntomas moderados: 8 de 12 puntos"),
        ("0333", "síntomas graves: 9 de 12 puntos"),
        ("3333", "síntomas graves: 12 de 12 puntos"),
    ],
)
def test_each_boundary_of_the_phq_4_is_told_in_one_line(points: str, line: str) -> None:
    assert PHQ4.score({str(at): one for at, one in enumerate(points, 1)}).line == line


def test_a_missing_answer_of_the_phq_4_is_told_and_counts_for_nothing() -> None:
    outcome = PHQ4.score({"1": "3", "2": "3"})
    assert outcome.line == "síntomas moderados: al menos 6 de 12 puntos; faltan 2 respuestas"


@pytest.mark.parametrize("one", INSTRUMENTS.values(), ids=lambda one: one.code)
def test_only_its_own_answers_are_taken(one: Instrument) -> None:
    first = one.items[0]
    assert taken(one, {first.code: first.options[0], "x": "y", "6 ": "no"}) == {first.code: first.options[0]}
    with pytest.raises(BadAnswers):
        taken(one, {first.code: "maybe"})
    with pytest.raises(BadAnswers):
        taken(one, {first.code: ""})
    with pytest.raises(BadAnswers):
        taken(one, dict.fromkeys([item.code for item in one.beside], "yes"))


@pytest.mark.parametrize("one", INSTRUMENTS.values(), ids=lambda one: one.code)
def test_each_says_its_source_its_licence_and_what_nobody_has_confirmed(one: Instrument) -> None:
    assert one.source
    assert str(one.licence)
    assert any("El nivel que se sugiere" in str(words) for words in one.to_confirm)
    assert ("corte" in str(CSSRS.to_confirm)) is True
