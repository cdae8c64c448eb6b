"""The pages of cases: a volunteer's own, a supervisor's with a reason, a note that saves itself."""

from typing import Any
from urllib.parse import urlencode

import pytest

from cases import actions
from cases.models import Case, Note, NoteRevision
from cases.notes import NoteBody
from roster.models import Member, Role
from tests.cast import browser_of, make_ended, make_member, say
from triage.models import Contact
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

WORDS = {"reason": "sleep", "also": ["grief", "family"], "talked": "Duerme poco.", "risk": "low", "agreed": "Escribir."}
JSON: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}


def note_at(contact: Contact) -> str:
    """Return the address of a contact's note."""
    return f"/casos/nota/{contact.pk}/"


def page_of(response: Any) -> dict[str, str]:
    """Return what an opened page says of itself when it saves."""
    page = response.content.decode()
    return {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("page_number", "page_saves")}


def words_in(response: Any) -> str:
    """Return the text of an answer."""
    text: str = response.content.decode()
    return text


@pytest.fixture
def case(contact: Contact, rosa: Member) -> Case:
    """Return Rosa's case with a note of two versions."""
    actions.save_note(rosa, contact, NoteBody(reason="sleep", talked="Duerme poco.", risk="low"))
    return actions.save_note(rosa, contact, NoteBody(reason="sleep", talked="Duerme mejor.", risk="low")).case


# Writing ------------------------------------------------------------------------------------------------------------


def test_a_draft_survives_a_reload_of_the_page(contact: Contact, rosa: Member) -> None:
    browser = browser_of(rosa)
    kept = browser.post(note_at(contact), WORDS | {"do": "draft"}, **JSON)
    assert kept.json() == {"saved": True, "draft": 1}
    page = words_in(browser.get(note_at(contact)))
    assert "Duerme poco." in page
    assert '<option value="sleep" selected>' in page
    assert page.count(" checked") == 2


@pytest.mark.parametrize(("death", "hard"), [("", False), ("caller", True), ("close", True)])
def test_a_note_that_says_that_somebody_died_has_the_desk_offer_what_may_do_good(
    contact: Contact, rosa: Member, death: str, *, hard: bool
) -> None:
    browser = browser_of(rosa)
    answer = browser.post(note_at(contact), WORDS | {"do": "save", "death": death}, **JSON).json()
    assert answer.get("hard", False) is hard
    page = words_in(browser.get(f"/casos/{answer['case']}/"))
    assert ("/reflexion/despues/?muerte=si" in page) is hard
    assert ("Murió alguien" in page) is hard
    assert browser.post(note_at(contact), WORDS | {"do": "save", "death": "x"}, **JSON).status_code == 400


def test_the_desk_gets_the_form_alone(contact: Contact, rosa: Member) -> None:
    browser = browser_of(rosa)
    assert "<html" in words_in(browser.get(note_at(contact)))
    assert "<html" not in words_in(browser.get(note_at(contact), HTTP_X_FRAGMENT="1"))


def test_a_saved_note_leads_to_its_case_with_and_without_scripts(contact: Contact, rosa: Member) -> None:
    browser = browser_of(rosa)
    answer = browser.post(note_at(contact), WORDS | {"do": "save"}, **JSON).json()
    case = Case.objects.get()
    assert answer == {"saved": True, "revision": 1, "case": str(case.pk)}
    plain = browser.post(note_at(contact), WORDS | {"do": "save", "talked": "Más."})
    assert plain.headers["Location"] == f"/casos/{case.pk}/"
    assert NoteRevision.objects.count() == 2


@pytest.mark.parametrize("field", [{"talked": "a" * 8_001}, {"risk": "?"}, {"reason": "?"}, {"also": ["?"]}])
def test_what_does_not_fit_is_told_in_words_and_nothing_is_lost(
    field: dict[str, Any], contact: Contact, rosa: Member
) -> None:
    browser = browser_of(rosa)
    answer = browser.post(note_at(contact), WORDS | field, **JSON)
    assert (answer.status_code, answer.json()["saved"], [answer.json()["field"]]) == (400, False, list(field))
    page = browser.post(note_at(contact), WORDS | field | {"agreed": "Llamar a su tía."})
    assert page.status_code == 400
    assert "Lo demás sigue aquí" in words_in(page)
    assert "Llamar a su tía." in words_in(page)
    assert not Note.objects.exists()


def test_an_empty_note_is_refused_in_words(contact: Contact, rosa: Member) -> None:
    answer = browser_of(rosa).post(note_at(contact), {"do": "save"}, **JSON)
    assert answer.status_code == 400
    assert "vacía" in answer.json()["problem"]


