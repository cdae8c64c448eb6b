"""A caller's whole way at 360 px: to a volunteer, heard, and out; with and without script, and past a filter."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Page, Playwright, WebSocketRoute, expect

from tests.browser.callers import NOTHING_KEPT, Watch, delivered, kept, said, staff, token_of, write
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.voice import DeskVoice, desk_of
from tests.running_line import LightLine, RunningLine, own_databases

FIRST = "No sé por dónde empezar.\nHoy fue un día largo."
FINGER = 44  # px that a thumb finds
CALL_NOW = ["tel:113", "tel:106", "tel:100", "tel:105", "tel:116"]
ANSWER = "Hola, aquí estoy. Cuéntame lo que quieras."


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own: who waits here waits for Rosa alone."""
    with LightLine(tmp_path_factory.mktemp("journey"), **own_databases()) as running:
        yield running


@pytest.fixture
def caller(open_page: Any) -> Iterator[Any]:
    """Return what opens a caller's page; whoever still waits after the test leaves the queue."""
    pages: list[Page] = []

    def opened(path: str, **options: Any) -> Page:
        pages.append(open_page(path, **options))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.request.get("/hablar/salir/", max_redirects=0)


@pytest.fixture
def at_desk(playwright: Playwright, line: RunningLine) -> Iterator[tuple[APIRequestContext, DeskVoice]]:
    """Return Rosa, signed in and at her socket; whatever she carries is ended afterwards."""
    requests, cookie = staff(playwright, line, "rosa@demo.pe")
    with desk_of(line, cookie) as rosa:
        rosa.hear("presence")
        yield requests, rosa
        for contact in {frame["contact"] for frame in rosa.heard if frame.get("state") == "talking"}:
            rosa.send("leave", contact=contact)
        rosa.send("away")
        rosa.hear("presence", state="away")
    requests.dispose()


def ready(rosa: DeskVoice) -> str:
    """Have Rosa take whoever waits; return the contact."""
    rosa.send("ready")
    offer = rosa.hear("offer")
    rosa.send("accept", offer=offer["offer"])
    contact: str = rosa.hear("state", state="talking")["contact"]
    rosa.send("look", contact=contact, after=0)
    return contact


def as_far_as_waiting(page: Page) -> None:
    """Go from the front page to the queue with nothing but taps."""
    page.get_by_role("link", name="Conversar ahora").first.click()
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_label("Más o menos bien").check()
    page.get_by_label("De 18 a 29").check()
    page.get_by_role("button", name="Seguir").click()
    expect(page.locator("#state")).to_contain_text("Eres la siguiente persona")


def test_a_caller_is_heard_and_says_good_bye(
    caller: Any, line: RunningLine, at_desk: tuple[APIRequestContext, DeskVoice]
) -> None:
    _requests, rosa = at_desk
    page = caller("/")
    watch = Watch(page, line)
    as_far_as_waiting(page)
    write(page, FIRST)
    delivered(page, "Hoy fue un día largo")
    expect(page.get_by_text("no hay nadie del equipo libre")).to_be_visible()
    page.set_viewport_size(DESKTOP)  # where it has one line
    link = page.get_by_role("link", name="Ver los números que sí atienden ahora").bounding_box()
    assert link
    assert link["height"] >= FINGER
    page.set_viewport_size(PHONE)
    contact = ready(rosa)
    assert rosa.hear("said", by="caller")["text"] == FIRST

    expect(page.locator("#state")).to_contain_text("Conversas con Rosa")
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.get_by_text("no hay nadie del equipo libre")).to_have_count(0)
    rosa.send("typing", contact=contact)
    expect(page.get_by_text("Rosa está escribiendo…")).to_be_visible()
    rosa.say(contact, ANSWER)
    expect(page.locator("#log").get_by_text(ANSWER)).to_be_visible()
    expect(page.get_by_text("Rosa está escribiendo…")).to_be_hidden()
    assert page.locator("#log .message__by").last.inner_text() == "Rosa"
    write(page, "gracias")
    assert rosa.hear("said", by="caller")["text"] == "gracias"

    page.get_by_text("Terminar la conversación").click()
    page.get_by_role("button", name="Sí, terminar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias por confiar en nosotros")
    page.get_by_role("button", name="Regular").click()
    expect(page.get_by_text("Gracias por decirlo.")).to_be_visible()
    page.get_by_role("button", name="Conversar otra vez").click()
    expect(page.get_by_role("button", name="Acepto y quiero conversar")).to_be_visible()
    assert watch.problems == []
    assert kept(page) == NOTHING_KEPT


