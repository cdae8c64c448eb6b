"""Practice stands in no figure, queue, alarm, list or mail of real people; this goes through all of them."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client
from pytest_django import Settings

from cases import actions as cases
from cases import rescue
from cases.access import contact_for_note, contacts_without_note
from cases.errors import BadRescue, NotPassedOn, NotYours
from cases.models import Case, HandoverReason, LegalGround
from cases.notes import NoteBody
from cases.rehearsal import clear
from chat import actions as chat
from oversight import alarms, arrivals, telling
from oversight.board import board
from oversight.contacts import contact_for_supervisor
from oversight.forecast import read as forecast
from oversight.models import Alarm
from oversight.said_waits import said_waits
from roster import actions as roster
from roster.models import Member, Presence, Role
from tests.cast import browser_of, make_ended, make_member, make_talking, make_waiting
from tests.training.stage import Played
from training import actions
from training.forgetting import forget_old
from training.models import Practice
from training.scripted_caller import play
from triage import actions as triage
from triage import queue
from triage.errors import NotAllowed
from triage.hands import volunteers_now
from triage.models import Contact, Offer, OfferState
from triage.offering import route
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")

Later = Callable[[float], datetime.datetime]
Begin = Callable[[str], Played]


def begin_urgent(trainee: Member) -> Contact:
    """Let a practice wait as an emergency: it is what would ring and count most."""
    practice = actions.begin(trainee, "late_risk")
    assert practice.contact is not None
    Contact.objects.filter(pk=practice.contact.pk).update_noted(urgency="A", danger=True, placed_front=True)
    return Contact.objects.get(pk=practice.contact.pk)


def test_its_mark_is_one_column_that_the_database_itself_guards(trainee: Member) -> None:
    contact = begin_urgent(trainee)
    other = make_member()

    assert contact.rehearsal
    for wrong in ({"rehearsal": False}, {"volunteer": other}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update_noted(**wrong)


def test_it_has_no_place_in_the_queue_and_changes_nobodys(trainee: Member) -> None:
    begin_urgent(trainee)
    real, rehearsed = make_waiting(), make_waiting(rehearsal=True)

    assert {one.pk for one in queue.waiting_in_order()} == {real.pk, rehearsed.pk}
    assert queue.ahead_of(real) == queue.ahead_of(rehearsed) == 0
    reading = queue.Reading()
    assert [found.ahead for one in (real, rehearsed) if (found := reading.standing_of(one.pk))] == [0, 0]


def test_it_is_routed_to_nobody(trainee: Member) -> None:
    begin_urgent(trainee)
    make_member(ready=True)
    make_member(ready=True, rehearsal=True)
    route()

    assert not Offer.objects.exists()


def test_it_fills_nobodys_hands_and_gives_nobody_a_rest(played: Begin) -> None:
    one = played("sleep")
    Contact.objects.filter(pk=one.contact.pk).update_noted(urgency="A")
    Member.objects.filter(pk=one.trainee.pk).update(trained_on=datetime.date(2026, 1, 1))
    before = Presence.objects.get(member=one.trainee)
    roster.set_ready(one.trainee)

    assert [(hands.carries, hands.urgent) for hands in volunteers_now(clock.now())] == [(0, 0)]
    chat.end_conversation(one.contact, by="volunteer")
    after = Presence.objects.get(member=one.trainee)
    assert (after.rests_until, after.break_until) == (None, None)
    assert after.last_assigned_at == before.last_assigned_at is None


def test_an_offer_of_it_that_expired_makes_nobody_away(trainee: Member, later: Later) -> None:
    roster.renew_lease(trainee.pk)
    actions.begin(trainee, "sleep")
    play(clock.now())
    triage.expire_offers(later(30))

    assert Presence.objects.get(member=trainee).missed_offers == 0


def test_it_raises_no_alarm_and_sends_no_mail(trainee: Member, later: Later) -> None:
    begin_urgent(trainee)
    now = later(7200)

    assert alarms.watch(now) == alarms.watch_ready(now) == 0
    assert alarms.strip(rehearsal=False).shown == alarms.strip(rehearsal=True).shown == []
    assert not list(telling.claim(now))
    assert not Alarm.objects.exists()


def test_the_board_shows_who_practises_and_nothing_else(played: Begin) -> None:
    one = played("sleep")
    begin_urgent(make_member(trained_on=None))
    for rehearsal in (False, True):
        seen = board(rehearsal=rehearsal)
        assert (seen.first, seen.talking, seen.ready) == ([], [], 0)

    assert [(row.alias, row.practises, row.carries) for row in board().on_duty] == [("Diego", True, 0)]
    page = browser_of(make_member(Role.SUPERVISOR)).get("/supervision/tablero/").content.decode()
    assert "en práctica" in page
    assert str(one.contact.pk) not in page


def test_it_tells_nothing_of_how_fast_the_line_is(played: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "FEWEST", 1)
    played("sleep")
    now = clock.now()

    for rehearsal in (False, True):
        assert queue.measure_pace(now, rehearsal=rehearsal) == queue.ASSUMED


def test_it_stands_in_no_figure_of_arrivals_or_waits(played: Begin, later: Later) -> None:
    one = played("sleep")
    one.say("¿Qué te preocupa?")
    chat.end_conversation(one.contact, by="volunteer")
    cases.save_note(one.trainee, one.contact, NoteBody(talked="nada real"))
    now = later(3 * 24 * 3600)

    assert arrivals.arrivals(now).people == 0
    assert all(figure.cases == 0 for figure in arrivals.figures(now).values())
    assert forecast(now).pattern.people == 0
    assert said_waits(now).answered == 0
    assert not Contact.objects.counselling().exists()


def test_supervisors_reach_it_by_no_door_but_that_of_training(played: Begin) -> None:
    one = played("sleep")
    chat.end_conversation(one.contact, by="volunteer")
    cases.save_note(one.trainee, one.contact, NoteBody(talked="nada real"))
    supervisor, case = make_member(Role.SUPERVISOR), Case.objects.get()
    browser = browser_of(supervisor)

    assert not Case.objects.living().seen_by(supervisor).exists()
    with pytest.raises(NotYours):
        contact_for_supervisor(supervisor, one.contact.pk, "quality")
    for address in (f"/casos/{case.pk}/", f"/supervision/nivel/{one.contact.pk}/", f"/casos/{case.pk}/borrar/"):
        assert browser.get(address).status_code in {302, 404}
    assert str(case.pk) not in browser.get("/casos/").content.decode()
    assert str(case.pk) not in browser.get("/supervision/auditoria/").content.decode()


def test_its_case_is_passed_on_to_nobody_and_its_danger_calls_nobody(played: Begin) -> None:
    one = played("violence")
    taker = make_member()
    with pytest.raises(BadRescue, match="practice"):
        rescue.ask(one.trainee, one.contact, LegalGround.values[0], "peligro")
    chat.end_conversation(one.contact, by="volunteer")
    cases.save_note(one.trainee, one.contact, NoteBody(talked="nada real"))
    with pytest.raises(NotPassedOn):
        cases.hand_over(Case.objects.get(), one.trainee, taker, HandoverReason.values[0])

    assert not rescue.waiting_for_answer(clock.now()).exists()


def test_it_is_passed_on_to_no_colleague_while_it_lasts(played: Begin) -> None:
    one = played("sleep")
    ready = make_member(ready=True)

    assert triage.choices_for(one.contact) == []
    for colleague in (ready, None):
        with pytest.raises(NotAllowed):
            triage.ask_handover(one.contact, one.trainee, colleague, "")


def test_the_trainee_writes_its_note_as_any_other(played: Begin) -> None:
    one = played("sleep")
    chat.end_conversation(one.contact, by="volunteer")

    assert list(contacts_without_note(one.trainee)) == [one.contact]
    assert contact_for_note(one.trainee, one.contact.pk) == one.contact
    form, json = {"do": "save", "death": "close"}, {"Accept": "application/json"}
    saved = browser_of(one.trainee).post(f"/casos/nota/{one.contact.pk}/", form, headers=json).json()
    assert saved["saved"]
    assert "hard" not in saved  # nobody died


def test_a_trainee_sees_nothing_real_at_the_desk(trainee: Member) -> None:
    real = make_talking(make_member(), "Me llamo Teófila")
    browser = browser_of(trainee)
    browser.get("/escritorio/")

    assert browser.get(f"/escritorio/persona/?contact={real.pk}").status_code == 404
    assert browser.get("/casos/pendientes/").json() == {"pending": []}
    assert "Teófila" not in browser.get("/casos/").content.decode()


#: All that shows figures, and to whom.
FIGURES = {
    Role.SUPERVISOR: (
        "/supervision/",
        "/supervision/tablero/",
        "/supervision/alarmas/",
        "/supervision/pronostico/",
        "/casos/",
    ),
    Role.COORDINATOR: ("/supervision/pronostico/", "/reflexion/tendencia/", "/admin/"),
}
CHANGES = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|data-now="[^"]+"')


def figures(client: Client, now: datetime.datetime) -> dict[str, object]:
    """Return all that is shown and computed of how the line is doing."""
    pages = {
        f"{role} {address}": CHANGES.sub("", browser.get(address).content.decode())
        for role, addresses in FIGURES.items()
        for browser in [browser_of(Member.objects.get(alias=role))]
        for address in addresses
    }
    told = client.get("/metrics", headers={"Authorization": "Bearer figures"}).content.decode()
    computed = {
        "metrics": sorted({line.split("{")[0].split(" ")[0] for line in told.splitlines() if line[0] != "#"}),
        "health": (client.get("/healthz").content, client.get("/readyz").json()),
        "arrivals": (arrivals.arrivals(now), arrivals.figures(now)),
        "forecast": forecast(now),
        "waits": said_waits(now),
        "alarms": (alarms.watch(now), [*telling.claim(now)], Alarm.objects.count()),
        "pace": queue.measure_pace(now, rehearsal=False),
        "counselling": Contact.objects.counselling().count(),
    }
    return pages | computed


def test_every_figure_is_the_same_with_a_practice_and_without(
    played: Begin, later: Later, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_TOKEN = "figures"  # noqa: S105
    for role in FIGURES:
        make_member(role, role)
    make_ended(make_member(alias="Ana"), "algo real")
    one = played("late_risk")
    one.say("¿Has pensado en quitarte la vida?")
    Contact.objects.filter(pk=one.contact.pk).update_noted(urgency="A", danger=True)
    chat.end_conversation(one.contact, by="volunteer")
    cases.save_note(one.trainee, one.contact, NoteBody(talked="nada real", death="close"))
    play(later(1))
    now = later(3600)
    monkeypatch.setattr(clock, "now", lambda: now)

    while_it_is_kept = figures(client, now)
    Practice.objects.update(ended_at=now - datetime.timedelta(days=31))
    assert forget_old(now) == 1
    assert while_it_is_kept == figures(client, now)
    assert "1" in str(while_it_is_kept["counselling"])


#: Every table that holds or leads to contacts, and where above it is shown that practice is kept out or forgotten.
SEEN_TO = {
    "triage_contact": "queue, board, alarms, arrivals, said waits",
    "triage_historicalcontact": "goes with its contact (test_forgetting)",
    "triage_offer": "pace, arrivals",
    "triage_contactevent": "alarms, story",
    "triage_warmhandover": "refused",
    "triage_instrumentuse": "goes with its contact",
    "chat_message": "counted nowhere; goes with its contact",
    "chat_draft": "counted nowhere; goes with its contact",
    "chat_safetyplan": "counted nowhere; goes with its contact",
    "chat_plandraft": "counted nowhere; goes with its contact",
    "chat_wayback": "none is made: nobody has its cookie",
    "cases_casecontact": "seen_by, without_practice",
    "cases_note": "notes, trail",
    "cases_historicalnote": "goes with its contact",
    "cases_rescue": "refused",
    "oversight_alarm": "none is raised",
    "training_practice": "its own table",
}


def test_every_table_that_leads_to_contacts_was_thought_of() -> None:
    leads = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Contact
    }

    assert leads | {"triage_contact", "triage_historicalcontact"} == set(SEEN_TO)


def test_a_rehearsal_that_is_cleared_leaves_practice_alone(played: Begin) -> None:
    from_rehearsal = make_waiting(rehearsal=True)
    one = played("sleep")
    clear()

    assert not Contact.objects.filter(pk=from_rehearsal.pk).exists()
    assert one.heard()
    assert Offer.objects.get(state=OfferState.ACCEPTED).contact == one.contact
