"""Stage B: what supervision opens, whoever comes, goes, lapses or leaves; and what one node knows of another's keys."""

import datetime
import shutil
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from cases import actions as cases
from cases.keys import give_what_is_missing
from cases.notes import NoteBody
from chat import actions as chat
from roster import actions as roster
from roster.circles import keep_circles
from roster.models import Member, Role
from tests.cast import browser_of, make_member, make_talking
from tests.vault.keys import elsewhere
from tests.vault.people import lose, opens, staff_key_of
from triage import actions as triage
from triage.models import Offer
from vault import actions as vault
from vault.key_sources import KeyFile
from vault.models import CircleWrap, Entry, ShareWrap

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


def test_a_supervisor_who_comes_gives_what_nobody_could_pass_on() -> None:
    rosa, carmen = make_member(alias="Rosa", ready=True), make_member(Role.SUPERVISOR)
    contact = make_talking(rosa, "sigo aquí")
    case = cases.save_note(rosa, contact, NoteBody(talked="Lo de Rosa.")).case
    luis = make_member(alias="Luis", ready=True)
    lose(contact, rosa)
    chat.keep_within_reach(contact.pk, contact.holder)
    triage.route()
    chat.accept_offer(luis, Offer.objects.get(state="open").pk)
    cases.save_note(luis, contact, NoteBody(talked="Lo de Luis."))
    elsewhere()
    assert browser_of(carmen).get("/supervision/").status_code == 200
    assert give_what_is_missing(carmen) == 0
    assert "Lo de Rosa." in browser_of(luis).get(f"/casos/{case.pk}/").content.decode()
    assert browser_of(rosa).get(f"/casos/{case.pk}/").status_code == 404
    given = Entry.objects.filter(act="key.grant", reason="kept")
    assert [(entry.actor, entry.subject) for entry in given] == [(str(carmen.pk), str(case.pk))]


def test_a_node_that_has_only_the_announced_key_knows_what_another_vouched_for(
    settings: Settings, tmp_path: Path
) -> None:
    keys = KeyFile(settings.KEY_FILE)
    keys.announce()
    other = tmp_path / "of another node"
    shutil.copy2(settings.KEY_FILE, other)
    keys.rotate()
    rosa = make_member(alias="Rosa", ready=True)
    contact = make_talking(rosa, "hola")
    settings.KEY_FILE = other
    assert opens(contact, rosa.holder)
    assert opens(contact, contact.holder)


def test_what_a_leaver_led_stays_with_supervision_and_what_nobody_else_opens_is_not_destroyed() -> None:
    rosa = make_member(alias="Rosa", ready=True)
    alone = make_talking(rosa, "nadie supervisa todavía")
    carmen = make_member(Role.SUPERVISOR)
    seen = make_talking(rosa, "ya sí")
    roster.deactivate(rosa, make_member(Role.COORDINATOR))
    assert not opens(seen, rosa.holder)
    assert opens(seen, carmen.holder)
    assert opens(alone, rosa.holder)  # with keys that nobody can sign in with any more; the caller reads it too
    assert not opens(alone, carmen.holder)


def test_the_only_supervisor_whose_role_lapsed_opens_everything_again_once_it_is_confirmed() -> None:
    rosa, carmen = make_member(alias="Rosa", ready=True), make_member(Role.SUPERVISOR)
    contact = make_talking(rosa, "hola")
    for days in (200, 0):
        Member.objects.filter(pk=carmen.pk).update(role_confirmed_at=timezone.now() - datetime.timedelta(days=days))
        assert keep_circles()
    assert opens(contact, carmen.holder)


def test_a_leaver_keeps_what_no_living_person_of_the_circle_opens() -> None:
    rosa, carmen = make_member(alias="Rosa", ready=True), make_member(Role.SUPERVISOR)
    julio = make_member(Role.COORDINATOR)
    contact = make_talking(rosa, "hola")
    CircleWrap.objects.filter(staff_key=staff_key_of(carmen)).delete()
    roster.deactivate(rosa, julio)
    assert ShareWrap.objects.filter(key=contact.key_id, kind="person", holder=str(staff_key_of(rosa).pk)).exists()


def test_a_supervisor_who_comes_takes_no_living_conversation_from_who_leads_it() -> None:
    rosa, carmen = make_member(alias="Rosa", ready=True), make_member(Role.SUPERVISOR)
    contact = make_talking(rosa, "sigo aquí")
    cases.save_draft(rosa, contact, NoteBody(talked="Empecé."))
    luis = make_member(alias="Luis", ready=True)
    lose(contact, rosa)
    chat.keep_within_reach(contact.pk, contact.holder)
    triage.route()
    chat.accept_offer(luis, Offer.objects.get(state="open").pk)
    give_what_is_missing(carmen)
    assert opens(contact, luis.holder)
    assert not opens(contact, rosa.holder)


def test_supervision_that_came_later_reads_what_is_written_on() -> None:
    rosa = make_member(alias="Rosa", ready=True)
    contact = make_talking(rosa, "nadie supervisa todavía")
    case = cases.save_note(rosa, contact, NoteBody(talked="Sola.")).case
    carmen = make_member(Role.SUPERVISOR)
    assert not opens(contact, carmen.holder)
    cases.save_draft(rosa, contact, NoteBody(talked="Sola, y algo más."))
    assert opens(contact, carmen.holder)
    elsewhere()
    assert vault.open_key(case.key_id, carmen.holder).key_id == case.key_id
