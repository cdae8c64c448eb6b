"""In stage B, what stage A sealed in these rooms moves to those who may open it, and opens for the thief no more."""

import datetime
import uuid
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from pytest_django import Settings

from reflection import actions, entries, moving, own_notes
from reflection.errors import ReflectionError
from reflection.models import Circle, Entry, Membership, OwnNote, Turn
from roster import actions as roster
from roster.models import Member, Role
from tests.at_once import together
from tests.cast import give_keys, make_member
from tests.reflection.listeners import with_space
from tests.reflection.people import DAY, found, join, read, say
from tests.vault.keys import elsewhere
from tests.vault.people import joined
from tests.vault.test_a_thief_opens_nothing import PASSWORD, Thief, signed_in
from vault import actions as vault
from vault import sharing
from vault.case_keys import CaseKey
from vault.errors import CannotOpen
from vault.models import DataKey, ShareWrap, StaffKey
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")
SAID, NOTED, HERS = "Hoy me quedé pensando.", "Dormir más.", "Caminar el domingo."


@pytest.fixture(autouse=True)
def _stage_a(settings: Settings) -> None:
    settings.STAGE = "A"


@pytest.fixture
def circle(carmen: Member, rosa: Member, luis: Member) -> Circle:
    """Return a circle of three in which something was said, and a note of Rosa's to herself, in stage A."""
    made = found(carmen)
    join(made, rosa, luis)
    say(rosa, made, SAID)
    own_notes.save(rosa, made.pk, NOTED)
    return made


def begin_stage_b(settings: Settings, *members: Member) -> None:
    """Let stage B begin, and these members sign in."""
    settings.STAGE = "B"
    for one in members:
        give_keys(one)
    elsewhere()


def line_opens(key_id: uuid.UUID) -> bool:
    elsewhere()
    try:
        return bool(vault.case_key_for(DataKey.objects.get(pk=key_id)))
    except CannotOpen:
        return False


