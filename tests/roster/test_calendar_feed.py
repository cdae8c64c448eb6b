"""The secret address of a member's calendar: what it tells, to whom, and when it leads nowhere."""

import datetime
import re
import zoneinfo
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from roster import actions, calendar_feed, shifts
from roster.hours import LIMA
from roster.models import CalendarFeed, Member, Role, Shift
from tests.cast import browser_of, make_member

pytestmark = pytest.mark.django_db(databases="__all__")

NOW = datetime.datetime(2026, 12, 20, 9, 0, tzinfo=LIMA)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def hands() -> Iterator[time_machine.Traveller]:
    """Let it be shortly before Christmas."""
    with time_machine.travel(NOW, tick=False) as hands:
        yield hands


def take(member: Member, text: str) -> Shift:
    begin = datetime.datetime.fromisoformat(text).replace(tzinfo=LIMA)
    return shifts.take(member, begin, begin + 2 * HOUR)


def read(path: str) -> Any:
    response = Client().get(path)
    assert response.status_code == 200
    return Calendar.from_ical(response.content)


def told(path: str) -> list[tuple[str, str, int]]:
    """Return of each entry: its name, whether it stands, and how often it was moved."""
    events = read(path).walk("VEVENT")
    return [(str(one["UID"]), str(one["STATUS"]), int(one["SEQUENCE"])) for one in events]


def test_the_address_gives_the_member_s_shifts_and_nobody_else_s(rosa: Member) -> None:
    shift = take(rosa, "2026-12-21 10:00")
    take(make_member(), "2026-12-21 10:00")
    assert told(calendar_feed.renew(rosa)) == [(str(shift.uid), "CONFIRMED", 0)]


def test_a_calendar_says_nothing_of_the_line_or_of_anybody(rosa: Member) -> None:
    take(rosa, "2026-12-21 10:00")
    response = Client().get(calendar_feed.renew(rosa))
    text = response.content.decode()
    assert re.findall(r"SUMMARY[^:]*:(.*)\r", text) == ["Turno"]
    assert not re.search(r"rosa|ensayo|perú|peru|línea|salud|hotline|http", text.replace("es-PE", ""), re.IGNORECASE)


def test_the_answer_is_a_calendar_that_nobody_on_the_way_keeps(rosa: Member) -> None:
    response = Client().get(calendar_feed.renew(rosa))
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    assert "public" not in response.headers["Cache-Control"]
    assert not response.cookies
    assert response.content.endswith(b"END:VCALENDAR\r\n")


def test_a_reader_in_another_time_zone_sees_the_same_moment(rosa: Member) -> None:
    take(rosa, "2026-12-31 23:00")  # over the end of the year
    calendar = read(calendar_feed.renew(rosa))
    (event,) = calendar.walk("VEVENT")
    assert str(event["DTSTART"].params["TZID"]) == "America/Lima"
    madrid = zoneinfo.ZoneInfo("Europe/Madrid")
    assert event["DTSTART"].dt.astimezone(madrid) == datetime.datetime(2027, 1, 1, 5, tzinfo=madrid)
    assert event["DTEND"].dt == datetime.datetime(2027, 1, 1, 6, tzinfo=datetime.UTC)
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["TZID"]) == "America/Lima"
    assert {one["TZOFFSETTO"].td for one in zone.subcomponents} == {-5 * HOUR}


def test_a_shift_that_was_moved_is_the_same_entry_moved(rosa: Member) -> None:
    path, shift = calendar_feed.renew(rosa), take(rosa, "2026-12-21 10:00")
    shift.starts_at, shift.ends_at = shift.starts_at + 2 * HOUR, shift.ends_at + 2 * HOUR
    shifts.put(shift, make_member(Role.COORDINATOR))
    assert told(path) == [(str(shift.uid), "CONFIRMED", 1)]
    (event,) = read(path).walk("VEVENT")
    assert event["DTSTART"].dt == datetime.datetime(2026, 12, 21, 12, tzinfo=LIMA)


def test_a_shift_that_was_given_back_or_removed_is_cancelled(rosa: Member) -> None:
    path = calendar_feed.renew(rosa)
    given, removed = take(rosa, "2026-12-21 10:00"), take(rosa, "2026-12-22 10:00")
    shifts.give_back(rosa, given.pk)
    uids = [str(given.uid), str(removed.uid)]
    shifts.remove(removed, make_member(Role.COORDINATOR))
    assert told(path) == [(uid, "CANCELLED", 1) for uid in uids]


