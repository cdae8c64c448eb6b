"""Beside a conversation on the desk: its level, instruments, endings without a note, and the quiet reminder."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.access import contacts_without_note
from chat import actions as chat
from roster.models import Member
from tests.cast import browser_of, make_member, make_talking
from triage import actions as triage
from triage import wordings
from triage.models import WITHOUT_NOTE, Contact, ContactEvent, Ending, EventKind, InstrumentUse
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

LEVEL, INSTRUMENT, END, ASKED = (
    "/escritorio/nivel/",
    "/escritorio/instrumento/",
    "/escritorio/terminar/",
    "/escritorio/pregunta/",
)
JSON: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}
PLAN = {"code": "cssrs", "1": "yes", "2": "yes", "3": "yes", "4": "yes", "5": "yes", "6": "no", "means": "no"}


@pytest.fixture
def rosa() -> Member:
    """Return a volunteer."""
    return make_member(alias="Rosa")


@pytest.fixture
def contact(rosa: Member) -> Contact:
    """Return a conversation of hers at level C."""
    return make_talking(rosa, "hola")


@pytest.fixture
def browser(rosa: Member) -> Client:
    """Return her browser."""
    return browser_of(rosa)


def panel(browser: Client, contact: Contact, **headers: Any) -> str:
    """Return the panel of level and instruments."""
    page: str = browser.get(f"{LEVEL}?contact={contact.pk}", **headers).content.decode()
    return page


def form(browser: Client, contact: Contact, code: str) -> str:
    """Return the form of an instrument."""
    page: str = browser.get(f"{INSTRUMENT}?contact={contact.pk}&code={code}").content.decode()
    return page


# Instruments --------------------------------------------------------------------------------------------------------


def test_an_instrument_is_asked_by_plain_forms_and_raises_the_level_by_one_more(
    browser: Client, contact: Contact
) -> None:
    answer = browser.post(INSTRUMENT, {"contact": str(contact.pk), **PLAN}, follow=True)
    page = answer.content.decode()
    assert "alto: ideación con plan, sin medios a mano" in page
    assert "Subir a nivel B" in page
    fields = dict(re.findall(r'name="(seen|level|reason)" value="(\w+)"', page))
    assert fields == {"seen": "C", "level": "B", "reason": "instrument"}
    browser.post(LEVEL, {"contact": str(contact.pk), **fields})
    assert Contact.objects.get().urgency == "B"
    assert "Subir a nivel" not in panel(browser, contact)


def test_the_desk_gets_the_part_alone_and_where_to_go_on(browser: Client, contact: Contact) -> None:
    assert "<html" in panel(browser, contact)
    assert "<html" not in panel(browser, contact, HTTP_X_FRAGMENT="1")
    told = browser.post(INSTRUMENT, {"contact": str(contact.pk), **PLAN}, **JSON).json()
    assert told == {"kept": True, "next": f"{LEVEL}?contact={contact.pk}"}
    told = browser.post(LEVEL, {"contact": str(contact.pk), "level": "A", "reason": "told", "seen": "C"}, **JSON).json()
    assert told == {"kept": True, "problem": "", "next": f"{LEVEL}?contact={contact.pk}"}


def test_a_calmer_result_offers_no_lower_level(browser: Client, contact: Contact) -> None:
    calm = {"contact": str(contact.pk), "code": "phq4", "1": "0", "2": "0", "3": "0", "4": "0"}
    page = browser.post(INSTRUMENT, calm, follow=True).content.decode()
    assert "Sugiere nivel E" in page
    assert "Subir a nivel" not in page
    assert Contact.objects.get().urgency == "C"


@pytest.mark.parametrize("code", ["cssrs", "asq", "phq4"])
def test_without_its_official_words_only_numbers_are_shown(browser: Client, contact: Contact, code: str) -> None:
    page = form(browser, contact, code)
    assert "Usa el formulario oficial" in page
    assert "Pregunta 1" in page
    assert "por confirmar por la responsable clínica" in page


def test_the_official_words_that_were_loaded_are_shown_as_they_are(browser: Client, contact: Contact) -> None:
    wordings.load(
        b'code = "phq4"\nlanguage = "es-PE"\nversion = "7"\nsource = "f"\nlicence = "l"\nlicence_accepted = true\n'
        b'items = ["Uno <b>", "Dos", "Tres", "Cuatro"]\nanswers = ["Nada", "Algo", "Bastante", "Siempre"]\n'
    )
    page = form(browser, contact, "phq4")
    assert "Pregunta 1: Uno &lt;b&gt;" in page
    assert "2: Bastante" in page
    assert "Texto: versión 7" in page
    assert "Usa el formulario oficial" not in page


def test_what_cannot_be_taken_is_told_and_the_answers_stay(browser: Client, contact: Contact) -> None:
    empty = browser.post(INSTRUMENT, {"contact": str(contact.pk), "code": "asq"})
    assert (empty.status_code, "Marca al menos una respuesta" in empty.content.decode()) == (400, True)
    strange = browser.post(INSTRUMENT, {"contact": str(contact.pk), "code": "asq", "1": "yes", "2": "quizá"})
    assert strange.status_code == 400
    assert re.search(r'name="1" value="yes" checked', strange.content.decode())
    told = browser.post(INSTRUMENT, {"contact": str(contact.pk), "code": "asq"}, **JSON)
    assert (told.status_code, told.json()["problem"]) == (400, "Marca al menos una respuesta del formulario.")
    assert browser.get(f"{INSTRUMENT}?contact={contact.pk}&code=srq").status_code == 404
    assert not InstrumentUse.objects.exists()


def test_a_text_loaded_while_the_form_was_open_is_not_the_one_that_was_asked(
    browser: Client, contact: Contact, rosa: Member
) -> None:
    file = (
        b'code = "phq4"\nlanguage = "es-PE"\nversion = "7"\nsource = "f"\nlicence = "l"\nlicence_accepted = true\n'
        b'items = ["Uno", "Dos", "Tres", "Cuatro"]\n'
    )
    answers = {"contact": str(contact.pk), "code": "phq4", "1": "2"}
    assert 'name="wording" value=""' in form(browser, contact, "phq4")
    wordings.load(file)
    assert 'name="wording" value="7"' in form(browser, contact, "phq4")
    browser.post(INSTRUMENT, answers | {"wording": ""})
    wordings.load(file.replace(b'"7"', b'"8"'))
    browser.post(INSTRUMENT, answers | {"wording": "7"})
    browser.post(INSTRUMENT, answers)
    contact.holder = rosa.holder
    assert [use.wording for use in triage.uses_of(contact)] == ["8", "7", ""]
    unknown = browser.post(INSTRUMENT, answers | {"wording": "9"})
    assert unknown.status_code == 400
    assert "no es de esta línea" in unknown.content.decode()
    assert re.search(r'name="1" value="2" checked', unknown.content.decode())
    assert InstrumentUse.objects.count() == 3


def test_once_it_is_over_nothing_more_is_asked_and_what_was_said_stays(browser: Client, contact: Contact) -> None:
    browser.post(INSTRUMENT, {"contact": str(contact.pk), **PLAN})
    chat.end_conversation(contact, by="caller")
    page = panel(browser, contact)
    assert "alto: ideación con plan" in page
    assert "Cambiar el nivel" not in page
    assert "data-go" not in page
    late = browser.post(INSTRUMENT, {"contact": str(contact.pk), **PLAN}, **JSON)
    assert late.json()["problem"].startswith("La conversación ya terminó")


def test_the_caller_is_shown_neither_a_result_nor_a_level(browser: Client, contact: Contact) -> None:
    browser.post(INSTRUMENT, {"contact": str(contact.pk), **PLAN})
    browser.post(LEVEL, {"contact": str(contact.pk), "level": "B", "reason": "told", "seen": "C"})
    caller = Client()
    session = caller.session
    session["contact"], session["own"] = str(contact.pk), contact.holder.secret  # type: ignore[attr-defined]
    session.save()
    for address in ("/hablar/", "/hablar/hilo/"):
        page = caller.get(address).content.decode()
        assert "hola" in page
        assert not re.search(r"C-SSRS|ideación|Nivel|muy urgente|instrumento", page)


# The level ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"level": "", "reason": "told"}, "Elige un nivel y un motivo"),
        ({"level": "B", "reason": ""}, "Elige un nivel y un motivo"),
        ({"level": "B", "reason": "told", "seen": "D"}, "ahora es C. Míralo y decide otra vez."),
        ({"level": "C", "reason": "told", "seen": "C"}, "No cambió nada"),
    ],
)
def test_a_level_that_cannot_be_changed_so_is_told_why(
    browser: Client, contact: Contact, fields: dict[str, str], problem: str
) -> None:
    plain = browser.post(LEVEL, {"contact": str(contact.pk), **fields})
    assert (plain.status_code, problem in plain.content.decode()) == (400, True)
    told = browser.post(LEVEL, {"contact": str(contact.pk), **fields}, **JSON)
    assert (told.status_code, problem in told.json()["problem"]) == (400, True)
    assert Contact.objects.get().urgency == "C"


def test_the_mark_of_danger_is_asked_about_only_where_there_is_one(browser: Client, contact: Contact) -> None:
    assert 'name="calm"' not in panel(browser, contact)
    triage.enter_danger(contact)
    assert 'name="calm"' in panel(browser, contact)
    fields = {"contact": str(contact.pk), "level": "C", "reason": "safe_now", "seen": "A", "calm": "yes"}
    browser.post(LEVEL, fields)
    now = Contact.objects.get()
    assert (now.urgency, now.danger) == ("C", False)


# Endings without a note ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", WITHOUT_NOTE)
def test_one_touch_ends_what_was_no_counselling_and_no_note_is_owed(
    browser: Client, contact: Contact, rosa: Member, ending: Ending
) -> None:
    other = make_talking(rosa, "gracias")
    chat.end_conversation(other, by="volunteer")
    assert browser.post(END, {"contact": str(contact.pk), "ending": ending}, **JSON).json() == {
        "ended": True,
        "problem": "",
    }
    ended = Contact.objects.get(pk=contact.pk)
    assert (ended.state, ended.ending, ended.ended_by) == ("ended", ending, "volunteer")
    assert list(contacts_without_note(rosa)) == [other]
    assert list(Contact.objects.all().counselling()) == [other]
    assert Entry.objects.filter(act="contact.end", reason=ending, actor=str(rosa.pk)).exists()


def test_rehearsals_are_no_counselling_and_what_goes_on_is(contact: Contact) -> None:
    make_talking(make_member(rehearsal=True), "ensayo")
    assert list(Contact.objects.all().counselling()) == [contact]


def test_the_caller_reads_the_same_farewell_whatever_it_was(rosa: Member) -> None:
    last: set[str] = set()
    for ending in ("talked", "insult"):
        one = make_talking(rosa, "hola")
        chat.end_conversation(one, by="volunteer", ending=ending)
        last.add(one.messages.latest("seq").line_key)
    assert last == {"ended_volunteer"}


@pytest.mark.parametrize("ending", ["talked", "", "boring"])
def test_any_other_ending_asks_for_its_note_or_is_refused(browser: Client, contact: Contact, ending: str) -> None:
    answer = browser.post(END, {"contact": str(contact.pk), "ending": ending}, **JSON)
    assert (answer.status_code, answer.json()["ended"]) == (400, False)
    assert browser.post(END, {"contact": str(contact.pk), "ending": ending}).status_code == 400
    assert Contact.objects.get().state == "talking"


def test_what_is_over_is_not_ended_again_as_something_else(browser: Client, contact: Contact) -> None:
    chat.end_conversation(contact, by="caller")
    answer = browser.post(END, {"contact": str(contact.pk), "ending": "joke"}, **JSON)
    assert answer.json()["problem"] == "La conversación ya había terminado."
    assert Contact.objects.get().ending == "talked"


def test_the_desk_has_a_button_for_each_and_a_pause_after_an_insult(browser: Client) -> None:
    page = browser.get("/escritorio/").content.decode()
    assert re.findall(r'data-ending="(\w+)"', page) == [str(ending) for ending in WITHOUT_NOTE]
    assert "Tomar una pausa" in page.split('<template id="after-insult">')[1]


# The quiet reminder -------------------------------------------------------------------------------------------------


def about(browser: Client, contact: Contact) -> str:
    """Return what the desk tells of a person, by which it knows whether to remind."""
    page: str = browser.get(f"/escritorio/persona/?contact={contact.pk}").content.decode()
    return page


def begun_ago(contact: Contact, minutes: int) -> None:
    """Let the conversation have begun so long ago."""
    then = timezone.now() - datetime.timedelta(minutes=minutes)
    Contact.objects.filter(pk=contact.pk).update(assigned_at=then)


@pytest.mark.parametrize("thoughts", ["sometimes", "no", ""])
def test_the_desk_reminds_in_a_marked_conversation_after_ten_minutes(
    rosa: Member, browser: Client, thoughts: str
) -> None:
    contact = make_talking(rosa, "hola", answers={"thoughts": thoughts, "danger": "no"})
    assert "data-remind" not in about(browser, contact)
    begun_ago(contact, 11)
    assert ("data-remind" in about(browser, contact)) is (thoughts == "sometimes")


@pytest.mark.parametrize("how", ["asked", "dismissed"])
def test_it_goes_when_the_volunteer_says_so_and_comes_no_more(rosa: Member, browser: Client, how: str) -> None:
    contact = make_talking(rosa, "hola", answers={"thoughts": "plan"})
    begun_ago(contact, 60)
    assert browser.post(ASKED, {"contact": str(contact.pk), "how": how}, **JSON).json() == {"kept": True}
    assert "data-remind" not in about(browser, contact)
    assert browser.post(ASKED, {"contact": str(contact.pk), "how": "sideways"}, **JSON).status_code == 200
    assert ContactEvent.objects.filter(kind=EventKind.ASKED).count() == 1
