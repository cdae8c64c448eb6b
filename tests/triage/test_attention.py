"""The guard as it is in force, phrases and likeness together: it only raises, and it holds on phrases never seen."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import attention, phrase_report, phrases, resemblance
from triage.phrase_report import Figures, Judged

OURS = Path("tests/data/phrases")
#: At least so many of the urgent at their level, at most so many idioms, recall and precision of texts from elsewhere.
URGENT_HELD, IDIOMS_FIRED, RECALL, PRECISION = 0.95, 0.05, 0.80, 0.55


def judged(name: str) -> tuple[Judged, ...]:
    rows = phrase_report.rows(OURS / f"{name}.csv", labelled=True)
    return tuple(Judged(row, attention.read(row.text).level) for row in rows)


@pytest.mark.parametrize("name", ["written_1", "written_2", "written_3", "written_4", "written_5", "posts", "held"])
def test_it_is_never_less_urgent_than_the_phrases_alone(name: str) -> None:
    for row in phrase_report.rows(OURS / f"{name}.csv", labelled=True):
        alone, both = phrases.read(row.text), attention.read(row.text)
        assert (both.level or "E") <= (alone.level or "E")
        assert set(alone.codes) <= set(both.codes)
        assert set(alone.matches) <= set(both.matches)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_read_and_never_lowered(text: str) -> None:
    assert (attention.read(text).level or "E") <= (phrases.read(text).level or "E")


def test_phrases_never_seen_hold_their_targets() -> None:
    found = judged("held")
    urgent = [one for one in found if one.urgent]
    held = sum(not one.missed and not one.too_low for one in urgent) / len(urgent)
    idle = [one for one in found if not one.row.fires]
    fired = sum(one.false_alarm for one in idle) / len(idle)
    told = f"urgent at their level {held:.3f}, idioms that fire {fired:.3f}"  # figures alone: nobody reads these texts
    assert (held >= URGENT_HELD, fired <= IDIOMS_FIRED) == (True, True), told


def test_texts_from_elsewhere_never_seen_hold_their_targets() -> None:
    figures = Figures(judged("held_posts"))
    recall, precision = figures.recall or 0.0, figures.precision or 0.0
    told = f"recall {recall:.3f}, precision {precision:.3f}"
    assert (recall >= RECALL, precision >= PRECISION) == (True, True), told


def test_everyday_words_never_seen_hardly_ever_fire() -> None:
    found = judged("held_ordinary")
    assert sum(one.false_alarm for one in found) / len(found) <= IDIOMS_FIRED


def test_likeness_raises_what_no_phrase_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resemblance.Model, "level", lambda *_args, **_options: "B")
    reading = attention.read("la luna está linda")
    assert (reading.level, reading.codes) == ("B", (attention.ALIKE,))
    assert [(match.es, match.text) for match in reading.matches] == [(attention.EXPLAINED, "")]
    assert attention.read("ya me tomé todas las pastillas, ayuda").level == "A"


@pytest.mark.parametrize("text", ["no me quiero morir", "nunca me suicidaría", "no pienso matarme, solo estoy triste"])
def test_what_is_truly_denied_stays_down_however_alike(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resemblance.Model, "level", lambda *_args, **_options: "A")
    assert attention.read(text) == phrases.read(text)


def test_an_idiom_alone_asks_for_near_certainty(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(resemblance.Model, "level", lambda *_args, at_least: asked.append(at_least))
    attention.read("me quiero morir de la risa")
    attention.read("me quiero morir de la risa. " + "y después fuimos a comer con toda la familia " * 4)
    attention.read("la luna está linda")
    assert asked == [attention.CERTAIN, 0.0, 0.0]


def test_one_sign_of_distress_in_a_long_text_says_nothing_and_two_do() -> None:
    long = (
        "ayer fuimos a la feria con mis primos y comimos picarones hasta la noche, después volvimos en la combi. " * 2
    )
    assert phrases.read("no duermo hace cuatro noches").level == "D"
    assert phrases.read(long + "no duermo hace cuatro noches").level is None
    assert phrases.read(long + "no duermo hace cuatro noches y no puedo respirar de la ansiedad").level == "D"
    assert phrases.read(long + "me quiero morir").level == "B"


@pytest.mark.parametrize(
    "text",
    ["a" * 4000, "no " * 1333, "me quiero " * 400, "mi " * 1333, "me quiero morir tomé todas las pastillas " * 97],
)
def test_whatever_comes_is_read_in_time(text: str) -> None:
    attention.read("hola")
    best = 1.0
    for _time in range(3):
        start = time.process_time()
        attention.read(text[:4000])
        best = min(best, time.process_time() - start)
    assert best < 0.06  # measured: at most 20 ms on one quiet core
