"""Reading by likeness: learnt the same each time, from the phrases named, and refused in one sentence when broken."""

import json
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import phrase_report, resemblance
from triage.errors import PhrasesProblem
from triage.management.commands.train_resemblance import UNGRADED
from triage.resemblance import Model, in_force, is_short, load, stretches, written
from triage.resemblance_training import ROUNDS, THRESHOLDS, Example, train

OURS = Path("tests/data/phrases")
LEARNT_FROM = (
    Path("triage/content/es-PE/phrases-dev.csv"),
    *(OURS / f"written_{number}.csv" for number in range(1, 7)),
    OURS / "posts.csv",
)
EASY = [
    *(Example(f"quiero matarme {word}", "B") for word in ("ya", "hoy", "sola", "pronto", "siempre")),
    *(Example(f"me tomé todas las pastillas {word}", "A") for word in ("ya", "ahora", "recién")),
    *(Example(f"me gusta el ceviche {word}", None) for word in ("mucho", "fresco", "hoy", "siempre", "picante")),
]


def learnt() -> tuple[Model, str]:
    return train(EASY, "test")


def test_the_published_file_was_learnt_from_the_phrases_of_the_project() -> None:
    rows = [row for path in LEARNT_FROM for row in phrase_report.rows(path, labelled=True)]
    texts = [f"{row.floor if row.fires else None} {row.text}" for row in rows]
    noted = json.loads(resemblance.PUBLISHED.read_text(encoding="utf-8"))["learnt_from"]
    assert noted == resemblance.digest_of(texts), "learn anew: python -m hotline train-resemblance, see docs/TRIAGE.md"


def test_nothing_was_learnt_from_what_is_held_back() -> None:
    held = {
        row.text for name in ("held", "held_posts") for row in phrase_report.rows(OURS / f"{name}.csv", labelled=True)
    }
    learnt_from = {row.text for path in LEARNT_FROM for row in phrase_report.rows(path, labelled=True)}
    both = [len(text.split()) for text in held & learnt_from]  # lengths alone: nobody reads the texts held back
    assert max(both, default=0) <= 3  # three words may be the same by chance


def test_the_published_file_may_be_read_by_all_and_waits_for_a_signature() -> None:
    assert stat.S_IMODE(resemblance.PUBLISHED.stat().st_mode) & 0o444 == 0o444
    assert load().signed_by == ""


def test_the_same_phrases_teach_the_same() -> None:
    (first, digest), (second, again) = learnt(), learnt()
    assert digest == again
    assert written(first, learnt_from=digest) == written(second, learnt_from=digest)


def test_training_tells_how_far_it_is() -> None:
    told: list[None] = []
    train(EASY, "test", lambda: told.append(None))
    assert len(told) == ROUNDS * len(THRESHOLDS)


def test_what_was_learnt_is_found_in_other_words_too() -> None:
    model, _digest = learnt()
    assert model.level("quiero matarme mañana") == "B"
    assert model.level("me tomé las pastillas") == "A"
    assert model.level("me gusta el arroz con pollo") is None
    assert model.level("") is None
    assert model.level("?!… 😭") is None


def test_a_long_message_is_read_stretch_by_stretch() -> None:
    model, _digest = learnt()
    assert model.level("me gusta el ceviche fresco " * 20 + "quiero matarme hoy sola " * 6) == "B"


def test_a_text_that_may_be_more_urgent_does_not_teach_that_it_is_not() -> None:
    open_end = Example("quiero matarme luego", "C", at_least=True)
    assert not open_end.teaches("B")
    assert open_end.teaches("C")
    assert Example("me gusta el ceviche", None, at_least=True).teaches("B")
    assert UNGRADED in {row.code for row in phrase_report.rows(OURS / "posts.csv", labelled=True)}


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    model, digest = learnt()
    path = tmp_path / "parecido.json"
    path.write_text(written(model, learnt_from=digest), encoding="utf-8")
    again = load(path)
    for example in EASY:
        for level, alike in model.likeness(example.text).items():
            assert again.likeness(example.text)[level] == pytest.approx(alike, abs=0.05)


@pytest.mark.parametrize(
    "text", ["", "no es json", "{}", '{"version": "1", "signed_by": "", "heads": [{"level": "B"}]}', "[]"]
)
def test_a_broken_file_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "parecido.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PhrasesProblem, match=r"^parecido\.json no es un archivo de parecido \(\w+\)\.$"):
        load(path)


def test_a_file_with_too_few_weights_is_refused_and_so_is_one_that_is_not_there(tmp_path: Path) -> None:
    model, digest = learnt()
    facts = json.loads(written(model, learnt_from=digest))
    short = Model("1", "", tuple(resemblance.Head("B", 0.5, 0.0, (0.1,)) for _ in range(2)))
    path = tmp_path / "parecido.json"
    path.write_text(json.dumps(facts | {"heads": json.loads(written(short, learnt_from=""))["heads"]}), "utf-8")
    with pytest.raises(PhrasesProblem, match=f"no tiene {resemblance.SIZE} pesos"):
        load(path)
    with pytest.raises(PhrasesProblem, match="FileNotFoundError"):
        load(tmp_path / "no-hay.json")


@given(words=st.integers(min_value=0, max_value=400))
def test_stretches_cover_every_word_and_none_is_too_long(words: int) -> None:
    found = stretches(words)
    assert {at for start, end in found for at in range(start, end)} == set(range(words))
    assert all(0 <= end - start <= resemblance.STRETCH for start, end in found)


def test_a_short_text_is_one_stretch() -> None:
    assert is_short("palabra " * resemblance.STRETCH)
    assert not is_short("palabra " * (resemblance.STRETCH + 1))


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=400))
def test_any_text_has_a_likeness_from_0_to_1(text: str) -> None:
    assert all(0 <= alike <= 1 for alike in in_force().likeness(text).values())


def test_a_message_of_sixty_words_is_read_in_no_time() -> None:
    text = "no sé si me puedan ayudar pero hace tres semanas que no duermo bien y nadie me entiende " * 4
    model, best = in_force(), 1.0
    for _time in range(50):
        start = time.process_time()
        model.level(text)
        best = min(best, time.process_time() - start)
    assert best < 0.001  # measured: 0.07 ms; the rest is for a slower machine
