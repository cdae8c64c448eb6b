"""The pages of a rescue: plain forms that lose no word, an answer only from who has just confirmed who they are."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from cases import actions, rescue
from cases.models import Rescue
from cases.notes import NoteBody
from roster.models import Member, Role, Shift
from tests.cast import browser_of, make_ended, make_member, make_talking
from triage import actions as triage
from triage.models import Contact
from vault import actions as vault
from vault.models import Entry

PASSWORD = "una frase larga de ensayo"  # noqa: S105  of tests only
WHY = "Dice que tiene las pastillas en la mano."
NOTED = {"do": "note", "number": "3", "told": "samu", "passed": "Está en el parque.", "caller_told": "yes"}

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def talking(rosa: Member, carmen: Member) -> Contact:
    """Return a conversation of Rosa's that goes on, which Carmen's keys open."""
    assert carmen.has_role
    return make_talking(rosa, "ya no puedo más")


@pytest.fixture
def desk(rosa: Member) -> Client:
    """Return the volunteer's browser."""
    return browser_of(rosa)


@pytest.fixture
def window(carmen: Member) -> Client:
    """Return the supervisor's browser, in which she has just confirmed who she is."""
    carmen.set_password(PASSWORD)
    carmen.save()
    client = browser_of(carmen)
    assert client.post("/equipo/confirmar/", {"password": PASSWORD}).status_code == 302
    return client


def asking(desk: Client, contact: Contact, **given: str) -> str:
    answer = desk.post(f"/casos/rescate/{contact.pk}/", {"ground": "danger_self", "words": WHY} | given, follow=True)
    return answer.content.decode()


def answering(window: Client, contact: Contact, **given: str) -> str:
    fields = {"rescue": str(Rescue.objects.get(contact=contact).pk), "answer": "yes", "answer_words": "Sí, llama."}
    return window.post(f"/casos/rescates/{contact.pk}/", fields | given, follow=True).content.decode()


def on_shift(member: Member) -> None:
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    Shift.objects.create(member=member, starts_at=now - hour, ends_at=now + hour)


def test_the_whole_way_by_plain_forms(
    talking: Contact, desk: Client, window: Client, rosa: Member, carmen: Member
) -> None:
    assert "Espera respuesta" in asking(desk, talking)
    listed = window.get("/casos/rescates/").content.decode()
    assert "Rosa pide un rescate" in listed
    assert "La vida de la persona corre peligro" in listed
    assert "pastillas" not in listed
    assert WHY in window.get(f"/casos/rescates/{talking.pk}/").content.decode()
    assert "Anotar lo que se hizo" in answering(window, talking)
    page = desk.get(f"/casos/rescate/{talking.pk}/").content.decode()
    assert "Sí, llama." in page
    noted = {**NOTED, "rescue": str(Rescue.objects.get().pk)}
    page = desk.post(f"/casos/rescate/{talking.pk}/", noted, follow=True).content.decode()
    for words in ("Rosa anotó que se avisó (SAMU 106)", "Está en el parque.", "La persona lo sabe."):
        assert words in page

    case = actions.save_note(rosa, talking, NoteBody(talked="a")).case
    page = desk.get(f"/casos/{case.pk}/").content.decode()
    for words in (
        "Rosa pidió un rescate. Motivo legal: La vida de la persona corre peligro.",
        "Carmen leyó el pedido de rescate.",
        "Carmen estuvo de acuerdo con el rescate.",
        "Rosa anotó que se avisó. A quién: SAMU 106.",
        "Está en el parque.",
    ):
        assert words in page
    on_shift(carmen)
    assert "Está en el parque." in window.post(f"/casos/{case.pk}/", {"reason": "high_risk"}).content.decode()
    trail = window.get("/supervision/auditoria/").content.decode()
    assert "pidió un rescate: que el secreto ceda ante un peligro" in trail
    assert "parque" not in trail
    assert "pastillas" not in trail


def test_the_story_of_a_conversation_taken_back_names_no_ground(talking: Contact, desk: Client, window: Client) -> None:
    asking(desk, talking)
    triage.withdraw(talking)
    story = window.post(f"/supervision/conversacion/{talking.pk}/", {"reason": "legal"}).content.decode()
    assert "Rosa pidió un rescate." in story
    assert "Motivo legal" not in story


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ground": ""}, "Elige un motivo legal"),
        ({"ground": "because"}, "Elige un motivo legal"),
        ({"ground": "judge"}, "Una orden judicial no la resuelve quien acompaña"),
        ({"words": " "}, "Escribe qué está pasando"),
    ],
)
def test_a_form_that_lacks_something_says_what_and_keeps_the_words(
    talking: Contact, desk: Client, given: dict[str, str], words: str
) -> None:
    page = desk.post(f"/casos/rescate/{talking.pk}/", {"ground": "danger_self", "words": WHY} | given)
    assert page.status_code == 400
    assert words in page.content.decode()
    assert (WHY in page.content.decode()) is ("words" not in given)
    assert not Rescue.objects.exists()