def test_the_same_way_works_without_script(caller: Any, at_desk: tuple[APIRequestContext, DeskVoice]) -> None:
    _requests, rosa = at_desk
    page = caller("/", java_script_enabled=False)
    as_far_as_waiting(page)
    write(page, FIRST)
    thread = page.frame_locator("iframe")
    expect(thread.locator(".message__text")).to_have_text(FIRST)
    contact = ready(rosa)
    assert rosa.hear("said", by="caller")["text"] == FIRST

    rosa.say(contact, ANSWER)
    expect(thread.get_by_text(ANSWER)).to_be_visible(timeout=8000)
    expect(thread.locator(".state")).to_contain_text("Conversas con Rosa")
    write(page, "gracias")
    expect(thread.get_by_text("gracias", exact=True)).to_be_in_viewport()
    expect(page.get_by_text("Eres la siguiente persona")).to_be_hidden()  # no other word on where one stands grows old
    assert rosa.hear("said", by="caller")["text"] == "gracias"
    expect(page.get_by_label("Tu mensaje")).to_have_value("")
    page.get_by_text("Borrar lo que escribí").click()
    page.get_by_role("button", name="Sí, borrar todo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("quedaron bloqueadas")
    page.get_by_role("button", name="Conversar otra vez").click()
    expect(page.get_by_role("button", name="Acepto y quiero conversar")).to_be_visible()


def test_an_empty_message_without_script_comes_back_with_a_word_and_not_with_an_error(caller: Any) -> None:
    page = caller("/", java_script_enabled=False)
    as_far_as_waiting(page)
    page.get_by_role("button", name="Enviar").click()

    expect(page.get_by_role("alert")).to_contain_text("Todavía no escribiste nada")
    expect(page.get_by_label("Tu mensaje")).to_be_visible()


def test_where_sockets_are_blocked_the_same_forms_carry_the_conversation(
    caller: Any, at_desk: tuple[APIRequestContext, DeskVoice]
) -> None:
    _requests, rosa = at_desk
    page = caller("/")

    def refuse(route: WebSocketRoute) -> None:
        route.close(code=1001)

    page.context.route_web_socket(re.compile(r"/ws/"), refuse)
    as_far_as_waiting(page)
    write(page, FIRST)
    delivered(page, "Hoy fue un día largo")
    contact = ready(rosa)
    assert rosa.hear("said", by="caller")["text"] == FIRST
    rosa.say(contact, ANSWER)
    expect(page.locator("#log").get_by_text(ANSWER)).to_be_visible()
    expect(page.locator("#state")).to_contain_text("Conversas con Rosa")
    write(page, "¿me lees?")
    delivered(page, "¿me lees?")

    assert [text for text in said(page) if text in {FIRST, ANSWER, "¿me lees?"}] == [FIRST, ANSWER, "¿me lees?"]


def ask_for_consent(requests: APIRequestContext, line: RunningLine, contact: str) -> None:
    """Do what the desk's button does."""
    token = token_of(requests, "/escritorio/")
    answer = requests.post(
        "/escritorio/acuerdo/", form={"contact": contact}, headers={"Origin": line.url, "X-CSRFToken": token}
    )
    assert answer.ok, answer.status


@pytest.mark.parametrize(
    ("choice", "answer"), [("Sí, acepto", "Diste tu acuerdo"), ("No acepto", "Dijiste que no al acuerdo")]
)
def test_the_danger_door_skips_everything_and_the_consent_is_asked_without_a_reload(
    caller: Any, line: RunningLine, at_desk: tuple[APIRequestContext, DeskVoice], choice: str, answer: str
) -> None:
    requests, rosa = at_desk
    page = caller("/")
    page.get_by_role("button", name="Estoy en peligro ahora").click()
    expect(page.locator("#log")).to_contain_text("llama al 106")
    urgent = page.get_by_role("region", name="Si tu vida corre peligro, llama ahora")
    assert [link.get_attribute("href") for link in urgent.get_by_role("link").all()] == CALL_NOW
    expect(urgent).to_be_in_viewport()
    contact = ready(rosa)
    expect(page.locator("#state")).to_contain_text("Conversas con Rosa")
    page.get_by_label("Tu mensaje").fill("lo que estoy escribiendo")

    ask_for_consent(requests, line, contact)
    asked = page.get_by_role("region", name="Antes de seguir, necesitamos tu acuerdo")
    expect(asked.get_by_role("button", name="No acepto")).to_be_visible()
    expect(page.get_by_label("Tu mensaje")).to_have_value("lo que estoy escribiendo")
    asked.get_by_role("button", name=choice, exact=True).click()

    expect(page.locator("#log")).to_contain_text(answer)
    expect(asked).to_be_hidden()
    expect(page.locator("#log").get_by_text(answer)).to_be_in_viewport()
    expect(page.get_by_text("Poder volver a esta conversación")).to_have_count(int(choice == "Sí, acepto"))
    expect(page.get_by_label("Tu mensaje")).to_have_value("lo que estoy escribiendo")
    expect(page.locator("#numeros")).to_contain_text("113")


def test_who_feels_worse_while_waiting_sees_the_numbers_and_keeps_what_they_write(caller: Any) -> None:
    page = caller("/")
    as_far_as_waiting(page)
    page.get_by_role("button", name="Sonido suave").wait_for()  # the script is there
    page.get_by_label("Tu mensaje").fill("lo que estoy escribiendo")
    page.get_by_role("button", name="Me siento peor").click()

    urgent = page.get_by_role("region", name="Si tu vida corre peligro, llama ahora")
    expect(urgent).to_be_in_viewport()
    assert [link.get_attribute("href") for link in urgent.get_by_role("link").all()] == CALL_NOW
    expect(page.locator("#log")).to_contain_text("llama al 106")
    expect(page.get_by_role("button", name="Me siento peor")).to_be_hidden()
    expect(page.get_by_label("Tu mensaje")).to_have_value("lo que estoy escribiendo")


def test_still_here_is_answered_in_words(caller: Any) -> None:
    page = caller("/")
    as_far_as_waiting(page)
    page.get_by_role("button", name="Sonido suave").wait_for()  # the script is there
    page.get_by_role("button", name="Sigo aquí").click()

    expect(page.get_by_text("Tu lugar sigue guardado")).to_be_visible()


def test_a_form_with_a_mistake_comes_back_with_everything_that_was_given(caller: Any) -> None:
    page = caller("/hablar/")
    page.get_by_label("Puedo volver otro día").check()
    page.get_by_label("¿Cuántos años tienes?").select_option("De 18 a 29")
    page.locator("option[value='14_17']").evaluate("option => { option.value = 'invented'; option.selected = true; }")
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    expect(page.get_by_role("alert")).to_contain_text("Elige una de las edades")
    expect(page.get_by_label("Puedo volver otro día")).to_be_checked()
    expect(page.get_by_label("Pueden usar frases mías")).not_to_be_checked()

    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_label("A veces").check()
    page.get_by_label("De 30 a 59").check()
    words = page.get_by_label("¿Qué te trae hoy?")
    words.evaluate("box => box.removeAttribute('maxlength')")
    words.fill("una pena " * 80)
    page.get_by_role("button", name="Seguir").click()
    expect(page.get_by_role("alert")).to_contain_text("no llegó completa")
    expect(page.get_by_label("A veces")).to_be_checked()
    expect(page.get_by_label("De 30 a 59")).to_be_checked()
    expect(words).to_have_value("una pena " * 80)


def tab_to(page: Page, what: str, wanted: str) -> None:
    """Press Tab until the focused element says ``wanted`` about itself."""
    for _press in range(25):
        page.keyboard.press("Tab")
        if page.evaluate(f"String(document.activeElement.{what}).trim()") == wanted:
            return
    message = f"Tab never came to {wanted}"
    raise AssertionError(message)


def test_the_way_to_a_person_needs_nothing_but_a_keyboard(caller: Any) -> None:
    page = caller("/")
    tab_to(page, "textContent", "Conversar ahora")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Acepto y quiero conversar").wait_for()
    tab_to(page, "value", "agree")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Saltar las preguntas").wait_for()
    tab_to(page, "value", "skip")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sonido suave").wait_for()  # the script is there
    tab_to(page, "id", "text")
    page.keyboard.type("hola")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("otra línea")
    page.keyboard.press("Enter")

    delivered(page, "otra línea")
    assert said(page)[-1] == "hola\notra línea"
    expect(page.get_by_label("Tu mensaje")).to_be_focused()
    expect(page.get_by_label("Tu mensaje")).to_have_value("")
