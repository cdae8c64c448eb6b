"""What whoever writes a public text is told: mistakes in its head, what nobody would see, answers that do not count."""

import re
from pathlib import Path

import pytest

from campaign import content
from campaign.page_file import ContentProblem
from tests.campaign.conftest import Edit

EVERY_PAGE = set(content.shown(drafts=True))


@pytest.mark.parametrize(
    ("before", "after", "told", "line"),
    [
        ('title = "Para hombres"', "title = Para hombres", "«title = Para hombres»", 2),
        ('title = "Para hombres"', "title = “Para hombres”", "comillas rectas", 2),
        ("date = 2026-11-26", "date = 26/11/2026", "los días así: 2026-12-01", 4),
        ("date = 2026-11-26", "date = 2026-11-26T10:00:00", "tiene mal escrito «date»", 1),
        ("about_suicide = true", "about_suicide = sí", "true o false", 7),
        ("order = 5", "orden = 5", "«orden», que no existe: ¿es «order»?", 1),
        ("order = 5", 'order = "5"', "tiene mal escrito «order»: va un número", 1),
        ("order = 5", 'order = 5\ndoor = "no"', "tiene mal escrito «door»: va true o false", 1),
        ("order = 5", 'order = 5\nstands = "no"', "tiene mal escrito «stands»", 1),
        ("order = 5", "order = 5\nstands = true", "dice stands, y eso vale solo para", 1),
        ("order = 5", "order = 5\nparts = [1]", "group o parts", 1),
        ("+++\nA muchos", "A muchos", "dos líneas +++", 1),
    ],
)
def test_a_mistake_in_a_head_is_told_in_spanish_with_its_line(
    own_texts: Path, before: str, after: str, told: str, line: int
) -> None:
    path = own_texts / "hombres.md"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(ContentProblem, match=r"^hombres\.md ") as raised:
        content.read(path)
    assert told in str(raised.value)
    assert (raised.value.line if line > 1 else 1) == line
    assert not re.search("Invalid|Expected|Cannot|unpack|codec", str(raised.value))


def test_a_mistake_in_one_head_takes_no_other_page_away(own_texts: Path) -> None:
    path = own_texts / "hombres.md"
    path.write_text(path.read_text(encoding="utf-8").replace("order = 5", 'order = "5"'), encoding="utf-8")

    assert set(content.shown(drafts=True)) == EVERY_PAGE - {"hombres"}


def test_no_head_makes_its_own_text_need_no_review(own_texts: Path) -> None:
    for words in ("stands = true", 'stands = "no"'):
        path = own_texts / "hombres.md"
        text = (content.CONTENT / content.LANGUAGE / "hombres.md").read_text(encoding="utf-8")
        path.write_text(text.replace("order = 5", f"order = 5\n{words}"), encoding="utf-8")
        content.pages.cache_clear()
        content.shown.cache_clear()

        assert "hombres" not in content.shown(drafts=False)


@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_an_editor_that_marks_its_files_or_ends_lines_otherwise_is_understood(own_texts: Path, mark: str) -> None:
    path = own_texts / "hombres.md"
    whole, text = content.read(path), path.read_text(encoding="utf-8")
    path.write_bytes((mark + text.replace("\n", "\r\n")).encode())

    assert content.read(path) == whole


def test_a_file_in_other_letters_is_told_so(own_texts: Path) -> None:
    path = own_texts / "hombres.md"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1", "replace"))

    with pytest.raises(ContentProblem, match="Guárdalo otra vez, como UTF-8"):
        content.read(path)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("[a](/campana/no-hay/)", "/campana/no-hay/"),
        ("[a](/hablar)", "/hablar"),
        ("[a](hablar/)", "hablar/"),
        ("[a](http://elsewhere.example)", "http://elsewhere.example"),
        ("[a](javascript:alert)", "javascript:alert"),
        ("![a](https://elsewhere.example/x.png)", ""),
        ("<b>fuerte</b>", "<b>"),
        ("| a | b |", ""),
    ],
)
def test_what_nobody_would_see_of_a_text_is_told_to_its_writer(edit: Edit, words: str, told: str) -> None:
    page = edit("hombres", "Nada de eso te hace", f"{words}\n\nNada de eso te hace")
    lines = (content.CONTENT / content.LANGUAGE / "hombres.md").read_text(encoding="utf-8").splitlines()

    (fault,) = page.faults
    assert (fault.found, fault.hard, lines[fault.line - 1]) == (told, False, words)


@pytest.mark.parametrize(
    "words", ["[a](/hablar/)", "[a](https://elsewhere.example/x)", "[a](tel:113)", "<https://a.pe>"]
)
def test_links_that_lead_somewhere_are_left_alone(edit: Edit, words: str) -> None:
    assert edit("hombres", "Nada de eso te hace", f"{words}\n\nNada de eso te hace").faults == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('help_named = "todavía no"', 'help_named = "Ana Pérez 1/12/2026"', 'help_named = "Ana Pérez, 2026-12-01"'),
        ('help_named = "todavía no"', 'help_named = "Ana Pérez, 2026-13-45"', 'help_named = "Ana Pérez, 2026-12-01"'),
        ('help_named = "todavía no"', "help_named = true", 'help_named = "Ana Pérez, 2026-12-01"'),
        ('review = "todavía no"', 'review = "Ana Pérez, 2026-12-01"', "texto "),
        ('review = "todavía no"', 'review = "Ana Pérez, 2026-12-01, texto 000000000000"', "texto "),
    ],
)
def test_an_answer_that_does_not_count_is_told_with_how_to_write_it(
    edit: Edit, before: str, after: str, told: str
) -> None:
    page = edit("hombres", before, after)
    lines = (content.CONTENT / content.LANGUAGE / "hombres.md").read_text(encoding="utf-8").splitlines()

    (fault,) = page.faults
    assert told in fault.instead
    assert lines[fault.line - 1] == after
    assert page.waits_for
