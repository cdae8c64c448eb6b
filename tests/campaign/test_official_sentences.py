"""The sentence of the law in a native language: shown as the State published it, with its proof, or not at all."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from campaign import content, official_sentences
from campaign.page_file import ContentProblem
from campaign.safe_messaging import MANDATORY_SENTENCE

pytestmark = pytest.mark.usefixtures("own_texts")
#: Invented, and no language: nobody here words this sentence.
INVENTED = "Frase inventada para una prueba, 113."
FACTS = {
    "sentence": INVENTED,
    "source": "un boletín inventado",
    "reference": "RM 000-2026, anexo 1",
    "loaded_by": "Ana Pérez, coordinación",
    "mark": official_sentences.mark_of(INVENTED),
}


def load(language: str = "quy", loaded_on: str = "2026-12-01", **changed: str) -> None:
    """Put a file where whoever holds the official form puts it; an empty value leaves a fact out."""
    folder = content.CONTENT / language
    folder.mkdir(exist_ok=True)
    lines = [f'{name} = "{value}"' for name, value in {**FACTS, **changed}.items() if value]
    lines += [f"loaded_on = {loaded_on}"] if loaded_on else []
    (folder / official_sentences.FILE).write_text("\n".join(lines), encoding="utf-8")
    official_sentences.in_language.cache_clear()


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    official_sentences.in_language.cache_clear()


def shown(path: str) -> str:
    return Client().get(path).content.decode()


@pytest.mark.django_db(databases="__all__")
@pytest.mark.usefixtures("plain_static_names")
@pytest.mark.parametrize("path", ["/quy/", "/quy/campana/", "/quy/campana/en-peligro/"])
def test_pages_of_that_language_carry_it_beside_the_spanish_one(path: str) -> None:
    assert INVENTED not in shown(path)
    load()
    page = shown(path)

    assert f'<p class="notice" lang="quy">{INVENTED}</p>' in page
    assert MANDATORY_SENTENCE in page
    assert INVENTED not in shown(path.replace("/quy/", "/quz/"))
    assert INVENTED not in shown(path.replace("/quy/", "/"))


@pytest.mark.django_db(databases="__all__")
@pytest.mark.usefixtures("plain_static_names")
def test_a_page_that_is_not_on_suicide_does_without() -> None:
    load()
    calm = next(page for page in content.shown(drafts=True).values() if not page.about_suicide)

    assert INVENTED not in shown(f"/quy/campana/{calm.slug}/")


@pytest.mark.parametrize("fact", [*FACTS, "loaded_on"])
def test_without_its_proof_it_is_not_shown(fact: str) -> None:
    load(**{fact: ""})

    with pytest.raises(ContentProblem, match=fact):
        official_sentences.read(official_sentences.file_of("quy"))
    assert official_sentences.in_language("quy") is None


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("quy", "Otra frase, 113."), ("quy", "Frase sin el número."), ("quy", f"{MANDATORY_SENTENCE}."), ("en", INVENTED)],
)
def test_one_that_was_edited_lacks_its_number_or_is_in_no_native_language_is_refused(
    language: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = sentence == "Otra frase, 113."
    load(language, sentence=sentence, mark=FACTS["mark"] if edited else official_sentences.mark_of(sentence))

    assert official_sentences.in_language(language) is None
    with pytest.raises(CommandError):
        call_command("check_campaign")
    assert official_sentences.FILE in capsys.readouterr().out


def test_the_command_says_the_mark_that_the_file_lacks() -> None:
    load(mark="todavía no")

    with pytest.raises(ContentProblem, match=FACTS["mark"]):
        official_sentences.read(official_sentences.file_of("quy"))


def test_what_is_no_table_is_said_and_nothing_of_it_shown() -> None:
    load()
    official_sentences.file_of("quy").write_text("sentence: nada", encoding="utf-8")
    official_sentences.in_language.cache_clear()

    assert official_sentences.in_language("quy") is None
    with pytest.raises(ContentProblem, match="no se puede leer"):
        official_sentences.read(official_sentences.file_of("quy"))


def test_the_report_says_who_loaded_it_or_that_it_is_read_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("i18n_report")
    assert capsys.readouterr().out.count("no official form is loaded; it is read in Spanish") == 3
    load()
    call_command("i18n_report")
    told = capsys.readouterr().out

    assert "RM 000-2026, anexo 1 (un boletín inventado), loaded by Ana Pérez, coordinación on 2026-12-01" in told
    assert told.count("it is read in Spanish") == 2


def test_no_file_is_shipped_while_nobody_holds_an_official_form() -> None:
    assert official_sentences.files() == []
