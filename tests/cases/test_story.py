"""A case's history is told as a story: in order, who and when, and nothing of what was said."""

import datetime
import uuid
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cases import access, actions
from cases.errors import NotYours
from cases.notes import NoteBody
from cases.reading import read_case
from cases.story import BY_A_MEMBER, BY_THE_CALLER, BY_THE_LINE, story_of, story_of_contact
from chat import actions as chat
from roster.models import Member
from tests.cast import make_member, make_talking, make_waiting, say
from triage import actions as triage
from triage.models import Contact, ContactEvent, EventKind, Offer

pytestmark = pytest.mark.django_db(databases="__all__")


def told(contact: Contact) -> list[str]:
    """Return the words of a contact's story."""
    return [moment.words for moment in story_of_contact(contact)]


def offer_to(contact: Contact, member: Member) -> Offer:
    """Route, and return the offer that this member got."""
    triage.route()
    return Offer.objects.get(contact=contact, member=member, state="open")


def test_a_whole_story_is_told_in_order_with_who_and_when(carmen: Member, luis: Member) -> None:
    with time_machine.travel(timezone.now(), tick=False) as hands:

        def later(seconds: int = 5) -> None:
            hands.shift(datetime.timedelta(seconds=seconds))

        contact = make_waiting({"thoughts": "plan"})
        rosa = make_member(alias="Rosa", ready=True)
        later()
        triage.decline(rosa, offer_to(contact, rosa).pk)
        later()
        ines = make_member(alias="Inés", ready=True)
        missed = offer_to(contact, ines)
        later(26)
        triage.expire_offers(timezone.now())
        later(61)
        triage.touch_caller(contact.pk)
        for member in (rosa, ines):
            make_ready(member)
        later()
        triage.route()
        offer = Offer.objects.get(state="open")
        later()
        chat.accept_offer(offer.member, offer.pk)
        contact.refresh_from_db()
        later()
        say(contact, "no puedo dormir")
        chat.end_conversation(contact, by="volunteer")
        later()
        case = actions.save_note(offer.member, contact, NoteBody(talked="Duerme poco.")).case
        later()
        actions.save_note(offer.member, contact, NoteBody(talked="Duerme mejor.", risk="low"))
        later()
        read_case(access.case_for_supervisor(carmen, case.pk, "quality"), carmen, "quality")
        later()
        actions.hand_over(case, carmen, luis, "absence")
        later()
        actions.close_case(case, luis)
        later()
        story = read_case(case, luis, "").story
    who, let_pass = offer.member.alias, missed.member.alias
    assert [moment.at for moment in story] == sorted(moment.at for moment in story)
    assert [moment.words for moment in story] == [
        "La persona abrió la línea.",
        "La persona aceptó el texto de consentimiento.",
        "La persona entró a la espera.",
        "La línea leyó sus respuestas: nivel B.",
        "Se ofreció a Rosa, porque era la única persona que podía recibirla.",
        "Rosa la dejó pasar.",
        f"Se ofreció a {let_pass}, porque era la única persona que podía recibirla.",
        f"{let_pass} no llegó a responder.",
        f"Se ofreció a {who}, porque era quien más esperaba.",
        f"{who} aceptó y empezó a conversar.",
        f"{who} terminó la conversación.",
        f"{who} empezó un caso para la conversación.",
        f"{who} escribió la nota.",
        f"{who} cambió la nota: de qué se conversó, riesgo.",
        "Carmen abrió el caso. Motivo: Revisión de calidad acordada.",
        f"El caso pasó de {who} a Luis: quien lo llevaba no puede seguir.",
        "Luis cerró el caso.",
        "Luis abrió el caso.",
    ]


