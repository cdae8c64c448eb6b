"""A scripted caller comes as any caller does, answers what the trainee writes, and goes on from its rows."""

import datetime
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from cases.access import contacts_without_note
from chat import actions as chat
from chat.models import Message
from roster import actions as roster
from roster.models import Member
from tests.cast import make_member, make_talking, say
from tests.training.stage import Played
from training import actions, scenarios, script, scripted_caller
from training.errors import NotNow, NotYours
from training.models import Practice, PracticeState
from training.scripted_caller import play
from triage.claiming import accept, assign_by_hand
from triage.errors import NotAllowed, OfferGone
from triage.models import Contact, ContactEvent, ContactState, Offer, OfferState
from vault.models import DataKey
from wire import clock
from wire.hub import Signal

pytestmark = pytest.mark.django_db(databases="__all__")

Later = Callable[[float], datetime.datetime]


def test_it_takes_the_steps_of_any_caller(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    kinds = list(ContactEvent.objects.filter(contact=one.contact).values_list("kind", flat=True))

    assert kinds == ["opened", "agreed", "queued", "assessed", "accepted"]
    assert one.contact.consent is not None
    assert one.contact.consent.action == "practice"
    assert one.heard() == [scenarios.current()["sleep"].written.arrives.words]


def test_what_it_says_is_sealed_like_any_message(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    said = Message.objects.get(contact=one.contact, by="caller")

    assert said.text is not None
    assert b"dormir" not in bytes(said.text)


def test_it_answers_what_the_trainee_writes(played: Callable[[str], Played]) -> None:
    one = played("sleep")

    assert one.say("Hola, soy Diego. Debe ser agotador, ¿no?") == [
        "sí, es cansado",
        "ya van como dos semanas. Duermo tres horas y de ahí nada",
    ]


def test_another_way_of_speaking_gets_another_answer(played: Callable[[str], Played]) -> None:
    assert "techo" in " ".join(played("sleep").say("Deberías apagar el celular."))


def test_asked_directly_it_tells_of_suicide(played: Callable[[str], Played]) -> None:
    assert "sí. Hace semanas" in " ".join(played("late_risk").say("¿Has pensado en quitarte la vida?")).lower().replace(
        "hace", "Hace"
    )


def test_several_messages_in_a_row_are_heard_as_one(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    say(one.contact, "Hola", one.trainee)
    say(one.contact, "¿qué te tiene despierto?", one.trainee)
    one.pass_by(40)

    assert len(one.heard()) == 3  # the first words, and one answer of two lines
    assert Practice.objects.get(pk=one.practice.pk).turn == 1


def test_it_waits_while_the_trainee_may_still_be_writing(played: Callable[[str], Played], later: Later) -> None:
    one = played("sleep")
    say(one.contact, "Hola", one.trainee)
    play(later(2))

    assert Practice.objects.get(pk=one.practice.pk).turn == 0


def test_it_seems_to_write_before_each_message_and_at_no_other_time(
    played: Callable[[str], Played], monkeypatch: pytest.MonkeyPatch
) -> None:
    signs: list[Signal] = []
    monkeypatch.setattr("wire.doorbell.signal_soon", signs.append)
    one = played("sleep")
    one.pass_by(20)
    assert signs == []
    say(one.contact, "Hola, soy Diego. Debe ser agotador, ¿no?", one.trainee)
    story = []
    for _second in range(40):
        before = len(one.heard())
        signs.clear()
        one.pass_by(1)
        story.append("said" if len(one.heard()) > before else "writes" if signs else "still")
        assert set(signs) <= {Signal(chat.room_of(one.contact.pk), "caller")}
    assert [kind for kind, _many in itertools.groupby(story)] == [*["still", "writes", "said"] * 2, "still"]


def test_the_longer_a_message_the_longer_it_is_written_and_nobody_writes_for_ever() -> None:
    assert script.pace("sí") < script.pace("sí, es cansado") < script.pace("a" * 99)
    assert script.pace("a" * 400) == script.pace("a" * 200) == script.READS + script.AT_MOST


def test_a_silence_that_is_too_long_is_noticed(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    one.pass_by(110)

    assert one.heard()[-1] == "¿hay alguien?"


def test_one_that_is_left_alone_goes(played: Callable[[str], Played]) -> None:
    one = played("leaves")
    say(one.contact, "Hola, ¿qué pasó?", one.trainee)
    one.pass_by(240)

    assert one.contact.state == ContactState.LEFT
    assert one.state == PracticeState.OVER


def test_one_who_is_listened_to_says_goodbye(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    for text in ("¿Qué te preocupa?", "Suena muy pesado.", "¿Qué te parece si vemos un paso para esta noche?"):
        one.say(text)
    one.say("Gracias por escribir, cuídate.")

    assert (one.contact.state, one.contact.ended_by) == (ContactState.ENDED, "caller")
    assert one.state == PracticeState.OVER
    assert Practice.objects.get(pk=one.practice.pk).secret == ""


def test_the_trainee_ends_it_as_any_conversation(played: Callable[[str], Played]) -> None:
    one = played("abuse")
    one.say("No voy a conversar así. Voy a terminar.")
    chat.end_conversation(one.contact, by="volunteer", ending="insult")
    play(clock.now())

    assert one.state == PracticeState.OVER


def test_one_in_which_the_trainee_said_nothing_came_to_nothing(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    chat.end_conversation(one.contact, by="volunteer")
    play(clock.now())

    assert one.state == PracticeState.NOTHING


# Going on from rows -------------------------------------------------------------------------------------------------


def test_killed_between_two_lines_it_goes_on_and_repeats_nothing(
    played: Callable[[str], Played], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = played("sleep")
    say(one.contact, "¿Qué te preocupa?", one.trainee)
    one.pass_by(10)
    before = one.heard()
    true_save = Practice.save

    def killed(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt  # said, and not yet noted

    monkeypatch.setattr(Practice, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        one.pass_by(60)
    monkeypatch.setattr(Practice, "save", true_save)
    one.pass_by(40)

    expected = next(
        reaction for reaction in scenarios.current()["sleep"].scenes["llega"].reactions if "invites" in reaction.on
    )
    assert before == one.heard()[: len(before)]
    assert one.heard()[1:] == expected.says


def test_two_nodes_at_once_say_each_line_once(played: Callable[[str], Played], later: Later) -> None:
    one = played("sleep")
    say(one.contact, "¿Qué te preocupa?", one.trainee)
    for _tick in range(20):
        roster.renew_lease(one.trainee.pk)
        now = later(2)
        play(now)
        play(now)

    assert len(one.heard()) == len(set(one.heard())) == 3


def test_a_desk_that_was_closed_finds_it_again(played: Callable[[str], Played], later: Later) -> None:
    one = played("sleep")
    one.say("¿Qué te preocupa?")
    chat.give_up_conversation(one.contact, why="volunteer_lost")
    assert one.contact.state == ContactState.WAITING
    roster.renew_lease(one.trainee.pk)
    play(later(2))
    chat.accept_offer(one.trainee, Offer.objects.get(state=OfferState.OPEN).pk)

    assert one.contact.volunteer == one.trainee
    assert one.runs


def test_for_a_desk_that_never_opens_nobody_waits_for_ever(trainee: Member, later: Later) -> None:
    practice = actions.begin(trainee, "sleep")
    assert play(clock.now()) == 1
    play(later(16 * 60))
    practice.refresh_from_db()

    assert practice.state == PracticeState.NOTHING
    assert not Offer.objects.exists()


def test_a_scenario_that_an_upgrade_changed_is_broken_off(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    Practice.objects.filter(pk=one.practice.pk).update(digest="older")
    play(clock.now())

    assert not one.runs
    assert one.contact.state == ContactState.ENDED


def test_a_practice_that_nobody_can_open_is_broken_off(played: Callable[[str], Played]) -> None:
    one = played("sleep")
    DataKey.objects.filter(pk=one.contact.key_id).update(state="blocked")
    play(clock.now())

    assert not one.runs


def test_a_failure_of_one_practice_keeps_no_other_from_being_played(
    played: Callable[[str], Played], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = played("sleep")
    for _other in range(3):  # each waits, and fails
        actions.begin(make_member(trained_on=None), "anger")

    def fail(_contact: Contact) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(scripted_caller, "offer_practice", fail)
    say(one.contact, "¿Qué te preocupa?", one.trainee)
    one.pass_by(40)

    assert len(one.heard()) == 3


# Whose it is --------------------------------------------------------------------------------------------------------


def test_only_the_trainee_gets_it(trainee: Member) -> None:
    roster.renew_lease(trainee.pk)
    practice = actions.begin(trainee, "sleep")
    other = make_member(ready=True)
    play(clock.now())
    offer = Offer.objects.get()
    assert practice.contact is not None
    contact = Contact.objects.get(pk=practice.contact.pk)

    assert offer.member == trainee
    for stranger in (other, make_member(rehearsal=True)):  # an offer that no code of ours makes
        wrong = Offer.objects.create(contact=contact, member=stranger, sent_at=offer.sent_at, until=offer.until)
        with pytest.raises(OfferGone):
            accept(stranger, wrong.pk)
    with pytest.raises(OfferGone):
        accept(other, offer.pk)
    with pytest.raises(NotAllowed):
        assign_by_hand(contact, other)
    with pytest.raises(NotAllowed):
        assign_by_hand(contact, make_member(rehearsal=True))


def test_who_may_not_take_callers_takes_a_practice_and_no_caller(trainee: Member) -> None:
    assert not trainee.may_take_callers
    roster.renew_lease(trainee.pk)
    real = make_talking(make_member())

    with pytest.raises(NotAllowed):
        assign_by_hand(real, trainee)


def test_an_offer_that_was_let_pass_comes_again_after_a_while(trainee: Member, later: Later) -> None:
    roster.renew_lease(trainee.pk)
    actions.begin(trainee, "sleep")
    play(clock.now())
    Offer.objects.update(state=OfferState.DECLINED, answered_at=clock.now())
    play(later(10))
    assert Offer.objects.count() == 1
    later(60)
    roster.renew_lease(trainee.pk)
    play(later(1))

    assert Offer.objects.filter(state=OfferState.OPEN).count() == 1


@pytest.mark.parametrize(
    ("why", "fields"),
    [("not_yours", {"role": "supervisor"}), ("not_yours", {"rehearsal": True}), ("not_yours", {"is_active": False})],
)
def test_others_do_not_practise(why: str, fields: dict[str, Any]) -> None:
    with pytest.raises(NotNow, match=why):
        actions.begin(make_member(**fields), "sleep")


def test_nobody_practises_while_a_real_person_could_come_or_is_there(trainee: Member) -> None:
    ready, talking = make_member(ready=True), make_member()
    make_talking(talking)
    actions.begin(trainee, "sleep")

    for member, why in ((ready, "ready"), (talking, "talking"), (trainee, "practising")):
        with pytest.raises(NotNow, match=why):
            actions.begin(member, "anger")
    with pytest.raises(NotNow, match="unknown"):
        actions.begin(make_member(), "nothing")


def test_it_can_be_left_at_any_time_and_by_nobody_else(played: Callable[[str], Played]) -> None:
    one = played("abuse")
    with pytest.raises(NotYours):
        actions.leave(make_member(), one.practice.pk)
    one.say("hola")
    actions.leave(one.trainee, one.practice.pk)
    actions.leave(one.trainee, one.practice.pk)

    assert one.state == PracticeState.NOTHING
    assert one.contact.state == ContactState.ENDED
    assert not contacts_without_note(one.trainee).exists()
