"""The coordination records who read the words of a language; the page says honestly how far each is."""

import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from hotline import catalogue_upkeep, catalogues, shown_languages
from hotline.catalogues import catalogue, others
from oversight.audit import ACTS
from roster.language_review_model import LanguageReview
from roster.models import Member, Role
from tests.cast import browser_of, make_member
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")
GIVEN = {
    "do": "record",
    "reviewer": "Nélida Huamán",
    "reviewer_is": "hablante de inglés y docente",
    "on": "2026-01-05",
    "signed_by": "A. Ríos y C. Soto, 04/01/2026",
    "all_read": "on",
}


@pytest.fixture
def coordinator() -> Member:
    return make_member(Role.COORDINATOR, full_name="Carmen Soto")


@pytest.fixture
def desk(coordinator: Member, settings: Settings) -> Client:
    shown_languages.forget()
    browser = browser_of(coordinator)
    settings.DEMO = True
    return browser


def given(language: str = "en", **other: str) -> dict[str, str]:
    return GIVEN | {"digest": catalogue(language).digest} | other


def test_the_list_says_of_each_language_how_far_it_is(desk: Client) -> None:
    shown = desk.get("/equipo/idiomas/").content.decode()

    for language in others():
        words = catalogue(language)
        assert f"{words.translated} de {words.total} frases traducidas. Faltan {len(words.missing)}" in shown
    assert shown.count("Sin revisar: en una línea de verdad nadie puede elegirlo.") == len(others())


def test_a_review_is_kept_with_who_read_what_and_leaves_its_trace(desk: Client, coordinator: Member) -> None:
    answer = desk.post("/equipo/idiomas/en/", given(), follow=True).content.decode()
    row = LanguageReview.objects.get()

    assert (row.reviewer, row.reviewed_on, row.recorded_by) == (
        GIVEN["reviewer"],
        datetime.date(2026, 1, 5),
        coordinator,
    )
    assert row.digest == catalogue("en").digest
    assert "Lo leyó Nélida Huamán (hablante de inglés y docente), hasta el 05/01/2026. Lo anotó Carmen Soto." in answer
    assert "Revisado: quien llama puede elegirlo." in answer
    entry = Entry.objects.get(act="language.review")
    assert (entry.subject, entry.actor, entry.reason) == ("en", str(coordinator.pk), row.digest[:12])
    assert shown_languages.is_reviewed("en")

    desk.post("/equipo/idiomas/en/", {"do": "take_back"})
    assert not shown_languages.is_reviewed("en")
    assert {"language.review", "language.take_back"} <= set(ACTS)
    assert Entry.objects.filter(act="language.take_back").count() == 1


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"reviewer": ""}, "Falta el nombre de quien las leyó."),
        ({"reviewer_is": " "}, "Falta decir qué es esa persona"),
        ({"on": "2999-01-01"}, "Ese día todavía no llega."),
        ({"on": "mañana"}, "Esa fecha no existe"),
        ({"signed_by": ""}, "Falta quién los firmó: sin esas firmas nadie puede aceptarlos."),
        ({"all_read": ""}, "Marca que las leyó todas."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_recorded(desk: Client, other: dict[str, str], says: str) -> None:
    answer = desk.post("/equipo/idiomas/en/", given(**other))

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not LanguageReview.objects.exists()


def test_a_language_without_texts_of_its_own_needs_no_signature(desk: Client) -> None:
    assert "signed_by" not in desk.get("/equipo/idiomas/quy/").content.decode()
    desk.post("/equipo/idiomas/quy/", given("quy", signed_by=""))
    assert LanguageReview.objects.get().language == "quy"


def test_words_that_changed_under_the_reader_are_not_recorded_as_read(desk: Client) -> None:
    answer = desk.post("/equipo/idiomas/en/", given(digest="0" * 64), follow=True).content.decode()

    assert "Las palabras cambiaron mientras tanto." in answer
    assert not LanguageReview.objects.exists()


def test_every_sentence_and_file_that_a_reviewer_reads_is_on_the_page(desk: Client) -> None:
    shown = desk.get("/equipo/idiomas/en/").content.decode()

    assert "<td>Salir rápido</td>" in shown
    assert '<td lang="en">Quick exit</td>' in shown
    assert "consent/2026-1.toml, triage/2026-1.toml, chat/meanwhile-2026-1.toml, campaign/como_acompanar.md, " in shown
    assert "campaign/front.md, " in shown
    assert desk.get("/equipo/idiomas/es-pe/").status_code == 404


# The files ----------------------------------------------------------------------------------------------------------


def test_the_files_are_in_step_with_the_code_and_english_lacks_nothing() -> None:
    reports = [catalogue_upkeep.report(language) for language in others()]

    assert {one.catalogue.language: (one.new, one.old) for one in reports if one.new or one.old} == {}
    assert {one.catalogue.language for one in reports if not one.is_well} == set()
    assert {file for one in reports for files in one.missing.values() for file in files} >= {
        "templates/chat/consent.html",
        "chat/lines.py",
        "directory/data/lineas.csv",
    }


def test_placeholders_are_the_same_in_both_languages() -> None:
    for language in others():
        for message in catalogues.entries(catalogues.read(catalogues.path_of(language))):
            if catalogues.is_translated(message):
                assert list(message.check()) == [], catalogues.sentence(message)
                for name in ("%(name)s", "%%name%%", "%%n%%", "%(giver)s", "%(n)s"):
                    told = catalogues.sentence(message).count(name)
                    assert catalogues.translation(message).count(name) == told, catalogues.sentence(message)


def test_no_word_of_consent_questions_or_law_is_in_a_native_language_of_ours() -> None:
    for language in ("quy", "quz", "ay"):
        assert catalogue(language).signed_files == catalogue(language).public_files == ()
        assert catalogue(language).translated < 10  # few words, all to be reviewed (docs/TRANSLATING.md)


def test_a_file_that_cannot_be_compiled_is_named_and_the_others_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "locale")
    place = catalogues.path_of("en")
    place.parent.mkdir(parents=True)
    place.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Sí"\nmsgstr "Yes"\n')

    problems = catalogues.compile_all(tmp_path / "made", ["en", "quy"])
    assert (tmp_path / "made" / "en" / "LC_MESSAGES" / "django.mo").exists()
    assert len(problems) == 1
    assert "quy" in problems[0]


