"""What a caller may do or read while waiting: short, calm, and unsigned texts only where they do no harm."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from campaign import safe_messaging
from chat import meanwhile
from chat.meanwhile import MeanwhileProblem, Text, read


def sentences(text: Text) -> list[str]:
    return [*text.words, *text.steps, *filter(None, [text.after])]


ALL = read("es-PE", meanwhile.CURRENT["es-PE"]).texts


def test_each_language_has_the_same_texts_in_the_same_order() -> None:
    shape = [(text.code, text.stands, len(text.words), len(text.steps), bool(text.after)) for text in ALL]

    for language, version in meanwhile.CURRENT.items():
        found = read(language, version)
        told = [(one.code, one.stands, len(one.words), len(one.steps), bool(one.after)) for one in found.texts]
        assert (found.language, told) == (language, shape)


@pytest.mark.parametrize("text", ALL, ids=lambda text: text.code)
def test_each_text_is_short_calm_and_says_nothing_that_harms(text: Text) -> None:
    whole = "\n".join([text.title, *sentences(text)])

    assert safe_messaging.faults(whole) == []
    assert "!" not in whole
    assert len(whole.split()) <= 90
    assert all(len(sentence.split()) <= 30 for sentence in sentences(text))


def test_an_exercise_that_brings_back_to_the_present_stands_before_anybody_signed() -> None:
    [grounding] = [text for text in ALL if text.code == "grounding"]

    assert grounding.stands
    assert [step[0] for step in grounding.steps] == ["5", "4", "3", "2", "1"]


@pytest.mark.parametrize(("demo", "shown"), [(True, len(ALL)), (False, sum(text.stands for text in ALL))])
def test_a_real_line_shows_only_what_stands_until_somebody_signs(settings: Settings, *, demo: bool, shown: int) -> None:
    settings.DEMO = demo

    assert len(meanwhile.shown().texts) == shown
    assert meanwhile.shown().signed_by == ""


def test_an_edited_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "es-PE" / "meanwhile-2026-1.toml"
    file.parent.mkdir()
    file.write_bytes((meanwhile.CONTENT / "es-PE" / file.name).read_bytes() + b"\n")

    with pytest.raises(MeanwhileProblem):
        read("es-PE", "2026-1", tmp_path)


@pytest.mark.django_db(databases="__all__")
def test_whoever_waits_finds_them_beside_the_breathing(client: Client) -> None:
    client.post("/hablar/", {"do": "agree"})
    client.post("/hablar/", {"do": "skip"})
    page = client.get("/hablar/").content.decode()
    waiting = page[page.index('id="waiting"') : page.index('id="log"')]

    assert all(text.title in waiting for text in ALL)
    assert "Respirar un momento" in waiting


@pytest.mark.django_db(databases="__all__")
def test_whoever_reads_english_finds_them_in_english_and_others_in_spanish_that_says_so(client: Client) -> None:
    client.post("/hablar/", {"do": "agree"})
    client.post("/hablar/", {"do": "skip"})
    english = client.get("/en/hablar/").content.decode()
    quechua = client.get("/quy/hablar/").content.decode()

    assert "Back to the present" in english
    assert "Volver al presente" not in english
    assert re.search(r'<details class="details" lang="es-PE">\s*<summary>Volver al presente', quechua)
