"""Callers' pages in five languages: by the address alone, shown only once somebody has read them, Spanish beneath."""

import datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format, number_format
from pytest_django import Settings

from consent import texts
from consent.models import ConsentReceipt
from hotline import shown_languages
from hotline.catalogues import catalogue, others
from hotline.language_list import LANGUAGES
from roster import language_reviews
from roster.language_reviews import Reviewed
from roster.models import Skill
from tests.cast import make_member
from triage import questions
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")
REVIEWED = Reviewed("Nélida Huamán", "hablante y docente", datetime.date(2026, 11, 20), "A. Ríos y C. Soto, 19/11/2026")


@pytest.fixture(autouse=True)
def _ask_anew() -> None:
    shown_languages.forget()


@pytest.fixture
def real_line(settings: Settings) -> None:
    """Make it no demonstration, with all that a real line needs to take callers."""
    settings.DEMO = False
    settings.CONTROLLER = dict.fromkeys(settings.CONTROLLER, "quien responde")


def read_whole(language: str) -> None:
    words = catalogue(language)
    language_reviews.record(
        make_member("coordinator"), language, digest=words.digest, marks=words.marks, reviewed=REVIEWED
    )
    shown_languages.forget()


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_the_five_languages_stand_in_the_order_of_need_each_by_its_own_name(client: Client) -> None:
    front = page(client, "/")

    assert [code for code, _name in LANGUAGES] == ["es-pe", "quy", "quz", "ay", "en"]
    places = [front.index(f">{name}<") for _code, name in LANGUAGES]
    assert places == sorted(places)
    for code in others():
        assert f'href="/{code}/" hreflang="{code}" lang="{code}"' in front


@pytest.mark.parametrize("path", ["/", "/hablar/", "/volver/", "/recursos/", "/campana/", "/campana/tus-palabras/"])
def test_an_address_has_one_language_whatever_the_browser_and_its_cookies_say(path: str) -> None:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = client.cookies["idioma"] = "en"
    spanish, english = client.get(path), client.get(f"/en{path}")

    assert (spanish["Content-Language"], english["Content-Language"]) == ("es-PE", "en")
    assert b'<html lang="es-PE"' in spanish.content
    assert b'<html lang="en"' in english.content
    for answer in (spanish, english):
        assert "Accept-Language" not in answer.get("Vary", "")
        assert answer["Cache-Control"] == "no-store"
        assert set(answer.cookies) <= {"sid"}  # the choice itself is kept nowhere


def test_links_of_a_page_stay_in_its_language(client: Client) -> None:
    for path in ("/en/", "/en/hablar/", "/en/recursos/", "/en/campana/", "/en/no-hay/"):
        content = client.get(path).content.decode()
        assert 'href="/en/hablar/salir/"' in content, path
        assert ' action="/hablar/"' not in content, path
        assert 'href="/hablar/"' not in content.replace('href="/hablar/" hreflang', ""), path


def test_a_page_that_is_mostly_spanish_says_so_and_is_read_aloud_as_spanish(client: Client) -> None:
    quechua, english = page(client, "/quy/hablar/"), page(client, "/en/hablar/")

    assert '<html lang="es-PE"' in quechua
    assert "Casi todo en esta página está todavía en español." in quechua
    assert "still in Spanish" not in english
    assert "Not reviewed: nobody who speaks this language has read these words yet." in english


def test_what_stands_in_spanish_on_a_page_in_another_language_is_marked_as_spanish(client: Client) -> None:
    content = page(client, "/quy/campana/en-peligro/")

    assert '<h1 lang="es-PE">' in content
    assert '<div class="prose" lang="es-PE">' in content


def test_public_texts_are_read_in_the_language_of_the_page_and_lead_on_in_it(client: Client) -> None:
    content = page(client, "/en/campana/hombres/")

    assert '<h1 lang="en">For men</h1>' in content
    assert '<div class="prose" lang="en">' in content
    assert 'href="/en/hablar/">write to us</a>' in content
    assert 'hreflang="es-PE"' in content
    assert '<meta property="og:locale" content="en_GB">' in content
    assert page(client, "/quy/campana/hombres/").count('href="/quy/hablar/">escríbenos</a>') == 1


