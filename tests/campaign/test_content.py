"""The public texts: whole, safe to read in a bad moment, shown once a person approved them, with the law's sentence."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from campaign import content, dates, safe_messaging
from campaign.page_file import ContentProblem
from directory import search
from tests.campaign.conftest import Edit

TICKS = "".join(f'{point.key} = "todavía no"\n' for point in content.checklist())
HEAD = (
    '+++\ntitle = "Título"\nsummary = "De qué trata."\ndate = 2026-11-26\nabout_suicide = false\n'
    f'review = "todavía no"\n[checklist]\n{TICKS}+++\n'
)
#: Words that safe messaging and our tone keep away from callers.
HARMFUL = ("cometer", "exitoso", "fallido", "epidemia", "paciente", "usuario", "loco", "enfermo mental", "víctima", "!")
WANTED = {
    "que-me-pasa",
    "hablar-ayuda",
    "en-peligro",
    "jovenes",
    "hombres",
    "despues-de-un-desastre",
    "como-acompanar",
    "mitos-y-verdades",
    "personal-de-salud",
    "como-ayudamos",
    "tus-palabras",
    "quienes-somos",
    "voluntariado",
    "fechas",
    "prensa",
}


#: What whoever seeks help needs, whoever has reviewed it.
STANDING = {"como-ayudamos", "en-peligro", "tus-palabras"}


def written(folder: Path, text: str) -> Path:
    path = folder / "una_pagina.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_page_of_the_campaign_is_there_and_the_front_is_none_of_them() -> None:
    assert set(content.shown(drafts=True)) == WANTED


def test_every_axis_of_the_front_page_leads_to_a_page_that_exists() -> None:
    axes = content.pages()["front"].axes

    assert len(axes) == 3
    assert {axis.slug for axis in axes} <= set(content.shown(drafts=True))


#: Pages of ours that are no texts.
ELSEWHERE = {"/hablar/", "/recursos/", "/voluntariado/", "/campana/cifras/"}


@pytest.mark.parametrize("slug", content.pages())
def test_every_link_of_a_text_leads_to_a_page_of_ours(slug: str) -> None:
    links = set(re.findall(r'href="([^"]+)"', content.pages()[slug].html))

    assert links <= {f"/campana/{other}/" for other in WANTED} | ELSEWHERE


def test_the_numbers_of_the_front_page_are_those_of_the_directory() -> None:
    fields = ("tel", "number", "name", "say", "for_whom", "hours", "cost")

    def facts(line: object) -> list[str]:
        return [getattr(line, field) for field in fields]

    assert [facts(line) for line in content.help_lines()] == [facts(line) for line in search.lines_now()]


def test_the_mandatory_sentence_is_the_one_in_the_decree() -> None:
    assert safe_messaging.MANDATORY_SENTENCE == (
        "Un suicidio puede evitarse si lo hablamos a tiempo. Si necesitas consejo, orientación o ayuda, llama gratis "
        "al 113, opción 5. Aquí estamos para ayudarte"
    )


@pytest.mark.parametrize("word", ["Suicidio", "suicida", "suicidarse"])
def test_a_text_that_names_suicide_carries_the_sentence_whatever_its_head_says(tmp_path: Path, word: str) -> None:
    page = content.read(written(tmp_path, f"{HEAD}Sobre {word}. Llama al 113."))

    assert page.about_suicide
    assert safe_messaging.MANDATORY_SENTENCE in page.html
    assert page.sentence == f"{safe_messaging.MANDATORY_SENTENCE}."
    assert [fault.code for fault in page.faults] == ["not_declared"]
    assert page.refused


def test_a_title_that_names_suicide_counts_as_much_as_the_text(tmp_path: Path) -> None:
    text = HEAD.replace("Título", "Prevenir el suicidio") + "Conversar alivia."

    assert content.read(written(tmp_path, text)).about_suicide


def test_a_text_on_something_else_does_not_carry_the_sentence(tmp_path: Path) -> None:
    page = content.read(written(tmp_path, f"{HEAD}Conversar alivia."))

    assert not page.about_suicide
    assert page.sentence == ""
    assert safe_messaging.MANDATORY_SENTENCE not in page.html


@pytest.mark.parametrize("slug", content.pages())
def test_no_shipped_text_breaks_a_rule(slug: str) -> None:
    assert content.pages()[slug].faults == ()


@pytest.mark.parametrize("slug", content.pages())
def test_no_public_text_uses_words_that_hurt(slug: str) -> None:
    page = content.pages()[slug]
    words = f"{page.title} {page.summary} {page.html}".lower()

    assert [word for word in HARMFUL if word in words] == []


def test_the_words_of_the_dates_break_no_rule_either() -> None:
    assert [fault for date in dates.listed() for fault in dates.faults_of(date)] == []


def test_a_text_to_copy_carries_the_sentence_itself_if_it_speaks_of_suicide() -> None:
    quoted = re.findall(r"<blockquote>(.*?)</blockquote>", content.pages()["prensa"].html, re.DOTALL)
    texts = [re.sub("<[^>]+>", "", text) for text in quoted]

    assert len(texts) == 3
    assert any(safe_messaging.is_about_suicide(text) for text in texts)
    assert [fault for text in texts for fault in safe_messaging.faults(text)] == []


def test_a_fault_of_a_page_names_the_line_in_its_file(edit: Edit) -> None:
    page = edit("hombres", "A muchos hombres nos enseñaron", "Una epidemia. A muchos hombres nos enseñaron")
    lines = (content.CONTENT / content.LANGUAGE / "hombres.md").read_text(encoding="utf-8").splitlines()

    (fault,) = page.faults
    assert "epidemia" in lines[fault.line - 1]


@pytest.mark.parametrize("place", ['title = "Para hombres"', 'summary = "Aguantar callado'])
def test_the_head_is_judged_as_much_as_the_text(edit: Edit, place: str) -> None:
    name, _, words = place.partition('"')

    assert edit("hombres", place, f'{name}"Una tragedia. {words}').refused


# In English ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", content.pages())
def test_an_english_text_is_of_the_same_kind_as_the_spanish_one(slug: str) -> None:
    spanish, english = content.pages()[slug], content.pages("en")[slug]

    def kind(page: content.Page) -> tuple[object, ...]:
        links = sorted(set(re.findall(r'href="([^"]+)"', page.html)))
        slugs = [axis.slug for axis in page.axes]
        return page.group, page.order, page.door, page.stands, page.parts, page.about_suicide, links, slugs

    assert kind(english) == kind(spanish)
    assert english.faults == ()
    assert spanish.html.count("<h2>") == english.html.count("<h2>")
    assert english.html.count(safe_messaging.MANDATORY_SENTENCE) == spanish.html.count(
        safe_messaging.MANDATORY_SENTENCE
    )


def test_an_english_text_that_breaks_a_rule_or_waits_leaves_the_spanish_one(own_texts: Path) -> None:
    path = own_texts.parent / "en" / "hombres.md"
    path.write_text(path.read_text(encoding="utf-8").replace("None of that", "A tragedy. None of that"), "utf-8")
    shown = content.shown(drafts=True, language="en")

    assert (shown["hombres"].language, shown["jovenes"].language) == ("es-PE", "en")


# Shown or not ---------------------------------------------------------------------------------------------------------


def test_nothing_has_been_reviewed_yet_and_every_text_says_so() -> None:
    assert [page.slug for page in content.pages().values() if "review" not in page.waits_for] == []
    assert set(content.shown(drafts=False)) == STANDING


def test_a_text_that_a_person_approved_is_shown(approve: Callable[[str], None]) -> None:
    approve("hombres")

    assert set(content.shown(drafts=False)) == STANDING | {"hombres"}


def test_a_text_changed_after_its_approval_waits_again(approve: Callable[[str], None], edit: Edit) -> None:
    approve("hombres")
    edit("hombres", "Nada de eso te hace menos hombre.", "Nada de eso te hace menos.")

    assert set(content.shown(drafts=False)) == STANDING


def test_a_text_with_one_point_not_ticked_waits(approve: Callable[[str], None], edit: Edit) -> None:
    approve("hombres")
    edit("hombres", 'who_mourns = "Ana Pérez, 2026-12-01"', 'who_mourns = "todavía no"')

    assert set(content.shown(drafts=False)) == STANDING


def test_a_tick_without_a_day_is_none(approve: Callable[[str], None], edit: Edit) -> None:
    approve("hombres")
    page = edit("hombres", 'who_mourns = "Ana Pérez, 2026-12-01"', 'who_mourns = "Ana Pérez"')

    assert page.waits_for == ("who_mourns",)


def test_an_approved_text_that_breaks_a_rule_is_not_shown_even_in_the_demonstration(
    approve: Callable[[str], None], edit: Edit
) -> None:
    edit("hombres", "Nada de eso", "Es una epidemia. Nada de eso")
    approve("hombres")

    assert set(content.shown(drafts=False)) == STANDING
    assert "hombres" not in content.shown(drafts=True)


# Files ----------------------------------------------------------------------------------------------------------------


def test_markup_in_a_text_is_shown_and_never_run(tmp_path: Path) -> None:
    page = content.read(written(tmp_path, f"{HEAD}<script>alert(1)</script>"))

    assert "<script>" not in page.html
    assert "&lt;script&gt;" in page.html


@pytest.mark.parametrize(
    "text", ["![foto](https://elsewhere.example/x.png)", "[x](javascript:alert(1))", "[x](http://elsewhere.example/)"]
)
def test_nothing_is_fetched_from_others_and_no_unsafe_link_stays(tmp_path: Path, text: str) -> None:
    page = content.read(written(tmp_path, f"{HEAD}{text}"))

    assert not re.search(r"<img|(?:src|href)=", page.html)


@pytest.mark.parametrize(
    "text",
    [
        "sin cabecera",
        HEAD.replace("Título", "") + "Texto",
        HEAD.replace("De qué trata.", "x" * 200) + "Texto",
        HEAD.replace("date = 2026-11-26", 'date = "ayer"') + "Texto",
        HEAD.replace("[checklist]", 'group = "nadie"\n[checklist]') + "Texto",
        HEAD.replace('no_method = "todavía no"\n', "") + "Texto",
        f"{HEAD} \n",
        "+++\ntitle =\n+++\nTexto",
    ],
)
def test_a_broken_text_is_refused_by_the_name_of_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContentProblem, match=r"^una_pagina\.md "):
        content.read(written(tmp_path, text))


def test_a_front_page_that_breaks_a_rule_stands_without_its_words(edit: Edit) -> None:
    edit("front", "Conversa por escrito con una persona que sabe escuchar. **Es", "Una epidemia de suicidios. **Es")
    page = content.front()

    assert (page.title, page.html, page.axes) == (content.NAME, "", ())


def test_a_broken_text_is_left_out_and_named_while_the_others_stand(
    own_texts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (own_texts / "hombres.md").write_text("sin cabecera", encoding="utf-8")

    assert set(content.shown(drafts=True)) == WANTED - {"hombres"}
    assert "This page is not shown: hombres.md " in caplog.text


def test_a_front_page_that_cannot_be_read_is_no_small_matter(own_texts: Path) -> None:
    (own_texts / "front.md").write_text("sin cabecera", encoding="utf-8")

    with pytest.raises(ContentProblem, match=r"^front\.md "):
        content.pages()
