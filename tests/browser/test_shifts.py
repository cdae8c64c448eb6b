"""The roster in a browser: a table on a wide screen, a list on a telephone, and what one does there."""

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.callers import Watch
from tests.browser.desks import is_sound
from tests.running_line import RunningLine

LOOKS = {
    "dark": {"color_scheme": "dark"},
    "light at 360 px": {"color_scheme": "light", "phone": True},
    "light": {"color_scheme": "light"},
    "dark at 360 px": {"color_scheme": "dark", "phone": True},
}
OFTEN = ("dark", "light at 360 px")
LOOK = pytest.mark.parametrize(
    "look", [pytest.param(LOOKS[name], id=name, marks=() if name in OFTEN else pytest.mark.long) for name in LOOKS]
)


def in_weeks(number: int) -> datetime.date:
    """Return a day so many weeks ahead."""
    return timezone.localdate() + datetime.timedelta(weeks=number)


@LOOK
def test_the_roster_is_readable_in_every_look(sign_in: Any, line: RunningLine, look: dict[str, Any]) -> None:
    for email in ("rosa@demo.pe", "supervisora@demo.pe", "nuevo@demo.pe"):
        page: Page = sign_in(email, **look)
        watch = Watch(page, line)
        page.goto("/equipo/turnos/?semana=9999-12-31")
        table, days = page.locator(".week-table"), page.locator(".week-list")
        expect(days if look.get("phone") else table).to_be_visible()
        expect(table if look.get("phone") else days).to_be_hidden()
        for day in page.locator(".week-list summary").all() if look.get("phone") else []:
            day.click()
        is_sound(page)
        assert watch.problems == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "telephone"])
def test_a_shift_is_taken_put_up_kept_and_given_back(sign_in: Any, phone: bool) -> None:  # noqa: FBT001  a look
    page: Page = sign_in("luis@demo.pe", phone=phone)
    page.goto(f"/equipo/turnos/?semana={in_weeks(7 if phone else 8)}")
    own = page.locator("section", has=page.get_by_role("heading", name="Tus turnos"))
    before = own.get_by_role("listitem").count()
    if phone:
        page.locator(".week-list summary").nth(1).click()
    page.get_by_label("Cuánto dura").select_option("4 horas")
    page.get_by_role("button", name=re.compile(r"^Tomar martes .* 10:00$")).click()
    expect(page.get_by_role("status")).to_contain_text("El turno es tuyo")
    expect(own.get_by_role("listitem")).to_have_count(before + 1)
    mine = own.get_by_role("listitem").last
    expect(mine).to_contain_text("10:00–14:00")
    mine.get_by_text("No puedo ir").click()
    is_sound(page)
    mine.get_by_role("button", name="Ofrecer").click()
    expect(mine).to_contain_text("ofrecido")
    is_sound(page)
    mine.get_by_role("button", name="Conservarlo").click()
    mine.get_by_text("No puedo ir").click()
    mine.get_by_role("button", name="Devolver el turno").click()
    expect(own.get_by_role("listitem")).to_have_count(before)


def test_a_refusal_is_said_and_the_page_goes_on(sign_in: Any) -> None:
    page: Page = sign_in("rosa@demo.pe")
    page.goto(f"/equipo/turnos/?semana={in_weeks(9)}")
    length = page.get_by_label("Cuánto dura")
    length.evaluate("one => { one.add(new Option('6', '6')); one.value = '6'; }")
    page.get_by_role("button", name=re.compile(r"^Tomar miércoles .* 10:00$")).click()
    expect(page.get_by_role("alert")).to_contain_text("más de cuatro horas seguidas")
    is_sound(page)
    page.get_by_role("button", name=re.compile(r"^Tomar miércoles .* 10:00$")).click()
    expect(page.get_by_role("status")).to_contain_text("El turno es tuyo")


def test_the_address_of_the_calendar_is_shown_once(sign_in: Any) -> None:
    page: Page = sign_in("rosa@demo.pe", phone=True)
    page.goto("/equipo/turnos/")
    page.get_by_role("button", name="Hacer mi dirección").click()
    expect(page.locator(".code--alone")).to_contain_text("/equipo/calendario/")
    is_sound(page)
    page.get_by_role("link", name="Turnos").click()
    expect(page.locator(".code--alone")).to_have_count(0)
    page.get_by_role("button", name="Quitarla").click()
    expect(page.get_by_role("button", name="Hacer mi dirección")).to_be_visible()
