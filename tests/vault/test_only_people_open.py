"""Stage B: what is sealed opens for the caller, whoever leads the conversation and supervision, and for nobody else."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from cases import actions as cases
from cases.models import Case, FormerKey
from cases.notes import NoteBody
from cases.reading import read_case
from chat import actions as chat
from chat.snapshot import page_after
from roster import actions as roster
from roster.circles import keep_circles
from roster.models import Member, Role
from tests.cast import make_member, make_talking, make_waiting, say
from tests.vault.keys import elsewhere
from tests.vault.people import lose, opens, staff_key_of
from triage import actions as triage
from triage.models import Contact, Offer
from vault import actions as vault
from vault.errors import KeyUnavailable
from vault.models import CircleKey, CircleWrap, DataKey, Entry, ShareWrap, StaffKey

OnCommit = Callable[..., AbstractContextManager[list[Any]]]
pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


def holders_of(contact: Contact) -> set[tuple[str, str]]:
    """Return to whom a contact is sealed: kind, and the member or the circle (of callers nothing)."""
    members = {str(key.pk): Member.objects.get(pk=key.member).alias for key in StaffKey.objects.all()}
    names = members | {str(key.pk): key.circle for key in CircleKey.objects.all()}
    return {(row.kind, names.get(row.holder, "")) for row in ShareWrap.objects.filter(key=contact.key_id)}


def words(contact: Contact, holder: vault.Holder) -> list[str]:
    """Return what somebody reads in a conversation who holds nothing open."""
    elsewhere()
    page = page_after(contact.pk, 0, holder)
    return [one.text for one in page.messages] if page else []


def test_a_key_is_sealed_to_the_queue_and_supervision_and_narrowed_at_the_claim() -> None:
    rosa, luis = make_member(alias="Rosa", ready=True), make_member(alias="Luis")
    carmen = make_member(Role.SUPERVISOR, alias="Carmen")
    contact = make_waiting()
    assert holders_of(contact) == {("caller", ""), ("circle", "duty"), ("circle", "supervision")}
    assert DataKey.objects.get(pk=contact.key_id).sealed_share is None
    assert opens(contact, rosa.holder)
    assert opens(contact, luis.holder)
    assert opens(contact, carmen.holder)
    assert not opens(contact, vault.LINE)

    triage.route()
    chat.accept_offer(rosa, Offer.objects.get().pk)
    assert holders_of(contact) == {("caller", ""), ("person", "Rosa"), ("circle", "supervision")}
    assert opens(contact, rosa.holder)
    assert opens(contact, carmen.holder)
    assert opens(contact, contact.holder)
    assert not opens(contact, luis.holder)
    granted = Entry.objects.get(act="key.grant")
    assert (granted.actor, granted.subject, granted.reason) == (str(rosa.pk), str(contact.pk), "claim")


def test_who_supervises_and_assigns_by_hand_lets_them_read_at_once() -> None:
    luis, carmen = make_member(alias="Luis"), make_member(Role.SUPERVISOR)
    contact = make_waiting()
    rosa = make_member(alias="Rosa", ready=True)  # she came to the circle later than the caller
    assert not opens(contact, rosa.holder)
    found = Contact.objects.get(pk=contact.pk)
    found.holder = carmen.holder
    triage.assign_by_hand(found, rosa)
    assert opens(contact, rosa.holder)
    assert not opens(contact, luis.holder)


def test_who_came_to_supervision_while_somebody_waited_opens_what_is_claimed_from_then_on() -> None:
    rosa = make_member(alias="Rosa", ready=True)
    make_member(Role.SUPERVISOR)
    contact = make_waiting()
    late = make_member(Role.SUPERVISOR)
    assert not opens(contact, late.holder)
    triage.route()
    chat.accept_offer(rosa, Offer.objects.get().pk)
    assert opens(contact, late.holder)


def test_a_grant_to_supervision_that_was_changed_by_hand_is_made_anew_at_the_claim() -> None:
    rosa, carmen = make_member(ready=True), make_member(Role.SUPERVISOR)
    contact = make_waiting()
    watching = CircleKey.objects.get(circle="supervision", retired_at=None)
    ShareWrap.objects.filter(key=contact.key_id, holder=str(watching.pk)).update(sealed_share=b"of somebody else")
    assert not opens(contact, carmen.holder)
    triage.route()
    chat.accept_offer(rosa, Offer.objects.get().pk)
    assert opens(contact, carmen.holder)


def test_another_callers_secret_opens_nothing() -> None:
    make_member()
    contact = make_waiting()
    assert opens(contact, contact.holder)
    assert not opens(contact, vault.Caller("somebody else's"))
    assert words(contact, vault.Caller("somebody else's")) == []


def test_the_words_and_the_note_are_read_by_those_and_no_other() -> None:
    rosa, luis = make_member(alias="Rosa", ready=True), make_member(alias="Luis")
    carmen = make_member(Role.SUPERVISOR)
    contact = make_talking(rosa, "no duermo desde el domingo")
    say(contact, "Te leo.", rosa)
    for reader in (contact.holder, rosa.holder, carmen.holder):
        assert words(contact, reader)[-2:] == ["no duermo desde el domingo", "Te leo."]
    assert words(contact, luis.holder) == words(contact, vault.LINE) == []

    case = cases.save_note(rosa, contact, NoteBody(talked="Duerme poco.")).case
    chat.end_conversation(contact, by="volunteer")
    for member, seen in ((rosa, "Duerme poco."), (carmen, "Duerme poco."), (luis, None)):
        elsewhere()
        found = Case.objects.get(pk=case.pk)
        found.holder = member.holder
        body = read_case(found, member, "legal").notes[0].versions[0].body
        assert (body.talked if body else None) == seen


# The circles --------------------------------------------------------------------------------------------------------


def test_who_joins_the_circle_reads_who_comes_from_then_on_and_the_callers_page_lets_them_read_the_others() -> None:
    make_member(alias="Rosa")
    contact = make_waiting()
    luis = make_member(alias="Luis")
    assert not opens(contact, luis.holder)
    assert opens(make_waiting(), luis.holder)

    assert chat.call_for_keys() == 1
    chat.keep_within_reach(contact.pk, contact.holder)
    assert opens(contact, luis.holder)
    assert chat.call_for_keys() == 0


def test_whoever_held_an_earlier_key_hands_it_to_those_who_came_since() -> None:
    rosa = make_member(alias="Rosa")
    contact = make_waiting()
    luis = make_member(alias="Luis")
    assert not opens(contact, luis.holder)
    roster.note_signed_in(rosa)
    assert opens(contact, luis.holder)


@pytest.mark.parametrize("how", ["closed", "role", "lapsed"])
def test_who_leaves_opens_nothing_from_then_on(how: str) -> None:
    rosa, luis = make_member(alias="Rosa"), make_member(alias="Luis")
    coordinator = make_member(Role.COORDINATOR)
    before = make_waiting()
    assert opens(before, luis.holder)  # what he opened once, his socket does not open again
    if how == "closed":
        roster.deactivate(luis, coordinator)
    elif how == "role":
        luis.role = Role.COORDINATOR
        luis.save()
        roster.note_changed(luis, coordinator, ["role"])
    else:
        Member.objects.filter(pk=luis.pk).update(role_confirmed_at=timezone.now() - datetime.timedelta(days=200))
        assert keep_circles()  # the sweeper does, every ten seconds
    after = make_waiting()
    assert not opens(before, luis.holder)
    assert not opens(after, luis.holder)
    assert opens(before, rosa.holder)
    assert opens(after, rosa.holder)


def test_nothing_changes_while_nobody_comes_or_goes() -> None:
    make_member()
    make_member(Role.SUPERVISOR)
    made = CircleKey.objects.count()
    assert not keep_circles()
    assert CircleKey.objects.count() == made


def test_rehearsing_and_real_people_have_circles_of_their_own() -> None:
    real, rehearsing = make_member(), make_member(rehearsal=True)
    assert not opens(make_waiting(), rehearsing.holder)
    assert not opens(make_waiting(rehearsal=True), real.holder)
    assert opens(make_waiting(rehearsal=True), rehearsing.holder)


# Losing and passing on ----------------------------------------------------------------------------------------------


def test_a_lost_conversation_opens_for_who_takes_it_by_the_hand_of_its_caller() -> None:
    rosa = make_member(alias="Rosa", ready=True)
    contact = make_talking(rosa, "sigo aquí")
    luis = make_member(alias="Luis", ready=True)
    lose(contact, rosa)
    assert not opens(contact, luis.holder)
    chat.keep_within_reach(contact.pk, contact.holder)
    assert opens(contact, luis.holder)
    triage.route()
    chat.accept_offer(luis, Offer.objects.get(state="open").pk)
    assert words(contact, luis.holder)[-3] == "sigo aquí"
    assert not opens(contact, rosa.holder)


def test_who_accepts_before_the_callers_page_is_back_reads_as_soon_as_it_is() -> None:
    rosa = make_member(alias="Rosa", ready=True)
    contact = make_talking(rosa, "sigo aquí")
    luis = make_member(alias="Luis", ready=True)
    lose(contact, rosa)
    triage.route()
    chat.accept_offer(luis, Offer.objects.get(state="open").pk)
    assert words(contact, luis.holder) == []
    with pytest.raises(KeyUnavailable):
        say(contact, "Hola", luis)
    chat.keep_within_reach(contact.pk, contact.holder)
    assert "sigo aquí" in words(contact, luis.holder)
    say(contact, "Hola", luis)
    assert words(contact, contact.holder)[-1] == "Hola"


def test_whoever_goes_on_with_a_lost_conversation_writes_under_a_key_of_their_own_and_supervision_reads_all() -> None:
    rosa, carmen = make_member(alias="Rosa", ready=True), make_member(Role.SUPERVISOR)
    contact = make_talking(rosa, "sigo aquí")
    case = cases.save_note(rosa, contact, NoteBody(talked="Lo de Rosa.")).case
    luis = make_member(alias="Luis", ready=True)
    lose(contact, rosa)
    chat.keep_within_reach(contact.pk, contact.holder)
    triage.route()
    chat.accept_offer(luis, Offer.objects.get(state="open").pk)
    elsewhere()
    assert cases.read_own_note(luis, cases.note_of(contact)) is None
    cases.save_note(luis, contact, NoteBody(talked="Lo de Luis."))
    assert FormerKey.objects.get().case == case
    for reader, seen in ((carmen, ["Lo de Luis.", "Lo de Rosa."]), (luis, ["Lo de Luis.", None]), (rosa, [None, None])):
        elsewhere()
        found = Case.objects.get(pk=case.pk)
        found.holder = reader.holder
        versions = read_case(found, reader, "legal").notes[0].versions
        assert [one.body.talked if one.body else None for one in versions] == seen


def test_a_case_passed_on_opens_for_who_takes_it_and_no_more_for_who_gave_it() -> None:
    rosa, luis, carmen = make_member(ready=True), make_member(), make_member(Role.SUPERVISOR)
    contact = make_talking(rosa, "hola")
    case = cases.save_note(rosa, contact, NoteBody(talked="Duerme poco.")).case
    chat.end_conversation(contact, by="volunteer")
    elsewhere()
    cases.hand_over(Case.objects.get(pk=case.pk), carmen, luis, "absence")
    contact = Contact.objects.get(pk=contact.pk)
    assert words(contact, luis.holder)[-2] == "hola"
    assert words(contact, rosa.holder) == []
    elsewhere()
    body = cases.read_own_note(luis, cases.note_of(contact))
    assert body is not None
    assert body.talked == "Duerme poco."


def test_what_is_erased_leaves_no_share_with_anybody() -> None:
    rosa = make_member(ready=True)
    contact = make_talking(rosa, "hola")
    case = cases.save_note(rosa, contact, NoteBody(talked="Duerme poco.")).case
    triage.withdraw(contact)
    cases.erase_withdrawn()
    vault.finish_destroying()
    assert not ShareWrap.objects.filter(key__in=[contact.key_id, case.key_id]).exists()


# Changed by hand ----------------------------------------------------------------------------------------------------


def swap_public_key() -> None:
    mine, theirs = StaffKey.objects.order_by("made_at")[:2]
    StaffKey.objects.filter(pk=theirs.pk).update(public=mine.public)


def swap_circle_key() -> None:
    CircleKey.objects.filter(circle="duty").update(public=bytes(StaffKey.objects.all()[0].public))


@pytest.mark.parametrize("swap", [swap_public_key, swap_circle_key])
def test_a_public_key_that_was_swapped_is_sealed_to_by_nobody_and_leaves_its_trace(
    swap: Callable[[], None], django_capture_on_commit_callbacks: OnCommit
) -> None:
    make_member(alias="Rosa")
    make_member(alias="Luis")
    swap()
    with django_capture_on_commit_callbacks(execute=True):
        contact = make_waiting()
        if swap is swap_circle_key:
            assert holders_of(contact) == {("caller", "")}
        keep_circles()
    assert Entry.objects.filter(act="seal.damaged").exists()


def test_a_grant_moved_by_hand_counts_for_nothing_and_leaves_its_trace(
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    rosa, luis = make_member(alias="Rosa", ready=True), make_member(alias="Luis")
    contact, other = make_talking(rosa, "uno"), make_talking(luis, "dos")
    mine = ShareWrap.objects.get(key=other.key_id, kind="person")
    ShareWrap.objects.create(
        key_id=contact.key_id,
        kind="person",
        holder=mine.holder,
        sealed_share=mine.sealed_share,
        granter=mine.granter,
        reason=mine.reason,
        at=mine.at,
        signature=mine.signature,
        voucher=mine.voucher,
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert not opens(contact, luis.holder)
    assert opens(contact, rosa.holder)
    assert Entry.objects.filter(act="seal.damaged", subject_kind="grant").count() == 1


def test_a_role_changed_by_hand_opens_nothing() -> None:
    make_member(Role.SUPERVISOR)
    rosa, luis = make_member(alias="Rosa", ready=True), make_member(alias="Luis")
    contact = make_talking(rosa, "uno")
    Member.objects.filter(pk=luis.pk).update(role=Role.SUPERVISOR)
    keep_circles()
    assert not opens(contact, luis.holder)
    assert not CircleWrap.objects.filter(staff_key=staff_key_of(luis), circle_key__circle="supervision").exists()