def test_the_longest_note_goes_through_a_plain_form(contact: Contact, rosa: Member) -> None:
    longest = dict.fromkeys(("talked", "risk_words", "agreed", "next_step"), "\N{LLAMA}" * 8_000)
    form = urlencode(longest | {"do": "save"})
    answer = browser_of(rosa).post(note_at(contact), form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert actions.latest_body(Note.objects.get()).talked == longest["talked"]


def test_two_windows_that_save_at_once_lose_nothing(contact: Contact, rosa: Member) -> None:
    browser = browser_of(rosa)
    older, newer = (page_of(browser.get(note_at(contact))) for _window in range(2))
    assert browser.post(note_at(contact), {"talked": "La nueva.", "do": "draft"} | newer, **JSON).status_code == 200
    refused = browser.post(note_at(contact), {"talked": "La vieja.", "do": "draft"} | older, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    assert "otra ventana" in refused.json()["problem"]
    page = browser.post(note_at(contact), {"talked": "La vieja.", "do": "save"} | older)
    assert page.status_code == 409
    assert "La vieja." in words_in(page)
    assert "La nueva." in words_in(page)
    both = {"talked": "La nueva. La vieja.", "do": "save"} | page_of(page)
    assert browser.post(note_at(contact), both).status_code == 302
    assert actions.latest_body(Note.objects.get()).talked == "La nueva. La vieja."


def test_the_note_of_a_withdrawn_contact_says_why_it_is_not_kept(contact: Contact, rosa: Member) -> None:
    Contact.objects.filter(pk=contact.pk).update_noted(state="withdrawn")
    browser = browser_of(rosa)
    answer = browser.post(note_at(contact), WORDS | {"do": "draft"}, **JSON)
    assert answer.status_code == 410
    assert "retiró su consentimiento" in answer.json()["problem"]
    assert browser.get(note_at(contact)).status_code == 404
    assert not Note.objects.exists()


def test_every_reading_of_a_note_leaves_a_trace(contact: Contact, rosa: Member) -> None:
    browser = browser_of(rosa)
    browser.get(note_at(contact))
    assert not Entry.objects.filter(act="note.open").exists()  # there was nothing to read
    browser.post(note_at(contact), WORDS | {"do": "draft"}, **JSON)
    browser.get(note_at(contact))
    assert Entry.objects.get(act="note.open").actor == str(rosa.pk)


# The lists ----------------------------------------------------------------------------------------------------------


def test_what_is_over_and_unwritten_stands_in_the_list_of_the_desk(contact: Contact, rosa: Member) -> None:
    browser = browser_of(rosa)
    (pending,) = browser.get("/casos/pendientes/").json()["pending"]
    assert (pending["contact"], pending["state"]) == (str(contact.pk), "ended")
    browser.post(note_at(contact), WORDS | {"do": "draft"}, **JSON)
    assert len(browser.get("/casos/pendientes/").json()["pending"]) == 1
    browser.post(note_at(contact), WORDS | {"do": "save"}, **JSON)
    assert browser.get("/casos/pendientes/").json() == {"pending": []}


def test_a_volunteer_lists_their_own_cases_and_a_supervisor_all(
    case: Case, rosa: Member, luis: Member, carmen: Member
) -> None:
    rehearsed = make_member(rehearsal=True)
    hidden_case = actions.save_note(rehearsed, make_ended(rehearsed), NoteBody(talked="de ensayo")).case
    for member, lists in ((rosa, True), (luis, False), (carmen, True)):
        page = words_in(browser_of(member).get("/casos/"))
        assert (str(case.pk) in page) is lists
        assert str(hidden_case.pk) not in page
    assert "Duerme" not in words_in(browser_of(carmen).get("/casos/"))


def test_a_long_list_has_pages_and_costs_the_same_number_of_queries(
    rosa: Member, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("cases.views.SHOWN", 3)
    for _number in range(4):
        actions.save_note(rosa, make_ended(rosa), NoteBody(talked="a"))
    browser = browser_of(rosa)
    with django_assert_max_num_queries(9):
        first = browser.get("/casos/")
    second = browser.get("/casos/?pagina=2")
    assert [len(page.context["cases"]) for page in (first, second)] == [3, 1]


# One case -----------------------------------------------------------------------------------------------------------


def test_the_volunteer_reads_their_case_without_being_asked_why(case: Case, rosa: Member) -> None:
    page = words_in(browser_of(rosa).get(f"/casos/{case.pk}/"))
    assert "no puedo dormir desde el domingo" in page
    assert "Rosa abrió el caso." in page
    assert Entry.objects.get(act="case.open").result == "done"


def test_a_supervisor_is_asked_why_before_anything_is_shown(case: Case, carmen: Member) -> None:
    page = browser_of(carmen).get(f"/casos/{case.pk}/")
    assert page.status_code == 200
    assert "¿Por qué abres" in words_in(page)
    assert "Duerme" not in words_in(page)
    assert not Entry.objects.filter(act="case.open").exists()


@pytest.mark.parametrize("reason", ["", "curiosity", "x" * 300])
def test_a_supervisor_without_a_reason_of_the_list_is_refused(reason: str, case: Case, carmen: Member) -> None:
    page = browser_of(carmen).post(f"/casos/{case.pk}/", {"reason": reason})
    assert page.status_code == 400
    assert "Duerme" not in words_in(page)
    entry = Entry.objects.get(act="case.open")
    assert (entry.actor, entry.result, entry.reason) == (str(carmen.pk), "no_reason", "")


def test_a_supervisor_with_a_reason_reads_and_the_volunteer_sees_it(case: Case, rosa: Member, carmen: Member) -> None:
    page = words_in(browser_of(carmen).post(f"/casos/{case.pk}/", {"reason": "quality"}))
    assert "no puedo dormir desde el domingo" in page
    assert "Cambiar la nota" not in page
    entry = Entry.objects.get(act="case.open")
    assert (entry.actor, entry.subject, entry.reason) == (str(carmen.pk), str(case.pk), "quality")
    mine = words_in(browser_of(rosa).get(f"/casos/{case.pk}/"))
    assert "Carmen abrió el caso. Motivo: Revisión de calidad acordada." in mine


def test_a_reading_that_leaves_no_trace_shows_nothing(
    case: Case, carmen: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("vault.actions.record", broken)
    with pytest.raises(RuntimeError):
        browser_of(carmen).post(f"/casos/{case.pk}/", {"reason": "quality"})


def test_those_entitled_see_what_changed_between_versions(case: Case, carmen: Member) -> None:
    page = browser_of(carmen).post(f"/casos/{case.pk}/", {"reason": "quality"})
    (read,) = page.context["notes"]
    assert [version.revision.revision for version in read.versions] == [2, 1]
    (change,) = read.versions[0].changes
    assert [(piece.kind, piece.text) for piece in change.pieces] == [
        ("same", "Duerme "),
        ("removed", "poco."),
        ("added", "mejor."),
    ]
    assert "cambió la nota: de qué se conversó." in words_in(page)


def test_a_rehearsing_supervisor_never_reads_a_real_case(case: Case) -> None:
    rehearsing = make_member(Role.SUPERVISOR, rehearsal=True)
    assert browser_of(rehearsing).post(f"/casos/{case.pk}/", {"reason": "quality"}).status_code == 404


def test_a_long_conversation_is_shown_whole(contact: Contact, case: Case, rosa: Member) -> None:
    Contact.objects.filter(pk=contact.pk).update_noted(state="talking")
    for number in range(120):
        say(contact, f"palabra {number}.")
    page = words_in(browser_of(rosa).get(f"/casos/{case.pk}/"))
    assert all(f"palabra {number}." in page for number in (0, 119))


# Damage -------------------------------------------------------------------------------------------------------------


def test_a_damaged_version_harms_no_other_and_is_noted(case: Case, carmen: Member) -> None:
    row = NoteRevision.objects.get(revision=2)
    NoteRevision.objects.filter(pk=row.pk).update(body=bytes([row.body[0], row.body[1] ^ 1]) + bytes(row.body[2:]))
    page = browser_of(carmen).post(f"/casos/{case.pk}/", {"reason": "quality"})
    assert page.status_code == 200
    assert "Duerme poco." in words_in(page)
    assert "no se puede abrir" in words_in(page)
    assert list(Entry.objects.filter(act="case.open").values_list("result", flat=True)) == ["done", "damaged"]


@pytest.mark.parametrize("column", ["draft", "revision"])
def test_a_note_whose_last_row_is_damaged_can_be_written_anew(
    column: str, case: Case, contact: Contact, rosa: Member
) -> None:
    if column == "draft":
        kept = actions.save_draft(rosa, contact, NoteBody(talked="a medias")).draft or b""
        Note.objects.update(draft=bytes(kept)[:-1] + b"x")
    else:
        NoteRevision.objects.filter(revision=2).update(body=b"x")
    browser = browser_of(rosa)
    page = browser.get(note_at(contact))
    assert page.status_code == 200
    assert "no se puede abrir" in words_in(page)
    assert Entry.objects.get(act="note.open").result == "damaged"
    saved = browser.post(note_at(contact), {"talked": "De nuevo.", "do": "save"} | page_of(page), **JSON)
    assert saved.json() == {"saved": True, "revision": 3, "case": str(case.pk)}


def test_a_note_put_back_to_an_older_version_is_noticed(case: Case, carmen: Member) -> None:
    NoteRevision.objects.filter(revision=2).delete()
    Note.objects.update_noted(revision=1)
    page = browser_of(carmen).post(f"/casos/{case.pk}/", {"reason": "quality"})
    assert [read.missing for read in page.context["notes"]] == [True]


def test_a_case_of_an_unknown_number_is_not_there(rosa: Member) -> None:
    address = "/casos/00000000-0000-4000-8000-000000000000/"
    assert browser_of(rosa).get(address).status_code == 404
    assert Entry.objects.get().result == "refused"