def test_the_sentence_of_the_law_is_explained_and_not_translated_in_english(client: Client) -> None:
    for path in ("/en/", "/en/campana/", "/en/campana/hombres/"):
        content = page(client, path)
        assert content.count('<p class="notice" lang="es-PE">Un suicidio puede evitarse') == 1, path
        assert "demands this sentence in Spanish, unchanged, and we do not translate it" in content, path
        assert "can be prevented if" not in content
    assert "we do not translate" not in page(client, "/campana/hombres/")


def test_the_sentence_of_the_law_is_never_translated_by_us(client: Client) -> None:
    for prefix in ("", *(f"/{language}" for language in others())):
        assert "llama gratis al 113, opción 5. Aquí estamos para ayudarte" in page(client, f"{prefix}/")


def test_staff_pages_stay_spanish_and_stand_under_no_prefix(client: Client) -> None:
    assert client.get("/en/equipo/entrar/").status_code == 404
    assert client.get("/en/voluntariado/").status_code == 404
    assert 'class="languages"' not in page(client, "/voluntariado/")
    assert client.get("/equipo/entrar/", headers={"accept-language": "en"})["Content-Language"] == "es-PE"


def test_the_whole_journey_goes_on_in_its_language_and_the_receipt_says_which(client: Client) -> None:
    assert "We are here to listen to you" in page(client, "/en/hablar/")
    asked = client.post("/en/hablar/", {"do": "agree"}, follow=True)
    assert asked.redirect_chain == [("/en/hablar/", 302)]
    assert "Are you in danger right now" in asked.content.decode()
    waiting = client.post("/en/hablar/", {"do": "answer", "feeling": "3", "words": "I feel alone"}, follow=True)
    assert "You are next." in waiting.content.decode()
    assert 'data-socket="/ws/hablar/?lang=en"' in waiting.content.decode()
    assert ConsentReceipt.objects.get().language == "en"
    assert "Receipt of your agreement" in client.get("/en/hablar/constancia.txt").content.decode()


def test_english_texts_ask_and_promise_just_what_the_spanish_ones_do() -> None:
    def shape(language: str) -> Any:
        asked, text = questions.current(language), texts.current(language)
        options = [[(one.code, one.level) for one in question.options] for question in asked.questions]
        kinds = [(question.code, question.kind, question.limit, question.skipped) for question in asked.questions]
        purposes = [(one.code, one.required, one.default) for one in text.purposes]
        return options, kinds, asked.version, purposes, [block.code for block in text.blocks], text.version

    assert shape("en") == shape("es-PE")


def test_changing_the_language_brings_along_what_was_typed(client: Client) -> None:
    client.get("/hablar/")
    chosen = {"in_language": "en", "age_band": "18_29", "purpose_follow_up": "yes", "do": "agree"}
    consent = client.post("/en/hablar/", chosen).content.decode()
    assert '<option value="18_29" selected>' in consent
    assert 'name="purpose_follow_up" value="yes" autocomplete="off" checked' in consent
    assert Contact.objects.count() == 0  # nothing was agreed to by it

    client.post("/hablar/", {"do": "agree"})
    typed = {"in_language": "en", "words": "todavía no lo envié", "thoughts": "sometimes"}
    asked = client.post("/en/hablar/", typed).content.decode()
    assert "todavía no lo envié" in asked
    assert 'value="sometimes" autocomplete="off" checked' in asked
    assert Contact.objects.get().state == "questions"

    client.post("/hablar/", {"do": "skip"})
    room = client.post("/en/hablar/", {"do": "say", "in_language": "en", "text": "a medias"}).content.decode()
    assert ">a medias</textarea>" in room
    assert Contact.objects.get().last_seq == 0
    code = client.post("/en/volver/", {"in_language": "en", "code": "uno dos"}).content.decode()
    assert 'value="uno dos"' in code


def test_pages_with_something_to_type_change_by_a_button_of_their_form(client: Client) -> None:
    consent = page(client, "/hablar/")

    assert 'form="agree-form" formaction="/en/hablar/" formnovalidate name="in_language" value="en"' in consent
    assert 'id="agree-form"' in consent


# Who sees what ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("real_line")
def test_real_callers_see_a_language_once_its_review_is_recorded(client: Client) -> None:
    assert 'class="languages"' not in page(client, "/")
    led_on = client.get("/en/hablar/?x=1")
    assert (led_on.status_code, led_on["Location"]) == (302, "/hablar/?x=1")
    read_whole("en")

    assert 'hreflang="en"' in page(client, "/")
    assert 'hreflang="quy"' not in page(client, "/")
    assert "Not reviewed" not in page(client, "/en/hablar/")


