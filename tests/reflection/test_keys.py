"""What is said in a circle opens for those who belonged to it then, in both stages; leaving turns the key."""

import datetime

import pytest
from pytest_django import Settings

from reflection import actions, own_notes, turns
from reflection.errors import NotSealed, NotYours
from reflection.models import Entry, Membership, OwnNote, Turn
from roster.models import Role
from tests.cast import give_keys, make_member
from tests.reflection.people import DAY, found, join, read, say
from tests.vault.keys import elsewhere
from vault import actions as vault
from vault.errors import CannotOpen
from vault.models import DataKey, ShareWrap, StaffKey
from vault.models import Entry as Link
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(params=["A", "B"], autouse=True)
def stage(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.STAGE = request.param
    return str(request.param)


def test_its_members_read_it_and_nobody_else() -> None:
    leader, rosa, luis = make_member(Role.SUPERVISOR), make_member(alias="Rosa"), make_member()
    circle = found(leader)
    join(circle, rosa)
    say(rosa, circle, "Hoy me quedé pensando.")
    elsewhere()

    assert read(leader, circle) == read(rosa, circle) == ["Hoy me quedé pensando."]
    with pytest.raises(NotYours):
        read(luis, circle)


def test_in_stage_b_the_line_itself_opens_nothing(stage: str) -> None:
    rosa = make_member()
    circle = found()
    join(circle, rosa)
    say(rosa, circle, "Hoy me quedé pensando.")
    elsewhere()
    key = Turn.objects.get().key

    if stage == "A":
        assert vault.open_key(key.pk).key_id == key.pk
    else:
        with pytest.raises(CannotOpen):
            vault.open_key(key.pk)
        assert key.sealed_share is None


def test_who_leaves_opens_nothing_more_and_what_follows_has_another_key(stage: str) -> None:
    rosa, luis = make_member(), make_member()
    circle = found()
    join(circle, rosa, luis)
    say(rosa, circle, "uno")
    actions.leave(luis, circle.pk)
    say(rosa, circle, "dos")
    elsewhere()

    assert read(rosa, circle) == ["uno", "dos"]
    first, second = Turn.objects.order_by("number")
    assert first.key_id != second.key_id
    with pytest.raises(NotYours):
        read(luis, circle)
    if stage == "B":
        for turn in (first, second):
            with pytest.raises(CannotOpen):
                vault.open_key(turn.key_id, luis.holder)


def test_who_joins_later_reads_what_comes_and_nothing_from_before() -> None:
    rosa, luis = make_member(), make_member()
    circle = found()
    join(circle, rosa)
    say(rosa, circle, "antes")
    join(circle, luis)
    say(rosa, circle, "después")
    elsewhere()

    assert read(luis, circle) == ["después"]
    assert read(rosa, circle) == ["antes", "después"]


def test_a_circle_may_agree_to_share_its_past_and_somebody_who_is_there_passes_it_on(stage: str) -> None:
    rosa, luis = make_member(), make_member()
    circle = found(shares_past=True)
    join(circle, rosa)
    say(rosa, circle, "antes")
    join(circle, luis)
    elsewhere()
    assert read(luis, circle) == (["antes"] if stage == "A" else [None])

    actions.keep_within_reach(luis, circle.pk)  # who lacks a key cannot pass it on
    assert read(luis, circle) == (["antes"] if stage == "A" else [None])
    actions.keep_within_reach(rosa, circle.pk)
    assert read(luis, circle) == ["antes"]


def test_who_lost_their_keys_can_speak_at_once_and_reads_the_rest_once_another_came_by(stage: str) -> None:
    rosa, luis = make_member(), make_member()
    circle = found()
    join(circle, rosa, luis)
    say(rosa, circle, "uno")
    vault.retire_staff_key(luis.pk)
    luis.holder = vault.LINE
    give_keys(luis)
    elsewhere()

    assert read(luis, circle) == (["uno"] if stage == "A" else [None])
    assert say(luis, circle, "dos").new
    actions.keep_within_reach(rosa, circle.pk)
    assert read(luis, circle) == read(rosa, circle) == ["uno", "dos"]


def test_who_has_no_keys_at_all_is_told_so_and_nothing_is_stored(stage: str) -> None:
    rosa = make_member()
    circle = found()
    join(circle, rosa)
    StaffKey.objects.filter(member=rosa.pk).update(state="retired")

    if stage == "B":
        with pytest.raises(NotSealed):
            say(rosa, circle, "uno")
        assert not Entry.objects.exists()


def test_each_day_has_its_key_and_it_dies_with_the_days_words(monkeypatch: pytest.MonkeyPatch) -> None:
    rosa = make_member()
    circle = found(life_days=7)
    join(circle, rosa)
    say(rosa, circle, "lunes")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + DAY)
    say(rosa, circle, "martes")
    monday, tuesday = Turn.objects.order_by("number")

    actions.destroy_old_words(now + 6 * DAY)
    assert read(rosa, circle) == ["lunes", "martes"]
    actions.destroy_old_words(now + 7 * DAY)
    assert read(rosa, circle) == ["martes"]
    vault.finish_destroying()
    assert DataKey.objects.get(pk=monday.key_id).state == DataKey.State.DESTROYED
    assert not ShareWrap.objects.filter(key=monday.key_id).exists()
    assert turns.in_force(circle, rosa.holder, datetime.date(2030, 1, 1))[0].number == 3
    assert tuesday.key_id != monday.key_id


def test_ending_a_circle_destroys_what_was_said() -> None:
    leader, rosa = make_member(Role.SUPERVISOR), make_member()
    circle = found(leader)
    join(circle, rosa)
    say(rosa, circle, "uno")
    key = Turn.objects.get().key_id
    actions.end(leader, circle.pk)
    vault.finish_destroying()

    assert (Entry.objects.count(), Membership.objects.count()) == (0, 0)
    assert DataKey.objects.get(pk=key).state == DataKey.State.DESTROYED


def test_a_note_to_oneself_opens_for_nobody_else_and_stays_when_one_is_taken_out(stage: str) -> None:
    leader, rosa = make_member(Role.SUPERVISOR), make_member()
    circle = found(leader)
    join(circle, rosa)
    own_notes.save(rosa, circle.pk, "Dormir más.")
    actions.remove(leader, circle.pk, Membership.objects.get(member=rosa).pk)
    elsewhere()

    ((note, text),) = own_notes.of(rosa)
    assert text == "Dormir más."
    assert own_notes.of(leader) == []
    if stage == "B":
        with pytest.raises(CannotOpen):
            vault.open_key(note.key_id, leader.holder)
    own_notes.throw_away(rosa, note.pk)
    assert not OwnNote.objects.exists()


def test_the_grants_of_these_keys_say_the_day_and_the_trail_says_nothing(stage: str) -> None:
    rosa = make_member()
    circle = found()
    before = Link.objects.count()
    join(circle, rosa)
    say(rosa, circle, "uno")
    own_notes.save(rosa, circle.pk, "dos")

    assert Link.objects.count() == before
    grants = ShareWrap.objects.filter(reason="shared")
    assert grants.exists() == (stage == "B")
    assert {one.at.time() for one in grants} <= {datetime.time()}
