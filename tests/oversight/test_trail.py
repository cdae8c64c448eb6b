"""The trail on the screen: every act has its words, every line leads on, reading it is itself a line."""

import ast
from collections.abc import Iterator

import pytest
from django.test import Client

from cases import actions as cases
from cases.access import OPENING_REASONS
from cases.models import ErasureReason, HandoverReason, LegalGround, Told
from cases.notes import NoteBody
from oversight.audit import ACTS, AT_ONCE, ATTEMPTS, REASONS, RESULTS
from oversight.models import AlarmKind
from roster.actions import NOTED
from roster.models import BeyondReason, Member, Role
from roster.permissions import PERMISSIONS
from tests.cast import browser_of, make_ended
from tests.house.source import modules, tree
from triage import actions as triage
from vault import actions as vault
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

RECORDING = frozenset({"record", "record_separately", "_record", "record_refused", "record_reading", "_erase", "_shut"})
REFUSING = frozenset({"note_refused"})


def page(window: Client, query: str = "") -> str:
    """Return the page of the trail."""
    return window.get(f"/supervision/auditoria/{query}").content.decode()


def test_each_line_says_who_did_what_to_what_and_why(rosa: Member, window: Client) -> None:
    case = cases.save_note(rosa, make_ended(rosa), NoteBody(talked="Duerme poco.")).case
    window.post(f"/casos/{case.pk}/", {"reason": "complaint"})
    text = page(window)
    for words in ("Rosa", "escribió una nota", "Carmen", "leyó un caso", "Queja o pedido de la persona"):
        assert words in text
    assert "Duerme" not in text
    assert text.count(f'href="/casos/{case.pk}/"') == 3  # created, its note written, opened


def test_a_line_about_a_contact_leads_to_its_story(rosa: Member, window: Client) -> None:
    contact = make_ended(rosa)
    assert f"/supervision/conversacion/{contact.pk}/" in page(window)


def test_a_case_that_was_erased_is_named_but_leads_nowhere(rosa: Member, window: Client) -> None:
    contact = make_ended(rosa)
    case = cases.save_note(rosa, contact, NoteBody(talked="a")).case
    triage.withdraw(contact)
    cases.erase_withdrawn()
    assert str(case.pk)[:8] in page(window)
    assert f'href="/casos/{case.pk}/"' not in page(window)


def test_reading_the_trail_is_a_line_of_it(carmen: Member, window: Client) -> None:
    page(window)
    assert Entry.objects.get().actor == str(carmen.pk)
    assert "leyó este registro" in page(window)


def test_a_long_trail_is_turned_page_by_page(window: Client) -> None:
    for number in range(AT_ONCE + 20):
        vault.record(actor="line", act="contact.end", subject_kind="contact", subject=str(number))
    first = window.get("/supervision/auditoria/")
    assert [line.seq for line in first.context["lines"]] == list(range(AT_ONCE + 20, 20, -1))
    second = window.get("/supervision/auditoria/?antes=21")
    assert [line.seq for line in second.context["lines"]] == list(range(20, 0, -1))
    assert not second.context["older"]


@pytest.mark.parametrize("query", ["?antes=x", "?antes=-1", f"?antes={'9' * 400}", "?antes=0"])
def test_a_number_that_is_none_does_no_harm(query: str, window: Client) -> None:
    assert window.get(f"/supervision/auditoria/{query}").status_code == 200


def test_the_whole_chain_is_checked_when_asked_for_and_a_changed_line_is_named(window: Client) -> None:
    for number in range(3):
        vault.record(actor="line", act="contact.end", subject_kind="contact", subject=str(number))
    assert "El registro está entero." in page(window, "?revisar")
    Entry._base_manager.filter(seq=2).update(reason="legal")
    assert "se rompe en la entrada 2" in page(window, "?revisar")


# Words for everything -----------------------------------------------------------------------------------------------


def _literals(node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _literals(one)
            yield from _literals(other)


def _recorded(keyword: str, position: dict[str, int], *, by: frozenset[str] = RECORDING) -> set[str]:
    """Return what the code passes under this name, or in this position, to whatever records."""
    found: set[str] = set()
    for call in (node for path in modules() for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in by:
            place = position.get(name, 99)
            found.update(*(_literals(one.value) for one in call.keywords if one.arg == keyword))
            found.update(*(_literals(one) for one in call.args[place : place + 1]))
    return found


def test_every_act_recorded_anywhere_has_its_words() -> None:
    acts = _recorded("act", {"_record": 1})
    assert {"case.open", "note.amend", "sign_in", "contact.withdraw", "member.changed"} <= acts
    assert acts - set(ACTS) == set()


def test_every_act_that_can_be_refused_has_its_words() -> None:
    refused = _recorded("act", {"note_refused": 0}, by=REFUSING)
    assert "sign_in" in refused
    assert (refused | set(PERMISSIONS)) - set(ATTEMPTS) == set()


def test_an_attempt_reads_as_an_attempt(rosa: Member, luis: Member, window: Client) -> None:
    case = cases.save_note(rosa, make_ended(rosa), NoteBody(talked="a")).case
    browser_of(luis).get(f"/casos/{case.pk}/")
    browser_of(luis).get("/supervision/")
    text = page(window)
    assert "quiso leer un caso" in text
    assert "quiso ver el tablero" in text
    assert "leyó un caso" not in text


def test_every_result_recorded_anywhere_has_its_words() -> None:
    results = _recorded("result", {"record_refused": 3})
    assert {"refused", "no_reason", "damaged"} <= results | {"refused"}
    assert results - set(RESULTS) == set()


def test_every_reason_that_can_be_given_has_its_words() -> None:
    reasons = _recorded("reason", {"_record": 3}, by=RECORDING | REFUSING)
    assert {"withdrawn", "retention", "password"} <= reasons
    lists = {*OPENING_REASONS, *HandoverReason.values, *ErasureReason.values, *Role.values, *BeyondReason.values}
    lists |= {*LegalGround.values, *Told.values, *AlarmKind.values}
    assert (reasons | lists | NOTED) - set(REASONS) == set()