@pytest.mark.usefixtures("real_line")
def test_nobody_is_led_to_another_site_by_an_address_in_a_language(client: Client) -> None:
    assert client.get("/en//example.org/")["Location"] == "/%2Fexample.org/"


def test_a_sentence_that_changed_since_takes_the_language_back_and_one_that_went_does_not() -> None:
    marks = catalogue("en").marks
    one = next(iter(marks))

    assert shown_languages.standing("en", frozenset(marks) | {"0" * 16}).is_reviewed
    found = shown_languages.standing("en", frozenset(marks) - {one})
    assert (found.is_reviewed, found.unread) == (False, (marks[one],))
    assert not shown_languages.standing("en", None).is_reviewed


@pytest.mark.usefixtures("real_line")
def test_words_sent_from_a_page_whose_language_was_taken_back_are_not_lost(client: Client) -> None:
    read_whole("en")
    client.get("/en/hablar/")
    client.post("/en/hablar/", {"do": "agree"})
    client.post("/en/hablar/", {"do": "skip"})
    assert language_reviews.take_back(make_member("coordinator"), "en")
    shown_languages.forget()

    client.post("/en/hablar/", {"do": "say", "text": "sigo aquí"})
    assert Contact.objects.get().last_seq == 1
    assert client.get("/en/hablar/")["Location"] == "/hablar/"
    assert "senamhi" in client.get("/en/hablar/salir/")["Location"]  # and so is the way out


@pytest.mark.usefixtures("real_line")
def test_a_database_that_is_away_changes_nothing_of_what_was_known(monkeypatch: pytest.MonkeyPatch) -> None:
    read_whole("en")
    assert shown_languages.shown() == ["en"]
    shown_languages.forget()

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(language_reviews, "marks_read", away)
    assert shown_languages.shown() == ["en"]


# Who converses in it ------------------------------------------------------------------------------------------------


def test_a_conversation_is_offered_in_a_language_only_while_somebody_who_speaks_it_is_ready(client: Client) -> None:
    alone = page(client, "/quy/hablar/")
    assert "Ahora no hay nadie aquí que converse en quechua. Puedes conversar en español." in alone
    assert "En quechua atiende: Línea 100 (violencia en la familia o violencia sexual)." in alone
    assert 'href="tel:100">100</a>' in alone
    rosa = make_member(ready=True)
    rosa.skills.add(Skill.objects.get(code="quechua"))

    spoken = page(client, "/quz/hablar/")
    assert "Ahora hay alguien aquí que conversa en quechua." in spoken
    assert "En quechua atiende" not in spoken
    assert "Nobody is here now who talks in English. You can talk in Spanish." in page(client, "/en/hablar/")


def test_whoever_chose_a_language_is_led_to_who_speaks_it_and_waits_in_spanish_without(client: Client) -> None:
    client.get("/ay/hablar/")
    client.post("/ay/hablar/", {"do": "agree"})
    contact = Contact.objects.get()
    assert (contact.language, contact.needs) == ("es-PE", "aymara")

    speaker = make_member(ready=True)
    speaker.skills.add(Skill.objects.get(code="english"))
    client.post("/en/hablar/", {"in_language": "en"})
    contact.refresh_from_db()
    assert (contact.language, contact.needs) == ("en", "english")
    client.post("/hablar/", {"in_language": "es-pe"})
    contact.refresh_from_db()
    assert (contact.language, contact.needs) == ("es-PE", "")


# Numbers and dates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [code for code, _name in LANGUAGES])
def test_numbers_and_times_are_written_as_in_peru_in_each_language(language: str) -> None:
    with translation.override(language):
        assert number_format(1234567.5, 2, force_grouping=True) == "1,234,567.50"
        assert date_format(datetime.datetime(2026, 7, 28, 19, 5), "TIME_FORMAT") == "19:05"  # noqa: DTZ001  as shown
        assert date_format(datetime.date(2026, 7, 28), "SHORT_DATE_FORMAT") == "28/07/2026"
        long_date = date_format(datetime.date(2026, 7, 28), "DATE_FORMAT")
        assert long_date == ("28 July 2026" if language == "en" else "28 de julio de 2026")
