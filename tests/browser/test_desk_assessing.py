"""Beside a conversation in a real browser: instruments, levels, endings by one touch, the reminder, the care plan."""

import re
from typing import Any, Self

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.desks import at_desk, box_of, faults, log_of, note_of, overflow
from tests.line_database import ago, change
from tests.running_line import Pair, RunningLine

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def desk(open_page: Any, line: RunningLine, pair: Pair) -> Page:
    """Return the desk of a conversation under way, 1,280 px wide."""
    return at_desk(open_page, line, pair)


def level_of(page: Page) -> Any:
    """Return the part of the desk with the level and the instruments."""
    return page.locator(".side:not([hidden]) [data-level-place]")


class Late:
    """Answers of the line that come late: read when they were asked for, delivered at the end."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page, self._pattern = page, pattern
        self._held: list[tuple[Route, APIResponse]] = []

    def __enter__(self) -> Self:
        self._page.route(self._pattern, lambda route: self._held.append((route, route.fetch())))
        return self

    def wait_for(self, count: int) -> None:
        """Wait until so many are held."""
        for _attempt in range(100):
            if len(self._held) < count:
                self._page.wait_for_timeout(100)
        assert len(self._held) >= count

    def __exit__(self, *_error: object) -> None:
        for route, answer in self._held:
            route.fulfill(response=answer)
        self._page.unroute(self._pattern)


def ask_c_ssrs(page: Page) -> None:
    """Tick a plan without means and see the result."""
    level_of(page).get_by_role("link", name="C-SSRS").click()
    expect(level_of(page).get_by_role("heading", name="C-SSRS")).to_be_focused()
    for number in range(1, 6):
        level_of(page).get_by_role("group", name=f"Pregunta {number}").get_by_label("Sí", exact=True).check()
    level_of(page).get_by_role("group", name="Pregunta 6").get_by_label("No", exact=True).check()
    level_of(page).get_by_role("group", name="¿Tiene a mano con qué hacerlo?").get_by_label("No", exact=True).check()
    level_of(page).get_by_role("button", name="Ver el resultado").click()


def test_an_instrument_is_asked_inside_the_desk_and_raises_the_level_with_one_click(desk: Page) -> None:
    box_of(desk).fill("lo que iba a decirte")
    ask_c_ssrs(desk)
    expect(level_of(desk)).to_contain_text("alto: ideación con plan, sin medios a mano")
    assert faults(desk) == []
    level_of(desk).get_by_role("button", name="Subir a nivel B").click()
    expect(desk.locator(".talk:visible .badge")).to_contain_text("muy urgente")
    expect(level_of(desk).get_by_role("button", name=re.compile("Subir"))).to_have_count(0)
    expect(box_of(desk)).to_have_value("lo que iba a decirte")


def test_an_empty_form_is_told_in_place_and_can_be_left(desk: Page) -> None:
    level_of(desk).get_by_role("link", name="PHQ-4").click()
    level_of(desk).get_by_role("button", name="Ver el resultado").click()
    expect(level_of(desk).get_by_role("alert")).to_have_text("Marca al menos una respuesta del formulario.")
    level_of(desk).get_by_role("link", name="Dejarlo").click()
    expect(level_of(desk).get_by_text("Cambiar el nivel").first).to_be_visible()


def test_the_level_is_changed_with_a_reason(desk: Page) -> None:
    level_of(desk).get_by_text("Cambiar el nivel").first.click()
    level_of(desk).locator("select[name=level]").select_option("A")
    level_of(desk).locator("select[name=reason]").select_option("por lo que contó")
    level_of(desk).get_by_role("button", name="Cambiar el nivel").click()
    expect(desk.locator(".talk:visible .badge")).to_contain_text("emergencia")
    expect(desk.locator(".place .badge")).to_contain_text("emergencia")


def test_silence_ends_with_one_touch_and_leaves_the_list(desk: Page) -> None:
    desk.get_by_role("button", name="Terminar", exact=True).click()
    expect(desk.get_by_role("button", name="Seguir conversando")).to_be_focused()
    assert faults(desk) == []
    desk.get_by_role("button", name="Silencio").click()
    expect(desk.locator(".place")).to_have_count(0)
    expect(desk.get_by_text("salió de tu lista, sin nota")).to_be_visible()
    desk.reload()
    expect(desk.locator("[data-presence-state]")).not_to_have_text("Conectando…")
    desk.wait_for_timeout(500)  # what is owed is asked for by a request of its own
    expect(desk.locator(".place")).to_have_count(0)


def test_a_slip_of_the_keyboard_ends_nothing(desk: Page) -> None:
    desk.get_by_role("button", name="Terminar", exact=True).focus()
    for _press in range(5):
        desk.keyboard.press("Enter")
        desk.keyboard.press("Space")
    desk.wait_for_timeout(300)
    expect(desk.locator(".talk:visible .talk__state")).to_have_text("Conversan")


def test_after_an_insult_a_pause_is_offered(desk: Page) -> None:
    desk.get_by_role("button", name="Terminar", exact=True).click()
    desk.get_by_role("button", name="Insulto").click()
    expect(desk.get_by_text("no fue culpa tuya")).to_be_visible()
    desk.get_by_role("button", name="Tomar una pausa").click()
    expect(desk.locator("[data-presence-state]")).to_have_text("En pausa")


def marked_long_ago(line: RunningLine, pair: Pair) -> None:
    """Let a conversation have been at level B for a quarter of an hour."""
    query = "UPDATE triage_contact SET urgency = 'B', assigned_at = ? WHERE id = ?"
    change(line, query, ago(900), pair.contact.replace("-", ""))


def test_the_reminder_is_quiet_and_goes_with_one_touch(open_page: Any, line: RunningLine, pair: Pair) -> None:
    marked_long_ago(line, pair)
    desk = at_desk(open_page, line, pair)
    reminder = desk.get_by_text("¿Ya preguntaste directamente por el suicidio?")
    expect(reminder).to_be_visible()
    assert faults(desk) == []
    desk.get_by_role("button", name="Ya pregunté").click()
    expect(reminder).to_be_hidden()
    expect(box_of(desk)).to_be_focused()
    desk.reload()
    expect(log_of(desk)).to_be_visible()
    desk.wait_for_timeout(500)
    expect(desk.get_by_text("¿Ya preguntaste directamente por el suicidio?")).to_be_hidden()


def test_all_of_it_fits_a_phone(open_page: Any, line: RunningLine, pair: Pair) -> None:
    marked_long_ago(line, pair)
    desk = at_desk(open_page, line, pair, **PHONE)
    expect(desk.get_by_text("¿Ya preguntaste directamente por el suicidio?")).to_be_visible()
    desk.get_by_role("button", name="Terminar", exact=True).click()
    assert overflow(desk) <= 0
    desk.get_by_role("button", name="Seguir conversando").click()
    desk.get_by_role("button", name="Persona y nota").click()
    ask_c_ssrs(desk)
    expect(level_of(desk)).to_contain_text("alto: ideación con plan")
    assert overflow(desk) <= 0
    assert faults(desk) == []


def test_a_care_plan_stands_beside_the_conversation(desk: Page) -> None:
    note_of(desk).get_by_label("De qué se conversó").fill("Viene cada noche.")
    note_of(desk).get_by_role("button", name="Guardar la nota").click()
    expect(note_of(desk).get_by_role("status")).to_have_text("Nota guardada: versión 1")
    desk.goto("/casos/")
    desk.get_by_role("row").nth(1).get_by_role("link").click()
    desk.get_by_role("link", name="Escribir un plan").click()
    desk.get_by_label("Qué ayuda").fill("Respirar juntos")
    desk.get_by_role("button", name="Guardar el plan").click()
    expect(desk.get_by_text("Plan guardado: versión 1.")).to_be_visible()
    assert faults(desk) == []
    desk.goto("/escritorio/")
    expect(desk.locator(".side:visible")).to_contain_text("Respirar juntos")


def test_what_was_fetched_before_the_answer_does_not_bring_the_reminder_back(
    open_page: Any, line: RunningLine, pair: Pair
) -> None:
    marked_long_ago(line, pair)
    desk = at_desk(open_page, line, pair)
    reminder = desk.get_by_text("¿Ya preguntaste directamente por el suicidio?")
    expect(reminder).to_be_visible()
    with Late(desk, "**/escritorio/persona/**") as late:
        level_of(desk).get_by_text("Cambiar el nivel").first.click()
        level_of(desk).locator("select[name=level]").select_option("A")
        level_of(desk).locator("select[name=reason]").select_option("por lo que contó")
        level_of(desk).get_by_role("button", name="Cambiar el nivel").click()
        expect(desk.locator(".talk:visible .badge")).to_contain_text("emergencia")
        late.wait_for(1)
        with desk.expect_response("**/escritorio/pregunta/"):
            desk.get_by_role("button", name="Ya pregunté").click()
    desk.wait_for_timeout(500)
    expect(reminder).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_place_of_the_directory_goes_into_the_message_and_is_sent_by_the_volunteer_alone(
    open_page: Any, line: RunningLine, pair: Pair, width: int
) -> None:
    desk = at_desk(open_page, line, pair, viewport={"width": width, "height": 800})
    box_of(desk).fill("Mira este lugar:")
    if width == PHONE["viewport"]["width"]:
        desk.get_by_role("button", name="Persona").click()
    places = desk.locator(".side:not([hidden]) [data-places]")
    places.get_by_text("Buscar un lugar para la persona").click()
    places.get_by_label("Departamento").select_option("Cusco")
    places.get_by_label("¿Qué necesita?").select_option("Atención de psicología o psiquiatría")
    places.get_by_label("Costo").select_option("Gratis con seguro (SIS u otro)")
    places.get_by_role("button", name="Buscar").click()
    found = places.get_by_role("listitem").filter(has_text="Urubamba")
    expect(found).to_contain_text("Gratis con SIS")
    expect(places.get_by_role("heading", name="Lugares para la persona")).to_be_focused()
    assert faults(desk) == []
    assert overflow(desk) == 0
    found.get_by_role("button", name="Poner en mi mensaje").click()

    expect(box_of(desk)).to_be_focused()
    expect(box_of(desk)).to_have_value(
        re.compile(r"^Mira este lugar:\n\nCentro de Salud Mental Comunitario Urubamba\n")
    )
    expect(log_of(desk)).not_to_contain_text("Urubamba")
    box_of(desk).press("Enter")
    expect(log_of(desk)).to_contain_text("Urubamba")
