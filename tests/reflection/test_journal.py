"""The journal: pages that their author alone writes, reads and deletes for good."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from reflection import journal, prompts, unlocked
from reflection.models import JournalPage, OwnSpace
from tests.cast import browser_of
from tests.reflection.listeners import PASSWORD, seen, with_space
from vault.keystore.models import KeyShare
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__")

WORDS = "Hoy me pesó el silencio.\nY también descansé."


@pytest.fixture(params=["A", "B"])
def browser(request: pytest.FixtureRequest, settings: Settings) -> Client:
    settings.STAGE = request.param
    return with_space()[1]


def write(browser: Client, text: str = WORDS, **given: str) -> str:
    """Let somebody write their only page; return its address, without the last stroke."""
    browser.post("/reflexion/diario/", {"text": text, **given})
    return f"/reflexion/diario/{JournalPage.objects.get().pk}"


def shut(browser: Client) -> None:
    browser.post("/reflexion/espacio/", {"do": "close"})


def test_a_page_is_written_and_read_again(browser: Client) -> None:
    address = write(browser, prompt=prompts.prompts()[2])
    assert "Hoy me pesó el silencio. Y también descansé." in seen(browser, "/reflexion/diario/")
    page = seen(browser, f"{address}/")
    assert "Hoy me pesó el silencio.\nY también descansé." in page
    assert prompts.prompts()[2] in page


def test_the_words_stand_nowhere_in_the_clear(browser: Client) -> None:
    write(browser)
    row = JournalPage.objects.get()
    assert b"silencio" not in bytes(row.page)
    short = len(bytes(row.page))
    browser.post("/reflexion/diario/", {"text": "sí"})
    assert {len(bytes(one.page)) for one in JournalPage.objects.all()} == {short}  # lengths say nothing


def test_nobody_else_finds_a_page(browser: Client) -> None:
    address = write(browser)
    _other, elsewhere = with_space("Sol")
    assert elsewhere.get(f"{address}/").status_code == HTTPStatus.NOT_FOUND
    assert elsewhere.post(f"{address}/", {"do": "delete"}).status_code == HTTPStatus.NOT_FOUND
    assert "silencio" not in seen(elsewhere, "/reflexion/diario/")
    assert JournalPage.objects.count() == 1


def test_a_page_is_changed_and_no_earlier_version_is_kept(browser: Client) -> None:
    address = write(browser)
    before = bytes(JournalPage.objects.get().page)
    browser.post(f"{address}/", {"text": "Otra cosa."})
    page = seen(browser, f"{address}/")
    assert "Otra cosa." in page
    assert "silencio" not in page
    assert bytes(JournalPage.objects.get().page) != before


@pytest.mark.parametrize(("text", "told"), [("  \n ", "nada escrito"), ("a" * 20_001, "caben 20000 letras")])
def test_a_page_that_cannot_be_kept_says_why(browser: Client, text: str, told: str) -> None:
    answer = browser.post("/reflexion/diario/", {"text": text})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert told in answer.content.decode()
    assert (text in answer.content.decode()) or not text.strip()  # what was written is still there
    assert not JournalPage.objects.exists()


def test_a_change_that_cannot_be_kept_says_why_and_changes_nothing(browser: Client) -> None:
    address = write(browser)
    answer = browser.post(f"{address}/", {"text": " "})
    assert "No queda nada escrito" in answer.content.decode()
    assert browser.post(f"{address}/", {"text": "a" * 20_001}).status_code == HTTPStatus.BAD_REQUEST
    assert "silencio" in seen(browser, f"{address}/")


def test_a_draft_saves_itself_sealed_and_becomes_the_page(browser: Client) -> None:
    kept = browser.post("/reflexion/diario/borrador/", {"text": "a medias", "prompt": prompts.prompts()[0]})
    assert kept.json() == {"saved": True}
    assert b"a medias" not in bytes(OwnSpace.objects.get().draft or b"")
    page = seen(browser, "/reflexion/diario/")
    assert "a medias</textarea>" in page
    assert prompts.prompts()[0] in page
    write(browser, "a medias, y entera")
    assert OwnSpace.objects.get().draft is None
    assert browser.post("/reflexion/diario/borrador/", {"text": "a" * 20_001}).status_code == HTTPStatus.BAD_REQUEST
    browser.post("/reflexion/diario/borrador/", {"text": "  "})
    assert OwnSpace.objects.get().draft is None


def test_words_for_a_space_that_shut_meanwhile_are_not_lost(browser: Client) -> None:
    address = write(browser)
    shut(browser)
    told = browser.post("/reflexion/diario/", {"text": "lo de hoy"}, follow=True).content.decode()
    assert "quedó guardado como borrador" in told
    changed = browser.post(f"{address}/", {"text": "un cambio"})
    assert changed.status_code == HTTPStatus.FORBIDDEN
    assert "un cambio</textarea>" in changed.content.decode()
    browser.post("/reflexion/espacio/", {"do": "open", "password": PASSWORD})
    assert "lo de hoy</textarea>" in seen(browser, "/reflexion/diario/")
    assert browser.post("/reflexion/diario/borrador/", {"text": "más"}).json() == {"saved": True}


def test_a_draft_without_a_space_is_nothing() -> None:
    member, browser = with_space()
    OwnSpace.objects.all().delete()
    assert browser_of(member).post("/reflexion/diario/borrador/", {"text": "x"}).status_code == HTTPStatus.NOT_FOUND
    assert browser.get("/reflexion/diario/").status_code == HTTPStatus.FOUND


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_deleting_a_page_destroys_its_key(browser: Client) -> None:
    address = write(browser)
    key = JournalPage.objects.get().key_id
    browser.post(f"{address}/", {"do": "delete"})
    assert not JournalPage.objects.exists()
    assert DataKey.objects.get(pk=key).state == "destroyed"
    assert not KeyShare.objects.filter(pk=key).exists()
    assert browser.get(f"{address}/").status_code == HTTPStatus.NOT_FOUND


def test_a_page_that_is_damaged_harms_no_other(browser: Client) -> None:
    write(browser, "la buena")
    row = JournalPage.objects.get()
    other = JournalPage.objects.create(space=row.space, key=DataKey.objects.get(pk=row.space.key_id), page=row.page)
    page = seen(browser, "/reflexion/diario/")
    assert page.count("la buena") == 1  # the copy under another row and key does not open
    assert browser.get(f"/reflexion/diario/{other.pk}/").status_code == HTTPStatus.NOT_FOUND


def test_prompts_are_offered_and_none_other_is_taken() -> None:
    _member, browser = with_space()
    assert prompts.prompt("3") == prompts.prompts()[3]
    assert prompts.prompt(str(len(prompts.prompts()))) == prompts.prompts()[0]
    assert (prompts.prompt("-1"), prompts.prompt("x"), prompts.prompt("9" * 40)) == ("", "", "")
    for idea in ("4", "x", "9" * 40):
        assert browser.get("/reflexion/diario/", {"idea": idea}).status_code == HTTPStatus.OK
    write(browser, prompt="¿Cómo se llama la persona?")
    assert "Cómo se llama" not in seen(browser, f"/reflexion/diario/{JournalPage.objects.get().pk}/")


def test_a_long_beginning_is_cut_for_the_list() -> None:
    page = journal.Page(OwnSpace().pk, timezone.localdate(), 1, "", "palabra " * 40)
    assert len(page.beginning) == 80
    assert page.beginning.endswith("…")


def test_a_session_that_was_tampered_with_is_shut() -> None:
    _member, browser = with_space()
    session = browser.session
    session[unlocked.SPACE] = "00ff"
    session.save()
    assert browser.get("/reflexion/diario/").status_code == HTTPStatus.FOUND
