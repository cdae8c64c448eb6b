"""The public pages as a browser gets them."""

import gzip
import re
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from pytest_django import Settings

from campaign import content, safe_messaging
from tests.campaign.conftest import Edit, words_of

EVERY_PAGE = list(content.shown(drafts=True))
STANDING = {slug for slug, page in content.shown(drafts=True).items() if page.stands}
ABOUT_SUICIDE = [slug for slug, page in content.shown(drafts=True).items() if page.about_suicide]
NUMBERS = ("113", "106", "100", "105", "116")

with_rows = pytest.mark.django_db(databases="__all__")


pytestmark = pytest.mark.usefixtures("plain_static_names")


def shown(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@with_rows
def test_the_front_page_has_one_clear_button_and_it_leads_to_the_conversation(client: Client) -> None:
    page = shown(client, "/")

    assert re.findall(r'<a class="button button--primary" href="([^"]+)">([^<]+)', page) == [
        ("/hablar/", "Conversar ahora")
    ]


@with_rows
def test_the_danger_door_of_the_front_page_opens_by_a_plain_form(client: Client) -> None:
    page = shown(client, "/")

    form = re.search(r'<form method="post" action="/hablar/".*?</form>', page, re.DOTALL)
    assert form is not None
    assert 'name="do" value="danger"' in form[0]
    assert 'name="csrfmiddlewaretoken"' in form[0]


@with_rows
def test_the_front_page_dials_all_five_numbers_and_says_the_option(client: Client) -> None:
    page = shown(client, "/")

    assert re.findall(r'href="tel:(\d+)"', page) == list(NUMBERS)
    assert "elige la opción 5" in page


@with_rows
def test_the_front_page_names_the_partners_and_the_three_axes(client: Client) -> None:
    page = shown(client, "/")

    assert all(name in page for name in ("DeMentes", "Dando+", "Sonqo &amp; Maqui", "Fundación Calma"))
    assert len(set(re.findall(r'<li><a href="/campana/[^"]+">([^<]+)</a>\. ', page))) == 3


@with_rows
def test_the_front_page_stays_small_enough_for_a_bad_signal(client: Client) -> None:
    # the budget of 14 kB holds for everything together; the page alone may take a third of it
    assert len(gzip.compress(shown(client, "/").encode())) < 5_000


def test_the_front_page_stands_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: BaseDatabaseWrapper) -> None:
        raise OperationalError

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", away)
    page = shown(client, "/")

    assert all(f'href="tel:{number}"' in page for number in NUMBERS)
    assert "csrfmiddlewaretoken" not in page
    assert 'href="/hablar/"' in page


@with_rows
@pytest.mark.parametrize("slug", ABOUT_SUICIDE)
def test_a_page_on_suicide_carries_the_whole_sentence_of_the_law(client: Client, slug: str) -> None:
    assert safe_messaging.MANDATORY_SENTENCE in shown(client, f"/campana/{slug}/")


@with_rows
def test_the_front_page_carries_the_whole_sentence_of_the_law(client: Client) -> None:
    assert safe_messaging.MANDATORY_SENTENCE in shown(client, "/")


@with_rows
@pytest.mark.parametrize("slug", EVERY_PAGE)
def test_every_page_leads_on_to_the_conversation_and_runs_nothing_inline(client: Client, slug: str) -> None:
    page = shown(client, f"/campana/{slug}/")

    assert 'href="/hablar/"' in page
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son[a-z]+=", page)


@with_rows
def test_the_danger_page_shows_the_numbers_before_any_advice(client: Client) -> None:
    page = shown(client, "/campana/en-peligro/")

    assert page.index('href="tel:106"') < page.index("Mientras llega la ayuda")


@with_rows
def test_reading_a_page_of_the_campaign_leaves_no_cookie(client: Client) -> None:
    assert not client.get("/campana/tus-palabras/").cookies


@with_rows
def test_the_page_about_your_words_does_not_promise_too_much(client: Client) -> None:
    page = shown(client, "/campana/tus-palabras/")

    assert "no está cerrado de extremo a extremo" in page
    assert "Mientras escribes, el servidor lleva tus palabras" in page


@with_rows
@pytest.mark.parametrize("slug", ["front", "no-existe"])
def test_an_unknown_page_is_not_found(client: Client, slug: str) -> None:
    assert client.get(f"/campana/{slug}/").status_code == 404


# The index and the way between pages ----------------------------------------------------------------------------------