def holders(key_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the members to whom a key is sealed."""
    held = ShareWrap.objects.filter(key=key_id).values_list("holder", flat=True)
    return set(StaffKey.objects.filter(pk__in=[str(one) for one in held]).values_list("member", flat=True))


def opened(thief: Thief) -> Iterator[str]:
    """Yield what a thief reads of what was said and noted in these rooms."""
    secrets = thief.case_secrets()
    for entry in Entry.objects.select_related("turn"):
        if entry.turn.key_id in secrets:
            key = CaseKey(entry.turn.key_id, secrets[entry.turn.key_id])
            context = entries.entry_context(entry.circle_id, entry.seq, entry.client_id)
            yield key.unseal(context, bytes(entry.words)).decode()
    for note in OwnNote.objects.all():
        if note.key_id in secrets:
            key = CaseKey(note.key_id, secrets[note.key_id])
            yield key.unseal(entries.note_context(note.circle_id, note.member_id), bytes(note.words)).decode()


def read_by(*loot: str) -> set[str]:
    read_there = "\n".join(opened(Thief(loot)))
    return {words for words in (SAID, NOTED, HERS) if words in read_there}


def test_what_stage_a_sealed_opens_for_its_people_alone_and_for_a_thief_no_more(settings: Settings) -> None:
    rosa, carmen = joined("Rosa", f"{PASSWORD} Rosa"), joined("Carmen", f"{PASSWORD} Carmen", Role.SUPERVISOR)
    circle = found(carmen)
    join(circle, rosa)
    say(rosa, circle, SAID)
    own_notes.save(rosa, circle.pk, NOTED)
    own_notes.save(carmen, circle.pk, HERS)
    assert moving.move_old_keys() == 0  # in stage A nothing moves
    elsewhere()
    assert read_by() == {SAID, NOTED, HERS}  # the thief knows its trade

    settings.STAGE = "B"
    roster.expect_keys()
    assert moving.move_old_keys() == 0  # nobody is there to whom it could go
    browsers = [signed_in(rosa), signed_in(carmen)]
    assert (moving.move_old_keys(), moving.move_old_keys()) == (3, 0)
    Session.objects.all().delete()
    del browsers
    elsewhere()
    assert read_by() == set()
    assert read_by(f"{PASSWORD} Rosa") == {SAID, NOTED}
    assert read_by(f"{PASSWORD} Carmen") == {SAID, HERS}
    page = signed_in(rosa).get(f"/reflexion/circulo/{circle.pk}/").content.decode()
    assert (SAID in page, NOTED in page, HERS in page) == (True, True, False)


def test_who_has_no_keys_yet_is_waited_for_and_then_given_them_by_another(
    circle: Circle, carmen: Member, rosa: Member, luis: Member, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Turn.objects.get().key_id
    begin_stage_b(settings, carmen, rosa)
    assert moving.move_old_keys() == 1  # the note, whose one reader is there
    assert (holders(key), line_opens(key)) == ({carmen.pk, rosa.pk}, True)
    assert read(luis, circle) == [SAID]

    a_week_on = sharing._today() + 7 * DAY
    monkeypatch.setattr(sharing, "_today", lambda: a_week_on)
    assert moving.move_old_keys() == 1
    assert not line_opens(key)
    give_keys(luis)
    assert read(luis, circle) == [None]
    actions.keep_within_reach(rosa, circle.pk)
    assert read(luis, circle) == [SAID]


def test_it_goes_to_nobody_who_came_after_or_left(
    circle: Circle, carmen: Member, rosa: Member, luis: Member, settings: Settings
) -> None:
    actions.leave(luis, circle.pk)
    late = make_member()
    join(circle, late)
    begin_stage_b(settings, carmen, rosa, luis, late)
    assert moving.move_old_keys() == 2
    assert holders(Turn.objects.get().key_id) == {carmen.pk, rosa.pk}
    assert (read(rosa, circle), read(late, circle)) == ([SAID], [])


def test_what_nobody_may_open_any_more_is_destroyed(
    circle: Circle, carmen: Member, rosa: Member, luis: Member, settings: Settings
) -> None:
    late = make_member()
    join(circle, late)
    actions.pass_lead(carmen, circle.pk, Membership.objects.get(member=late).pk)
    for one in (carmen, rosa, luis):
        actions.leave(one, circle.pk)
    key = Turn.objects.get().key_id
    begin_stage_b(settings, late)
    assert moving.move_old_keys() == 1
    vault.finish_destroying()
    assert DataKey.objects.get(pk=key).state == DataKey.State.DESTROYED
    assert not Entry.objects.exists()


def test_a_crash_in_the_middle_leaves_all_as_it_was_and_the_next_round_does_it(
    circle: Circle, carmen: Member, rosa: Member, luis: Member, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_stage_b(settings, carmen, rosa, luis)

    def die(*_given: object) -> bool:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(sharing, "take_from_line", die)
        for act in (moving.move_old_keys, lambda: vault.move_shared(OwnNote.objects.get().key_id, [rosa.pk])):
            with pytest.raises(RuntimeError):
                act()
    assert not ShareWrap.objects.filter(reason="shared").exists()
    assert read(rosa, circle) == read(luis, circle) == [SAID]
    assert moving.move_old_keys() == 2
    elsewhere()
    assert read(rosa, circle) == read(luis, circle) == [SAID]
    assert own_notes.of(rosa)[0][1] == NOTED


def test_it_goes_in_rounds_and_each_key_once(
    circle: Circle, carmen: Member, rosa: Member, luis: Member, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + DAY)
    say(luis, circle, "martes")
    begin_stage_b(settings, carmen, rosa, luis)
    assert [moving.move_old_keys(most=1) for _round in range(4)] == [1, 1, 1, 0]
    assert read(rosa, circle) == [SAID, "martes"]
    assert {at.time() for at in ShareWrap.objects.values_list("at", flat=True)} == {datetime.time()}


def test_what_is_rehearsed_and_what_a_space_has_within_stay_as_they_are(carmen: Member, settings: Settings) -> None:
    rehearses = make_member(Role.SUPERVISOR, rehearsal=True)
    circle = found(rehearses)
    say(rehearses, circle, SAID)
    luz, _browser = with_space()
    begin_stage_b(settings, rehearses, luz, carmen)
    assert moving.move_old_keys() == 0
    assert not DataKey.objects.filter(sealed_share=None).exists()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_who_leaves_at_that_moment_opens_nothing_afterwards(
    circle: Circle, carmen: Member, rosa: Member, luis: Member, settings: Settings
) -> None:
    key = Turn.objects.get().key_id
    begin_stage_b(settings, carmen, rosa, luis)
    together([moving.move_old_keys, lambda: actions.leave(luis, circle.pk), moving.move_old_keys], ReflectionError)
    assert holders(key) == {carmen.pk, rosa.pk}
    assert not line_opens(key)