def make_ready(member: Member) -> None:
    """Let a member take contacts again."""
    from_now = timezone.now() + datetime.timedelta(minutes=5)
    type(member.presence).objects.filter(member=member).update(state="ready", lease_until=from_now)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda contact, _rosa: chat.leave_suddenly(contact), "La persona salió de golpe."),
        (lambda contact, _rosa: chat.end_conversation(contact, by="caller"), "La persona terminó la conversación."),
        (lambda contact, _rosa: chat.end_conversation(contact, by="line"), "La línea cerró la conversación."),
        (
            lambda contact, _rosa: triage.back_to_queue(contact, why="volunteer_lost"),
            "Se perdió la conexión con Rosa: la persona volvió a la espera, primera en su nivel.",
        ),
        (lambda contact, _rosa: triage.enter_danger(contact), "La persona avisó que estaba en peligro."),
        (lambda contact, _rosa: triage.sleep(contact), "La conversación quedó en pausa."),
    ],
)
def test_it_is_told_from_whose_mouth_it_came(act: Any, words: str, rosa: Member) -> None:
    contact = make_waiting()
    triage.assign_by_hand(contact, rosa)
    act(contact, rosa)
    assert told(contact)[-1] == words


def test_a_level_that_somebody_changed_is_told_with_its_reason(rosa: Member) -> None:
    contact = make_talking(rosa)
    triage.reassess(contact, "B", "told", rosa)
    assert told(contact)[-1] == "Rosa cambió el nivel de C a B, por lo que contó."
    triage.enter_danger(contact)
    triage.reassess(contact, "D", "safe_now", rosa, calm=True)
    words = "Rosa cambió el nivel de A a D, ahora está a salvo, y quitó la marca de peligro."
    assert told(contact)[-1] == words
    triage.withdraw(contact)
    assert not [one for one in told(contact) if "nivel de" in one]


def test_who_asked_is_told_and_who_wants_no_reminder_is_not(rosa: Member) -> None:
    for how in ("asked", "dismissed"):
        contact = make_talking(rosa)
        before = len(told(contact))
        triage.note_asked(contact, how, rosa)
        assert told(contact)[before:] == (["Rosa anotó que ya preguntó por el suicidio."] if how == "asked" else [])


def test_an_instrument_is_told_without_its_result(rosa: Member) -> None:
    contact = make_talking(rosa)
    contact.holder = rosa.holder
    triage.use_instrument(contact, "asq", {"5": "yes"}, rosa)
    assert told(contact)[-1] == "Rosa usó un instrumento en la conversación."


def test_a_page_that_closed_is_not_told_as_a_sudden_leave() -> None:
    contact = make_waiting()
    Contact.objects.filter(pk=contact.pk).update(caller_seen_at=timezone.now() - datetime.timedelta(hours=1))
    triage.expire_gone_callers(timezone.now())
    assert told(contact)[-1] == "La página de la persona se cerró y no volvió."


def test_moments_of_one_instant_keep_the_order_in_which_they_happened() -> None:
    with time_machine.travel(timezone.now(), tick=False):
        contact = make_waiting()
    assert [words.split()[-1] for words in told(contact)] == ["línea.", "consentimiento.", "espera.", "C."]


def test_every_kind_of_event_has_its_words() -> None:
    assert set(EventKind.values) == {*BY_THE_CALLER, *BY_A_MEMBER, *BY_THE_LINE}


def test_a_member_whose_account_is_gone_is_still_somebody() -> None:
    contact = make_waiting()
    ContactEvent.objects.create(
        contact=contact, at=timezone.now(), kind="accepted", actor=str(uuid.uuid4()), before="waiting", after="talking"
    )
    assert told(contact)[-1] == "Una cuenta que ya no existe aceptó y empezó a conversar."


def test_attempts_that_were_refused_stand_in_the_story(contact: Contact, rosa: Member, luis: Member) -> None:
    case = actions.save_note(rosa, contact, NoteBody(talked="a")).case
    with pytest.raises(NotYours):
        access.own_case(luis, case.pk)
    assert story_of(case, {})[-1].words == "Luis intentó abrir el caso y no pudo."


def test_the_story_of_many_events_costs_a_fixed_number_of_questions(
    contact: Contact, rosa: Member, django_assert_max_num_queries: Any
) -> None:
    case = actions.save_note(rosa, contact, NoteBody(talked="a")).case
    for number in range(10):
        actions.save_note(rosa, contact, NoteBody(talked=f"{number}"))
        actions.record_reading(rosa, case, "")
    with django_assert_max_num_queries(14):
        assert len(story_of(case, {})) > 20