@with_rows
def test_the_index_leads_to_every_page_by_whom_it_is_for(client: Client) -> None:
    page = shown(client, "/campana/")

    assert re.findall("<h2>([^<]+)</h2>", page) == ["Para ti", "Para acompañar a alguien", "La línea y la campaña"]
    assert set(re.findall(r'href="/campana/([\w-]+)/"', page)) == {*EVERY_PAGE, "cifras"}


@with_rows
@pytest.mark.parametrize("slug", EVERY_PAGE)
def test_every_page_leads_to_the_index_and_to_others_of_its_kind(client: Client, slug: str) -> None:
    page = shown(client, f"/campana/{slug}/")
    kind = {one.slug for one in content.pages().values() if one.group == content.pages()[slug].group} - {slug, "front"}

    assert 'href="/campana/"' in page
    assert {other for other in kind if f'href="/campana/{other}/"' not in page} == set()


@with_rows
@pytest.mark.parametrize("path", ["/", "/campana/", *(f"/campana/{slug}/" for slug in EVERY_PAGE)])
def test_whatever_speaks_of_suicide_carries_the_whole_sentence(client: Client, path: str) -> None:
    words = words_of(shown(client, path)).replace("&quot;", '"')

    assert not safe_messaging.is_about_suicide(words) or safe_messaging.carries_sentence(words)


@with_rows
@pytest.mark.parametrize("path", ["/", "/campana/", *(f"/campana/{slug}/" for slug in EVERY_PAGE)])
def test_nothing_is_asked_of_others(client: Client, path: str) -> None:
    fetched = re.findall(
        r'<(?:img|script|iframe|source)[^>]* src="([^"]+)"|<link(?! rel="alternate")[^>]* href="([^"]+)"',
        shown(client, path),
    )

    assert [one for pair in fetched for one in pair if one and not one.startswith(("/", "data:,"))] == []


# Drafts ---------------------------------------------------------------------------------------------------------------


@with_rows
def test_the_demonstration_shows_drafts_and_says_that_they_are_drafts(client: Client) -> None:
    assert "Borrador: espera el sí de una persona profesional de la salud." in shown(client, "/campana/hombres/")


@with_rows
def test_a_real_line_shows_no_page_that_nobody_approved(client: Client, settings: Settings) -> None:
    settings.DEMO = False

    waiting = set(EVERY_PAGE) - STANDING
    assert {client.get(f"/campana/{slug}/").status_code for slug in STANDING} == {200}
    assert {client.get(f"/campana/{slug}/").status_code for slug in waiting} == {404}
    assert {client.get(f"/campana/{slug}/tarjeta.png").status_code for slug in waiting} == {404}
    assert client.get("/campana/fechas.ics").status_code == 404
    listed = set(re.findall(r'href="/campana/([^"/]*)/"', shown(client, "/campana/")))
    assert listed == STANDING | {"cifras"}


