"""The consent texts: complete, unedited, safe, and honest about what is not filled in."""

import hashlib
from pathlib import Path

import pytest
from pytest_django import Settings

from consent import texts
from consent.errors import TextProblem

PUBLISHED = texts.CONTENT / "es-PE" / "2026-1.toml"


def written(folder: Path, text: str) -> Path:
    (folder / "es-PE").mkdir()
    (folder / "es-PE" / "draft.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_text_in_force_has_all_ten_contents_in_the_order_of_the_law() -> None:
    text = texts.read("es-PE", texts.CURRENT["es-PE"])

    assert tuple(block.code for block in text.blocks) == texts.BLOCKS
    assert all(block.title and "<p>" in block.html for block in text.blocks)


def test_only_listening_and_supervision_are_required_and_nothing_optional_is_ticked() -> None:
    purposes = texts.read("es-PE", "2026-1").purposes

    assert [purpose.code for purpose in purposes if purpose.required] == ["listen", "supervision"]
    assert not any(purpose.default for purpose in purposes if not purpose.required)


def test_the_first_screen_stays_near_ninety_words_for_a_small_phone() -> None:
    short = texts.read("es-PE", "2026-1").short_html

    assert 60 <= len(short.replace("<p>", " ").split()) <= 110


@pytest.mark.parametrize("code", texts.BLOCKS)
def test_a_version_with_one_empty_content_is_refused_by_its_name(tmp_path: Path, code: str) -> None:
    before, after = PUBLISHED.read_text(encoding="utf-8").split(f"[blocks.{code}]")
    rest = after[after.find("\n[blocks.") :] if "\n[blocks." in after else ""
    folder = written(tmp_path, f'{before}[blocks.{code}]\ntitle = "Vacío"\ntext = " "\n{rest}')

    with pytest.raises(TextProblem, match=rf"lacks: {code}\.$"):
        texts.read("es-PE", "draft", folder)


def test_a_published_text_that_somebody_edited_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.DIGESTS, ("es-PE", "2026-1"), hashlib.sha256(b"another").hexdigest())

    with pytest.raises(TextProblem, match="add a new version instead"):
        texts.read("es-PE", "2026-1")


def test_an_unknown_version_is_a_problem_with_a_sentence_and_not_a_crash() -> None:
    with pytest.raises(TextProblem, match="es-PE 1999-9"):
        texts.read("es-PE", "1999-9")


def test_the_digest_changes_when_another_controller_is_named(settings: Settings) -> None:
    before = texts.read("es-PE", "2026-1").digest
    settings.CONTROLLER = {**settings.CONTROLLER, "name": "Asociación de Ensayo"}

    text = texts.read("es-PE", "2026-1")
    assert "Asociación de Ensayo" in text.blocks[0].html
    assert text.digest != before


def test_markup_in_a_controller_name_is_shown_and_never_run(settings: Settings) -> None:
    settings.CONTROLLER = {**settings.CONTROLLER, "name": "<script>alert(1)</script>"}

    html = texts.read("es-PE", "2026-1").blocks[0].html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_real_line_names_every_variable_it_has_not_filled(settings: Settings) -> None:
    settings.DEMO = False
    settings.CONTROLLER = dict.fromkeys(texts.PLACEHOLDERS, "") | {"name": "Asociación", "address": " "}

    assert texts.unfilled() == [
        "HOTLINE_CONTROLLER_ADDRESS",
        "HOTLINE_CONTACT",
        "HOTLINE_HOSTED_IN",
        "HOTLINE_TEXTS_SIGNED_BY",
    ]


def test_the_demonstration_needs_no_names_to_be_filled(settings: Settings) -> None:
    settings.DEMO = True
    settings.CONTROLLER = dict.fromkeys(texts.PLACEHOLDERS, "")

    assert texts.unfilled() == []
