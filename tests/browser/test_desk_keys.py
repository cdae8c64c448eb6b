"""The desk by keyboard, by ear and by a narrow window."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.desks import at_desk, box_of, log_of, note_of, overflow
from tests.running_line import Pair, RunningLine


def test_keys_lead_to_the_reply_the_note_and_the_list_of_keys(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    expect(note_of(desk)).to_be_visible()
    desk.keyboard.press("Alt+n")
    expect(note_of(desk).get_by_label("Motivo principal")).to_be_focused()
    desk.keyboard.press("Alt+l")
    expect(box_of(desk)).to_be_focused()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_hidden()
    expect(box_of(desk)).to_have_value("?")

    desk.get_by_role("button", name="Atajos de teclado").focus()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Atajos de teclado")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_be_hidden()


def test_the_keys_can_be_switched_off_and_stay_off(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    desk.get_by_role("button", name="Atajos de teclado").click()
    with desk.expect_response("**/escritorio/teclas/"):
        desk.get_by_label("Usar estos atajos en este turno").uncheck()
    desk.get_by_role("dialog").get_by_role("button", name="Cerrar").click()
    box_of(desk).focus()
    desk.keyboard.press("Alt+n")
    expect(box_of(desk)).to_be_focused()
    desk.reload()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_hidden()


def test_shift_enter_is_a_new_line_and_enter_sends(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    box_of(desk).press_sequentially("una")
    box_of(desk).press("Shift+Enter")
    box_of(desk).press_sequentially("dos")
    box_of(desk).press("Enter")

    assert log_of(desk).locator(".message--volunteer .message__text").last.inner_text() == "una\ndos"
    expect(box_of(desk)).to_have_value("")
    expect(box_of(desk)).to_be_focused()


def test_who_cannot_hear_goes_on_without_sound(sign_in: Any) -> None:
    desk: Page = sign_in("luis@demo.pe")
    desk.get_by_role("button", name="Estoy listo/a").click()
    expect(desk.get_by_role("heading", name="¿Escuchaste el tono?")).to_be_focused()
    expect(desk.locator("[data-presence-state]")).to_have_text("En pausa")
    desk.get_by_role("button", name="No se oye").click()
    expect(desk.get_by_text("el aviso también se ve en la pantalla")).to_be_visible()
    desk.get_by_role("button", name="Seguir sin sonido").click()
    expect(desk.locator("[data-presence-state]")).to_have_text("Listo/a")
    expect(desk.get_by_role("button", name="Pausa")).to_be_focused()
    desk.get_by_role("button", name="Pausa").click()
    expect(desk.get_by_text("Tú pediste la pausa. Tus conversaciones siguen.")).to_be_visible()


def test_a_narrow_window_shows_one_part_at_a_time(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair, phone=True)
    expect(desk.locator(".desk__list")).to_be_hidden()
    desk.get_by_role("button", name="Persona y nota").click()
    expect(note_of(desk)).to_be_visible()
    expect(box_of(desk)).to_be_hidden()
    desk.get_by_role("button", name=re.compile("^Lista")).click()
    expect(desk.locator(".place")).to_be_visible()
    expect(note_of(desk)).to_be_hidden()
    assert overflow(desk) == 0


def test_text_at_twice_its_size_fits_a_narrow_window(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair, phone=True)
    desk.evaluate("document.documentElement.style.fontSize = '200%'")
    for part in ("Lista", "Conversación", "Persona y nota"):
        desk.get_by_role("button", name=re.compile(f"^{part}")).click()
        assert overflow(desk) == 0, part
    desk.get_by_role("button", name="Conversación").click()
    box_of(desk).fill("grande")
    desk.get_by_role("button", name="Enviar").click()
    expect(log_of(desk)).to_contain_text("grande")