@with_rows
def test_the_front_page_of_a_real_line_leads_to_no_page_that_is_not_shown(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    page = shown(client, "/")

    assert set(re.findall(r'href="/campana/([^"/]*)/?"', page)) <= STANDING | {""}
    assert "Hablar sin vergüenza" in page
    assert all(f'href="tel:{number}"' in page for number in NUMBERS)


@with_rows
def test_a_real_line_shows_what_was_approved_without_calling_it_a_draft(
    client: Client, settings: Settings, approve: Callable[[str], None]
) -> None:
    settings.DEMO = False
    approve("hombres")

    assert "Borrador" not in shown(client, "/campana/hombres/")
    assert 'href="/campana/hombres/"' in shown(client, "/campana/")


@with_rows
def test_a_page_that_breaks_a_rule_is_not_served(client: Client, edit: Edit) -> None:
    edit("hombres", "Nada de eso", "Es una epidemia. Nada de eso")

    assert client.get("/campana/hombres/").status_code == 404
    assert 'href="/campana/hombres/"' not in shown(client, "/campana/")


# Sharing, dates, press ------------------------------------------------------------------------------------------------


def told(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)">', page))


@with_rows
@pytest.mark.parametrize("path", ["/", "/campana/", "/campana/hombres/"])
def test_a_shared_link_brings_a_title_a_sentence_and_a_picture_of_ours(
    client: Client, settings: Settings, path: str
) -> None:
    settings.ORIGINS = ["https://linea.example"]
    card = told(shown(client, path))

    assert card["url"] == f"https://linea.example{path}"
    assert card["title"]
    assert card["description"]
    picture = client.get(card["image"].removeprefix("https://linea.example"))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert not picture.cookies


@with_rows
def test_the_picture_of_a_changed_text_has_another_address(client: Client, edit: Edit) -> None:
    before = told(shown(client, "/campana/hombres/"))["image"]
    edit("hombres", "Nada de eso te hace menos hombre.", "Nada de eso te hace menos.")

    assert told(shown(client, "/campana/hombres/"))["image"] != before


@with_rows
def test_what_a_shared_link_says_of_suicide_carries_the_sentence(client: Client) -> None:
    card = told(shown(client, "/campana/mitos-y-verdades/"))

    assert safe_messaging.carries_sentence(card["description"])
    assert safe_messaging.carries_sentence(card["image:alt"])


@with_rows
def test_the_dates_are_told_with_their_days_and_go_into_a_calendar(client: Client) -> None:
    page = shown(client, "/campana/fechas/")
    calendar = client.get("/campana/fechas.ics")

    assert re.search(r'<time datetime="20\d\d-09-10">10 de se\w+ de 20\d\d</time>', page)
    assert "del 28 al 29 de julio de 20" in page
    assert re.search(r"del 24 de diciembre al 1 de enero de 20\d\d", page)
    assert 'href="/campana/fechas.ics"' in page
    assert calendar["Content-Type"] == "text/calendar; charset=utf-8"


@with_rows
def test_the_press_page_leads_to_the_figures(client: Client) -> None:
    assert 'href="/campana/cifras/"' in shown(client, "/campana/prensa/")


@with_rows
@pytest.mark.parametrize("slug", ["prensa", "voluntariado"])
def test_whom_to_write_to_comes_from_the_settings(client: Client, settings: Settings, slug: str) -> None:
    settings.PRESS_CONTACT = ""
    assert "Todavía no hay un contacto." in shown(client, f"/campana/{slug}/")

    settings.PRESS_CONTACT = "prensa@linea.example"
    assert 'href="mailto:prensa@linea.example"' in shown(client, f"/campana/{slug}/")


@with_rows
@pytest.mark.parametrize("slug", EVERY_PAGE)
def test_what_somebody_reads_about_themselves_leaves_no_telling_title_and_other_pages_have_their_own(
    client: Client, slug: str
) -> None:
    page = content.shown(drafts=True)[slug]
    title = re.findall("<title>(.*?)</title>", shown(client, f"/campana/{slug}/"))

    assert title == [f"{'' if page.group == 'you' else f'{page.title} · '}Por mí, Por ti, Por el Perú"]


@with_rows
def test_who_worries_partners_and_the_press_find_their_way(client: Client) -> None:
    assert 'href="/campana/como-acompanar/"' in shown(client, "/")
    for path in ("/campana/", "/campana/prensa/"):
        assert 'href="/boton/"' in shown(client, path)
    assert 'href="/voluntariado/"' in shown(client, "/campana/")


@with_rows
def test_a_link_to_a_text_that_is_not_shown_is_mere_words(
    client: Client, settings: Settings, approve: Callable[[str], None]
) -> None:
    settings.DEMO = False
    approve("voluntariado")
    page = shown(client, "/campana/voluntariado/")

    assert "la alianza" in page
    assert 'href="/campana/quienes-somos/"' not in page
    approve("quienes-somos")
    assert 'href="/campana/quienes-somos/"' in shown(client, "/campana/voluntariado/")


@with_rows
def test_a_front_page_whose_words_break_a_rule_still_opens_the_door(client: Client, edit: Edit) -> None:
    edit("front", "Conversa por escrito con una persona que sabe escuchar. **Es", "Una epidemia de suicidios. **Es")
    page = shown(client, "/")

    assert "epidemia" not in page
    assert 'href="/hablar/"' in page
    assert all(f'href="tel:{number}"' in page for number in NUMBERS)


@with_rows
def test_the_card_of_an_english_page_is_english(client: Client) -> None:
    english = re.findall(r'og:image" content="[^"]*?(/campana/[^"]+)"', shown(client, "/en/campana/quienes-somos/"))[0]

    assert "idioma=en" in english
    cards = [client.get(path.replace("&amp;", "&")).content for path in (english, "/campana/quienes-somos/tarjeta.png")]
    assert cards[0] != cards[1]
    assert client.get("/campana/hombres/tarjeta.png?idioma=../es-PE").status_code == 404


@with_rows
@pytest.mark.parametrize("path", ["/campana/hombres/", "/en/campana/hombres/"])
def test_a_search_engine_is_told_what_a_page_is_about_with_the_sentence_of_the_law(client: Client, path: str) -> None:
    (described,) = re.findall('<meta name="description" content="([^"]+)">', shown(client, path))

    assert described.startswith(("Aguantar callado", "Holding on"))
    assert safe_messaging.carries_sentence(described)
