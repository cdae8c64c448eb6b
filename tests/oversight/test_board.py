"""The live board: who waits, who talks, who is ready; the same cost however many wait."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases import actions as cases
from cases.notes import NoteBody
from chat import actions as chat
from oversight.board import board
from roster import actions as roster
from roster import shifts
from roster.models import Member, Presence, Role, Shift
from tests.cast import browser_of, make_crowd, make_member, make_talking, make_waiting, say, seconds_of
from triage import actions as triage
from triage.models import Contact, Offer

pytestmark = pytest.mark.django_db(databases="__all__")

HOUR = datetime.timedelta(hours=1)


def waited(contact: Contact, seconds: int, **columns: Any) -> Contact:
    """Let a contact have waited for some seconds."""
    since = timezone.now() - datetime.timedelta(seconds=seconds)
    Contact.objects.filter(pk=contact.pk).update_noted(queued_at=since, **columns)
    return contact


@pytest.mark.parametrize(("seconds", "alarm"), [(0, ""), (47, ""), (49, "soon"), (59, "soon"), (61, "late")])
def test_a_wait_is_marked_at_four_fifths_of_its_target_and_again_beyond_it(seconds: int, alarm: str) -> None:
    waited(make_waiting(), seconds, urgency="A")
    (row,) = board().first
    assert (row.alarm, row.target) == (alarm, 60)


def test_the_biggest_thing_is_the_wait_furthest_beyond_its_target() -> None:
    waited(make_waiting(), 3000, urgency="E")
    worst = waited(make_waiting(), 700, urgency="B")
    oldest = board().oldest
    assert oldest is not None
    assert (oldest.contact_id, board().late) == (worst.pk, 1)


def test_each_level_keeps_its_place_and_shows_its_longest_wait() -> None:
    waited(make_waiting(), 30, urgency="B")
    waited(make_waiting(), 90, urgency="B")
    told = [(level.urgency, level.count, level.oldest and level.oldest.waited) for level in board().levels]
    assert [level for level, _count, _oldest in told] == ["A", "B", "C", "D", "E"]
    assert told[1][1:] == (2, 90)
    assert told[0][1:] == (0, None)


def test_the_board_knows_who_talks_and_for_how_long_somebody_waits_for_an_answer(rosa: Member) -> None:
    contact = make_talking(rosa, "¿estás?")
    Contact.objects.filter(pk=contact.pk).update(caller_said_at=timezone.now() - datetime.timedelta(seconds=90))
    (row,) = board().talking
    assert (row.volunteer, row.unanswered) == ("Rosa", 90)
    say(contact, "aquí estoy", rosa)
    assert board().talking[0].unanswered is None
    triage.sleep(Contact.objects.get())
    assert board().talking[0].asleep


def test_the_board_knows_who_is_there_ready_or_not_and_what_they_carry(rosa: Member) -> None:
    away = make_member(alias="Luis", ready=True)
    Presence.objects.filter(member=away).update(state="away")
    gone = make_member(alias="Inés", ready=True)
    Presence.objects.filter(member=gone).update(lease_until=timezone.now())
    make_talking(rosa)
    now = board()
    assert [(row.alias, row.ready, row.carries) for row in now.on_duty] == [("Luis", False, 0), ("Rosa", True, 1)]
    assert now.ready == 1


def test_a_silent_page_is_shown_as_silent() -> None:
    silent = make_waiting()
    Contact.objects.filter(pk=silent.pk).update(still_there_asked_at=timezone.now())
    assert board().first[0].page_silent


def test_rehearsals_are_never_mixed_with_real_people(rosa: Member) -> None:
    rehearsing = make_member(rehearsal=True, ready=True)
    for kind in (rosa, rehearsing):
        make_talking(kind)
        make_waiting(rehearsal=kind.rehearsal)
    for rehearsal in (False, True):
        now = board(rehearsal=rehearsal)
        assert (now.waits, len(now.talking), len(now.on_duty)) == (1, 1, 1)
        supervisor = browser_of(make_member(Role.SUPERVISOR, rehearsal=rehearsal))
        shown = supervisor.get("/supervision/").context["board"].talking
        assert [one.contact_id for one in shown] == [one.contact_id for one in now.talking]


def test_the_board_leads_to_the_case_or_else_to_the_story(rosa: Member, window: Client) -> None:
    with_case, without = make_talking(rosa), make_waiting()
    case = cases.save_draft(rosa, with_case, NoteBody(talked="Duerme poco.")).case
    for path in ("/supervision/", "/supervision/tablero/"):
        page = window.get(path).content.decode()
        assert f"/casos/{case.pk}/" in page
        assert f"/supervision/conversacion/{without.pk}/" in page
        assert "Duerme" not in page


def on_shift(member: Member, begin: datetime.timedelta = -HOUR, end: datetime.timedelta = 2 * HOUR) -> None:
    """Give somebody a shift, by how far from now it begins and ends."""
    now = timezone.now()
    Shift.objects.create(member=member, starts_at=now + begin, ends_at=now + end)


def missing_on(window: Client, path: str = "/supervision/tablero/") -> str:
    """Return what the board says of who is missing, as one reads it."""
    page = window.get(path).content.decode()
    found = re.search(r'<section class="lacking".*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", found[0]).split()) if found else ""


def test_the_board_names_who_should_be_there_and_no_longer_once_they_came(rosa: Member, window: Client) -> None:
    Presence.objects.filter(member=rosa).update(lease_until=timezone.now())
    on_shift(rosa)
    began = timezone.localtime(Shift.objects.get().starts_at)
    for path in ("/supervision/", "/supervision/tablero/"):
        assert f"Debían estar: Rosa (desde las {began:%H:%M})" in missing_on(window, path)
    roster.renew_lease(rosa.pk)
    assert "Debían estar" not in missing_on(window)


@pytest.mark.parametrize("path", ["/supervision/", "/supervision/tablero/", "/supervision/alarmas/"])
def test_a_supervisor_whose_board_is_open_is_there_and_is_shown_as_supervising(
    carmen: Member, window: Client, path: str
) -> None:
    on_shift(carmen)
    assert [one.alias for one in shifts.missing().absent] == ["Carmen"]
    window.get(path)
    assert shifts.missing().absent == []
    (row,) = board().on_duty
    assert (row.alias, row.supervises, row.ready) == ("Carmen", True, False)
    assert board().ready == 0


def test_a_board_that_asks_each_second_writes_twice_a_minute(carmen: Member, window: Client) -> None:
    window.get("/supervision/alarmas/")
    first = Presence.objects.get(member=carmen).lease_until
    window.get("/supervision/alarmas/")
    assert Presence.objects.get(member=carmen).lease_until == first
    Presence.objects.update(lease_until=timezone.now() + datetime.timedelta(seconds=29))
    window.get("/supervision/alarmas/")
    assert Presence.objects.get(member=carmen).lease_until >= first


def test_the_board_tells_how_many_the_next_hour_lacks_by_the_forecast(rosa: Member, window: Client) -> None:
    on_shift(rosa, end=4 * HOUR)
    (hour,) = shifts.hours_from(timezone.now() + HOUR, 1)
    assert missing_on(window) == ""
    shifts.need({hour: 3, hour + HOUR: 9})
    begin, end = timezone.localtime(hour), timezone.localtime(hour + HOUR)
    told = f"De {begin:%H:%M} a {end:%H:%M} faltan 2 personas"
    assert told in missing_on(window)
    shifts.need({hour: 2})
    assert f"De {begin:%H:%M} a {end:%H:%M} falta 1 persona" in missing_on(window)


def test_of_many_who_are_missing_some_are_named_and_all_counted(window: Client) -> None:
    for number in range(10):
        on_shift(make_member(alias=f"Ausente {number}"))
    said = missing_on(window)
    assert said.count("Ausente") == 8
    assert "y 2 personas más" in said


@pytest.mark.parametrize(
    "path", ["/supervision/", "/supervision/tablero/", "/supervision/alarmas/", "/supervision/auditoria/"]
)
@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_the_window_is_the_supervisors_alone(path: str, role: str) -> None:
    assert browser_of(make_member(role)).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_a_thousand_who_wait_cost_no_more_questions_than_one(rosa: Member, django_assert_num_queries: Any) -> None:
    make_talking(rosa)
    make_crowd(1)
    with django_assert_num_queries(13):
        board()
    make_crowd(999)
    with django_assert_num_queries(13):
        board()
    for_thousand = seconds_of(board)
    make_crowd(3000)
    assert seconds_of(board) < 3 * for_thousand  # those who wait are counted, and only the first of them read


def test_the_page_of_a_thousand_stays_small_and_counts_them_all(window: Client) -> None:
    make_crowd(1000)
    page = window.get("/supervision/tablero/")
    assert len(page.content) < 100_000
    assert "Esperan 1000 personas" in page.content.decode()
    assert "Y 940 personas más" in page.content.decode()


def test_passing_on_is_seen_while_it_is_asked_and_while_both_are_in_the_room(window: Client, rosa: Member) -> None:
    luis = make_member(alias="Luis", ready=True)
    contact = make_talking(rosa, "hola")
    chat.ask_to_take_over(contact, rosa, luis.pk, "")
    assert "le pide a Luis que siga" in window.get("/supervision/tablero/").content.decode()
    chat.accept_offer(luis, Offer.objects.get(state="open").pk)
    page = window.get("/supervision/tablero/").content.decode()
    assert "Rosa se queda un momento" in page
    assert "le pide a Luis" not in page
    chat.leave_room(contact.pk, rosa)
    assert "se queda un momento" not in window.get("/supervision/tablero/").content.decode()


def test_whoever_carries_somebody_beyond_their_shift_stands_on_the_board(window: Client, rosa: Member) -> None:
    hour, now = datetime.timedelta(hours=1), timezone.now()
    shift = Shift.objects.create(member=rosa, starts_at=now - hour, ends_at=now + hour)
    make_talking(rosa, "hola")
    assert board().past_shift == []
    Shift.objects.filter(pk=shift.pk).update(ends_at=now - hour / 2)
    assert [(one.alias, one.ended_at, one.carries) for one in board().past_shift] == [("Rosa", now - hour / 2, 1)]
    assert "El turno de Rosa terminó a las" in window.get("/supervision/tablero/").content.decode()
    Shift.objects.create(member=rosa, starts_at=now - hour / 2, ends_at=now + hour)  # another one that touches it
    assert board().past_shift == []
    Shift.objects.all().delete()
    assert board().past_shift == []


def test_the_board_fetches_what_else_waits_for_supervision() -> None:
    page = browser_of(make_member(Role.SUPERVISOR)).get("/supervision/").content.decode()
    for address in ("/reflexion/conversar/", "/reflexion/avisos/", "/practica/"):
        assert f'data-fragment-url="{address}"' in page