def test_a_shift_that_goes_from_hand_to_hand_is_an_entry_of_each(rosa: Member) -> None:
    luis = make_member()
    shift = take(rosa, "2026-12-21 10:00")
    for giver, taker in ((rosa, luis), (luis, rosa)):
        shifts.open_swap(giver, shift.pk)
        shifts.take_swap(taker, shift.pk)
    of_rosa, of_luis = told(calendar_feed.renew(rosa)), told(calendar_feed.renew(luis))
    assert sorted(stands for _uid, stands, _moves in of_rosa) == ["CANCELLED", "CONFIRMED"]
    assert [stands for _uid, stands, _moves in of_luis] == ["CANCELLED"]
    assert len({uid for uid, _stands, _moves in [*of_rosa, *of_luis]}) == 3


def test_what_is_long_over_is_told_no_more(rosa: Member, hands: time_machine.Traveller) -> None:
    take(rosa, "2026-12-21 10:00")
    path = calendar_feed.renew(rosa)
    hands.move_to(datetime.datetime(2027, 1, 20, 11, 59, tzinfo=LIMA))
    assert len(told(path)) == 1
    hands.move_to(datetime.datetime(2027, 1, 20, 12, 0, tzinfo=LIMA))
    assert told(path) == []


# The address --------------------------------------------------------------------------------------------------------


def test_the_address_itself_is_kept_nowhere(rosa: Member) -> None:
    token = calendar_feed.renew(rosa).rsplit("/", 1)[1].removesuffix(".ics")
    assert len(token) >= 43  # 256 bits
    assert token not in str(CalendarFeed.objects.values_list())


def test_a_wrong_address_finds_nothing(rosa: Member) -> None:
    path = calendar_feed.renew(rosa)
    for wrong in ("/equipo/calendario/x.ics", path.replace(".ics", "x.ics"), path.removesuffix(".ics")):
        assert Client().get(wrong).status_code == 404


def test_a_renewed_address_ends_the_one_before(rosa: Member) -> None:
    first, second = calendar_feed.renew(rosa), calendar_feed.renew(rosa)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_a_stopped_address_leads_nowhere(rosa: Member) -> None:
    path = calendar_feed.renew(rosa)
    calendar_feed.stop(rosa)
    assert Client().get(path).status_code == 404


def test_a_closed_account_has_no_calendar_any_more_even_when_it_is_opened_again(rosa: Member) -> None:
    path = calendar_feed.renew(rosa)
    actions.deactivate(rosa, make_member(Role.COORDINATOR))
    assert Client().get(path).status_code == 404
    Member.objects.filter(pk=rosa.pk).update(is_active=True)
    assert Client().get(path).status_code == 404


def test_a_role_that_lapsed_closes_the_calendar_until_it_is_confirmed(
    rosa: Member, hands: time_machine.Traveller
) -> None:
    path = calendar_feed.renew(rosa)
    hands.shift(datetime.timedelta(days=183))
    assert Client().get(path).status_code == 404
    actions.confirm_role(rosa, None)
    assert Client().get(path).status_code == 200


def test_nobody_tries_addresses_without_end_and_a_right_one_opens_meanwhile(rosa: Member) -> None:
    path, window = calendar_feed.renew(rosa), Client()
    came = [window.get(f"/equipo/calendario/{number}.ics").status_code for number in range(61)]
    assert came == [404] * 60 + [429]
    assert window.get(path).status_code == 200


def test_one_calendar_is_not_asked_for_without_end(rosa: Member) -> None:
    path, window = calendar_feed.renew(rosa), Client()
    came = [window.get(path).status_code for _number in range(121)]
    assert came == [200] * 120 + [429]


def test_the_page_shows_the_address_once(rosa: Member) -> None:
    window = browser_of(rosa)
    page = window.post("/equipo/turnos/calendario/").content.decode()
    address = re.search(r"(/equipo/calendario/[\w-]+\.ics)", page)
    assert address
    assert Client().get(address[1]).status_code == 200
    assert "/equipo/calendario/" not in window.get("/equipo/turnos/").content.decode()
    window.post("/equipo/turnos/calendario/quitar/")
    assert Client().get(address[1]).status_code == 404
