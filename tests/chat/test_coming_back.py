"""Coming back with a code: the caller's own conversation opens again, and nobody else's; tries are bounded."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from cases import actions as cases
from cases.models import Case
from cases.notes import NoteBody
from cases.reading import read_case
from chat import actions as chat
from chat import coming_back, return_views
from chat.models import Message, WayBack
from roster.models import Role
from tests.cast import make_member, say
from tests.vault.keys import elsewhere
from triage import actions as triage
from triage.models import Contact, Offer
from vault import actions as vault
from vault import stretching
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True, params=["A", "B"])
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


def caller(words: str = "no puedo dormir") -> Client:
    """Return the browser of somebody who agreed, wrote and waits."""
    phone = Client()
    phone.get("/hablar/")
    phone.post("/hablar/", {"do": "agree"})
    phone.post("/hablar/", {"do": "answer", "words": words})
    return phone


def contact_of(phone: Client) -> Contact:
    return Contact.objects.get(pk=phone.session["contact"])


def code_of(phone: Client) -> tuple[str, str]:
    """Ask for a code as the page does; return its words and its letters."""
    page = phone.post("/hablar/", {"do": "code"}).content.decode()
    words, letters = re.findall(r"<strong[^>]*>(?:<[^>]*>)*([^<]+)</strong>", page)[:2]
    return words, letters


def back_with(code: str, phone: Client | None = None) -> Client:
    phone = phone or Client()
    answer = phone.post("/volver/", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/hablar/")
    return phone


def test_the_code_opens_the_same_conversation_on_another_telephone() -> None:
    make_member()
    phone = caller()
    words, letters = code_of(phone)
    for code in (words, letters):
        elsewhere()
        other = back_with(code)
        assert "no puedo dormir" in other.get("/hablar/").content.decode()
        other.post("/hablar/", {"do": "say", "text": f"soy yo, con {len(code)}"})
        assert f"soy yo, con {len(code)}" in phone.get("/hablar/").content.decode()


def test_it_opens_what_was_said_after_the_end_and_not_what_was_taken_back() -> None:
    rosa = make_member(ready=True)
    phone = caller()
    words, _letters = code_of(phone)
    contact = chat.accept_offer(rosa, Offer.objects.get().pk)
    say(contact, "Te leo.", rosa)
    chat.end_conversation(contact, by="volunteer")
    elsewhere()
    other = back_with(words)
    page = other.get("/hablar/").content.decode()
    assert "Te leo." in page
    assert "Gracias por confiar" in page
    other.post("/hablar/", {"do": "withdraw"})
    elsewhere()
    assert Client().post("/volver/", {"code": words}).status_code == 404


def test_who_had_left_waits_again_at_the_front_and_is_offered() -> None:
    phone = caller("me tengo que ir")
    contact = contact_of(phone)
    words, _letters = code_of(phone)
    arrival = contact.queued_at
    phone.post("/hablar/salir/")
    assert Contact.objects.get().state == "left"
    make_member(ready=True)
    elsewhere()
    other = back_with(words)
    contact.refresh_from_db()
    assert (contact.state, contact.placed_front, contact.queued_at, contact.left_at) == ("waiting", True, arrival, None)
    page = other.get("/hablar/").content.decode()
    assert "me tengo que ir" in page
    assert "Volviste." in page
    assert Offer.objects.get(state="open").contact == contact


def test_a_new_code_ends_the_one_before_and_each_opens_its_own() -> None:
    make_member()
    one, other = caller("soy una"), caller("soy otra")
    first = code_of(one)
    second, others = code_of(one), code_of(other)
    assert Client().post("/volver/", {"code": first[0]}).status_code == 404
    elsewhere()
    assert "soy una" in back_with(second[0]).get("/hablar/").content.decode()
    page = back_with(others[1]).get("/hablar/").content.decode()
    assert "soy otra" in page
    assert "soy una" not in page


def test_the_code_stands_nowhere_and_is_shown_once(caplog: pytest.LogCaptureFixture) -> None:
    make_member()
    phone = caller()
    words, letters = code_of(phone)
    row = WayBack.objects.get()
    assert len(bytes(row.found_by)) == 32
    shown = "".join(phone.get(path).content.decode() for path in ("/hablar/", "/volver/", "/hablar/hilo/"))
    kept = f"{shown}{caplog.text}{list(Entry.objects.values_list())}{dict(phone.session)}"
    assert words not in kept
    assert letters not in kept


def test_the_code_is_refused_as_a_message_and_the_words_come_back() -> None:
    make_member()
    phone = caller()
    said = Message.objects.count()
    for form in code_of(phone):
        answer = phone.post("/hablar/", {"do": "say", "text": f"es este: {form}"})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "tu código para volver" in page
        assert form in page
        frames = phone.post("/hablar/", {"do": "say", "text": form}, headers={"Accept": "application/json"}).json()
        assert [frames["frames"][0][name] for name in ("code", "field")] == ["bad_field", "text"]
    assert Message.objects.count() == said


def test_without_an_agreement_there_is_no_code() -> None:
    phone = Client()
    phone.post("/hablar/", {"do": "code"})
    phone.post("/hablar/", {"do": "danger"})
    assert phone.post("/hablar/", {"do": "code"}).status_code == 409
    assert not WayBack.objects.exists()


@pytest.mark.parametrize("typed", ["", "hola", "agua " * 6, "1234-5678-ABCD-EFGH-0", "x" * 3_000])
def test_what_is_no_code_is_said_kindly(typed: str) -> None:
    answer = Client().post("/volver/", {"code": typed})
    assert answer.status_code == 400
    assert "no parece un código" in answer.content.decode()


def test_a_browser_that_guesses_waits_and_so_do_all_when_too_many_try(monkeypatch: pytest.MonkeyPatch) -> None:
    guesses = [vault.fresh_return_code().words for _number in range(8)]
    phone = Client()
    statuses = [phone.post("/volver/", {"code": guess}).status_code for guess in guesses[:6]]
    assert statuses == [404] * 5 + [429]
    cache.clear()
    monkeypatch.setattr(return_views, "A_MINUTE", 2)
    assert [Client().post("/volver/", {"code": guess}).status_code for guess in guesses[5:]] == [404, 404, 429]


def test_one_that_nobody_has_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    make_member()
    words, _letters = code_of(caller())
    done: list[str] = []
    dear = stretching.stretched

    def stretched(password: str, salt: bytes) -> bytes:
        done.append(password)
        return dear(password, salt)

    monkeypatch.setattr(stretching, "stretched", stretched)
    for code in (words, vault.fresh_return_code().words):
        coming_back.contact_of_code(code, vault.Caller("x"))
    assert len(done) == 2


def test_a_contact_whose_words_were_erased_by_time_opens_for_no_code() -> None:
    make_member()
    phone = caller()
    words, _letters = code_of(phone)
    chat.end_conversation(contact_of(phone), by="caller")
    vault.destroy_key(contact_of(phone).key_id)
    assert Client().post("/volver/", {"code": words}).status_code == 404
    triage.route()


def test_what_was_typed_comes_back_to_be_put_right() -> None:
    assert 'value="agua con &lt;sal&gt;"' in Client().post("/volver/", {"code": "agua con <sal>"}).content.decode()


def test_who_comes_back_sees_how_often_the_team_opened_the_conversation_since() -> None:
    rosa, carmen = make_member(ready=True), make_member(Role.SUPERVISOR, rehearsal=False)
    phone = caller()
    words, _letters = code_of(phone)
    contact = chat.accept_offer(rosa, Offer.objects.get().pk)
    say(contact, "Te leo.", rosa)
    case = cases.save_note(rosa, contact, NoteBody(talked="Duerme poco.")).case
    chat.end_conversation(contact, by="volunteer")
    elsewhere()
    assert "volvió a abrir" not in back_with(words).get("/hablar/").content.decode()
    for reader in (rosa, carmen, carmen):
        found = Case.objects.get(pk=case.pk)
        found.holder = reader.holder
        read_case(found, reader, "quality" if reader == carmen else "")
    assert "volvió a abrir esta conversación 2 veces." in back_with(words).get("/hablar/").content.decode()


def test_first_words_that_hold_a_code_come_back_and_nothing_is_lost() -> None:
    make_member()
    words, _letters = code_of(caller())
    phone = Client()
    phone.get("/hablar/")
    phone.post("/hablar/", {"do": "agree"})
    answer = phone.post("/hablar/", {"do": "answer", "feeling": "4", "words": f"tengo este código: {words}"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "tu código para volver" in page
    assert words in page
    assert contact_of(phone).state == "questions"


def test_five_codes_an_hour_are_enough() -> None:
    make_member()
    phone = caller()
    assert [phone.post("/hablar/", {"do": "code"}).status_code for _turn in range(6)] == [200] * 5 + [409]


def test_whoever_comes_back_to_a_conversation_that_is_over_is_greeted_and_not_asked_as_if_it_ended_now() -> None:
    make_member()
    phone = caller()
    words, _letters = code_of(phone)
    phone.post("/hablar/", {"do": "leave"})
    assert "¿Cómo te sientes ahora?" in phone.get("/hablar/").content.decode()
    elsewhere()
    page = back_with(words).get("/hablar/").content.decode()

    assert "Qué bueno que volviste" in page
    assert "¿Cómo te sientes ahora?" not in page
    assert "Conversar otra vez" in page


def test_whoever_comes_back_to_a_conversation_that_goes_on_is_asked_at_its_end() -> None:
    make_member()
    phone = caller()
    words, _letters = code_of(phone)
    elsewhere()
    other = back_with(words)
    other.post("/hablar/", {"do": "leave"})

    assert "¿Cómo te sientes ahora?" in other.get("/hablar/").content.decode()


def test_a_shared_telephone_is_said_before_the_code_is_typed_and_covers_what_it_opens() -> None:
    phone = caller()
    words, _letters = code_of(phone)
    phone.post("/hablar/acordado/", {"agreed": "llamar a mi prima"})
    phone.post("/hablar/", {"do": "leave"})
    elsewhere()
    other = Client()
    form = other.get("/volver/").content.decode()
    assert form.index('name="shared"') < form.index('name="code"')
    again = other.post("/volver/", {"code": "una dos", "shared": "yes"}).content.decode()
    assert re.search(r'name="shared" value="yes"[^>]* checked', again)
    other.post("/volver/", {"code": words, "shared": "yes"})
    page = other.get("/hablar/").content.decode()

    assert re.search(r"<script[^>]* data-shared[ >]", page)
    assert "llamar a mi prima" not in page
