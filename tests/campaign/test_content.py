"""The public texts: whole, safe to read in a bad moment, and with the sentence that the law demands."""

from pathlib import Path

import pytest

from campaign import content
from directory import search

HEAD = '+++\ntitle = "Título"\n+++\n'
#: Words that safe messaging and our tone keep away from callers.
HARMFUL = ("cometer", "exitoso", "fallido", "epidemia", "paciente", "usuario", "loco", "enfermo mental", "víctima", "!")


def written(folder: Path, text: str) -> Path:
    path = folder / "una_pagina.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_menu_holds_the_four_pages_and_never_the_front() -> None:
    assert [page.slug for page in content.menu()] == ["hablar-ayuda", "como-ayudamos", "en-peligro", "tus-palabras"]


def test_every_axis_of_the_front_page_leads_to_a_page_that_exists() -> None:
    axes = content.pages()["front"].axes

    assert len(axes) == 3
    assert {axis.slug for axis in axes} <= {page.slug for page in content.menu()}


def test_the_numbers_of_the_front_page_are_those_of_the_directory() -> None:
    fields = ("tel", "number", "name", "say", "for_whom", "hours", "cost")

    def facts(line: object) -> list[str]:
        return [getattr(line, field) for field in fields]

    assert [facts(line) for line in content.help_lines()] == [facts(line) for line in search.lines_now()]


def test_the_mandatory_sentence_is_the_one_in_the_decree() -> None:
    assert content.MANDATORY_SENTENCE == (
        "Un suicidio puede evitarse si lo hablamos a tiempo. Si necesitas consejo, orientación o ayuda, llama gratis "
        "al 113, opción 5. Aquí estamos para ayudarte"
    )


@pytest.mark.parametrize("word", ["Suicidio", "suicida", "suicidarse"])
def test_a_text_that_names_suicide_is_known_by_its_words(tmp_path: Path, word: str) -> None:
    assert content.read(written(tmp_path, f"{HEAD}Sobre {word}.")).about_suicide


def test_a_title_that_names_suicide_counts_as_much_as_the_text(tmp_path: Path) -> None:
    text = HEAD.replace("Título", "Prevenir el suicidio") + "Conversar alivia."

    assert content.read(written(tmp_path, text)).about_suicide


def test_a_text_on_something_else_does_not_carry_the_sentence(tmp_path: Path) -> None:
    assert not content.read(written(tmp_path, f"{HEAD}Conversar alivia.")).about_suicide


@pytest.mark.parametrize("slug", content.pages())
def test_no_public_text_uses_words_that_hurt(slug: str) -> None:
    page = content.pages()[slug]
    words = f"{page.title} {page.html}".lower()

    assert [word for word in HARMFUL if word in words] == []


def test_markup_in_a_text_is_shown_and_never_run(tmp_path: Path) -> None:
    page = content.read(written(tmp_path, f"{HEAD}<script>alert(1)</script>"))

    assert "<script>" not in page.html
    assert "&lt;script&gt;" in page.html


@pytest.mark.parametrize(
    "text", ["sin cabecera", '+++\ntitle = ""\n+++\nTexto', f"{HEAD} \n", "+++\ntitle =\n+++\nTexto"]
)
def test_a_broken_text_is_refused_by_the_name_of_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(content.ContentProblem, match=r"^una_pagina\.md "):
        content.read(written(tmp_path, text))