def test_a_language_is_compiled_again_only_when_its_words_have_changed_or_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "locale")
    source, made = catalogues.path_of("en"), tmp_path / "made" / "en" / "LC_MESSAGES" / "django.mo"
    source.parent.mkdir(parents=True)
    written = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Sí"\nmsgstr "{}"\n'

    def compiled(word: str) -> bytes:
        source.write_text(written.format(word))
        assert catalogues.compile_all(tmp_path / "made", ["en"]) == []
        return made.read_bytes()

    assert b"Yes" in compiled("Yes")
    made.write_bytes(b"as it was")
    assert compiled("Yes") == b"as it was"
    assert b"Yeah" in compiled("Yeah")
    made.unlink()
    assert b"Yeah" in compiled("Yeah")
    source.write_text("msgid nonsense")
    assert len(catalogues.compile_all(tmp_path / "made", ["en"])) == 1
    assert not made.exists()
    assert b"Yeah" in compiled("Yeah")


def test_bringing_a_file_up_to_date_keeps_what_was_translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    place = catalogues.path_of("en")
    place.parent.mkdir(parents=True)
    head = '# ours\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    place.write_text(f'{head}msgid "Enviar"\nmsgstr "Send"\n\nmsgid "Nadie lo dice"\nmsgstr "Nobody says it"\n')

    assert catalogue_upkeep.bring_up_to_date("en")
    written = place.read_text()
    assert 'msgid "Enviar"\nmsgstr "Send"' in written
    assert "Nobody says it" not in written
    assert 'msgid "Salir rápido"\nmsgstr ""' in written
    assert written.startswith("# ours\n")
    assert not catalogue_upkeep.bring_up_to_date("en")