def test_an_answer_without_words_or_a_choice_changes_nothing(talking: Contact, desk: Client, window: Client) -> None:
    asking(desk, talking)
    assert "Elige si estás de acuerdo" in answering(window, talking, answer="perhaps")
    assert "Escribe por qué" in answering(window, talking, answer_words="")
    assert "ya tiene respuesta" in answering(window, talking, rescue="no number")
    assert Rescue.objects.get().state == "asked"


def test_a_note_that_lacks_something_or_comes_second_keeps_its_words(
    talking: Contact, desk: Client, window: Client
) -> None:
    asking(desk, talking)
    answering(window, talking)
    noted = {**NOTED, "rescue": str(Rescue.objects.get().pk)}
    for browser, path in ((desk, "rescate"), (window, "rescates")):
        page = browser.post(f"/casos/{path}/{talking.pk}/", noted | {"caller_told": "no"})
        assert (page.status_code, "por qué la persona no lo sabe" in page.content.decode()) == (400, True)
        assert "Está en el parque.</textarea>" in page.content.decode()
    assert desk.post(f"/casos/rescate/{talking.pk}/", noted).status_code == 302
    again = desk.post(f"/casos/rescate/{talking.pk}/", noted)
    assert (again.status_code, "Alguien anotó algo antes que tú" in again.content.decode()) == (400, True)
    assert desk.post(f"/casos/rescate/{talking.pk}/", noted | {"rescue": "x"}).status_code == 404


def test_a_second_touch_asks_nothing_twice(talking: Contact, desk: Client) -> None:
    asking(desk, talking)
    assert "Espera respuesta" in asking(desk, talking)
    assert Rescue.objects.count() == 1


def test_whoever_has_not_just_confirmed_who_they_are_does_so_first(
    talking: Contact, desk: Client, carmen: Member
) -> None:
    asking(desk, talking)
    carmen.set_password(PASSWORD)
    carmen.save()
    browser = browser_of(carmen)
    assert browser.get("/casos/rescates/").status_code == 200
    for answer in (browser.get(f"/casos/rescates/{talking.pk}/"), browser.post(f"/casos/rescates/{talking.pk}/")):
        assert answer["Location"].startswith("/equipo/confirmar/")
    assert Entry.objects.filter(act="rescue.read").count() == 0
    fields = {"rescue": str(Rescue.objects.get().pk), "answer": "no", "answer_words": "Pregúntale dónde está."}
    asked = browser.post(f"/casos/rescates/{talking.pk}/", fields)
    browser.post(asked["Location"], {"password": PASSWORD})  # and what was written is not lost
    assert Rescue.objects.get().state == "refused"
    assert "Pregúntale dónde está." in desk.get(f"/casos/rescate/{talking.pk}/").content.decode()


def test_the_last_of_two_supervisors_is_told(rosa: Member, desk: Client, window: Client) -> None:
    julia = make_member(Role.SUPERVISOR, "Julia")
    talking = make_talking(rosa, "hola")
    asking(desk, talking)
    rescue.answer(julia, Rescue.objects.get().pk, agreed=False, words="No.")
    assert "ya tiene respuesta" in answering(window, talking)
    assert Rescue.objects.get().state == "refused"


def test_a_supervisor_finds_nothing_where_nobody_asked_and_the_attempt_is_kept(
    talking: Contact, window: Client
) -> None:
    assert window.get(f"/casos/rescates/{talking.pk}/").status_code == 404
    assert Entry.objects.filter(act="contact.open", result="refused", subject=str(talking.pk)).count() == 1


def test_where_keys_do_not_open_it_is_said_and_nothing_is_noted(talking: Contact, desk: Client, window: Client) -> None:
    asking(desk, talking)
    answering(window, talking)
    vault.block_key(talking.key_id)
    noted = {**NOTED, "rescue": str(Rescue.objects.get().pk)}
    page = desk.post(f"/casos/rescate/{talking.pk}/", noted)
    assert (page.status_code, "Tu llavero no abre esta conversación" in page.content.decode()) == (400, True)
    assert Rescue.objects.get().steps.count() == 2


def test_the_honest_sentence_waits_beside_the_note_and_on_the_page(talking: Contact, desk: Client) -> None:
    sentence = "Sin ellos no podemos ubicarte."
    assert sentence in desk.get(f"/casos/rescate/{talking.pk}/").content.decode()
    beside = desk.get(f"/casos/nota/{talking.pk}/", HTTP_X_FRAGMENT="1").content.decode()
    assert f'data-put="{rescue.HONEST_SENTENCE}"' in beside
    page = desk.get(f"/casos/nota/{talking.pk}/").content.decode()
    assert "data-put" not in page
    assert f'href="/casos/rescate/{talking.pk}/"' in page


def test_a_conversation_that_is_over_can_still_lead_to_a_rescue(rosa: Member, desk: Client) -> None:
    contact = make_ended(rosa, "hola")
    case = actions.save_note(rosa, contact, NoteBody(talked="a")).case
    assert f'href="/casos/rescate/{contact.pk}/"' in desk.get(f"/casos/{case.pk}/").content.decode()
    assert "Espera respuesta" in asking(desk, contact)
