"""Nothing a caller writes gets lost, doubled or hidden: not by a dead line, a cut in one direction, or a refusal."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.callers import NOTHING_KEPT, delivered, kept, said, talking, write
from tests.browser.voice import DeskVoice, desk_of
from tests.running_line import LightLine, Pair, RunningLine, own_databases


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own, which may be killed."""
    with LightLine(tmp_path_factory.mktemp("words"), **own_databases()) as running:
        yield running


@pytest.fixture(scope="module")
def pairs(line: RunningLine) -> Iterator[Pair]:
    """Return conversations under way, made in one go."""
    return iter(line.pairs(12))


@pytest.fixture
def pair(pairs: Iterator[Pair]) -> Pair:
    """Return a fresh one of them."""
    return next(pairs)


@pytest.fixture
def volunteer(line: RunningLine, pair: Pair) -> Iterator[DeskVoice]:
    """Return the volunteer of that conversation."""
    with desk_of(line, pair.volunteer) as voice:
        voice.hear("state")
        yield voice


def own_words(page: Page) -> list[str]:
    return page.locator("#log .message--caller .message__text").all_inner_texts()


def test_words_written_while_the_line_is_dead_wait_in_the_list_and_arrive_once(
    open_page: Any, line: RunningLine, pair: Pair
) -> None:
    page = talking(open_page, line, pair)
    write(page, "uno")
    delivered(page, "uno")
    line.kill()
    write(page, "dos")
    write(page, "tres")
    waiting = page.locator("#log .is-pending")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("Enviando…")
    expect(page.get_by_text("Se fue la señal")).to_be_visible()
    expect(page.get_by_role("button", name="Reintentar").first).to_be_visible(timeout=14_000)
    assert page.url.endswith("/hablar/")

    line.start()
    page.get_by_role("button", name="Reintentar").first.click()
    expect(waiting).to_have_count(0, timeout=30_000)
    expect(page.get_by_text("Se fue la señal")).to_be_hidden()
    assert own_words(page) == ["uno", "dos", "tres"]
    page.reload()
    delivered(page, "tres")
    assert own_words(page) == ["uno", "dos", "tres"]


def test_a_page_says_within_seconds_that_the_network_is_gone_and_takes_it_back(
    open_page: Any, line: RunningLine, pair: Pair
) -> None:
    page = talking(open_page, line, pair)
    page.context.set_offline(True)
    expect(page.get_by_text("Se fue la señal")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Se fue la señal")).to_be_hidden()


class Cut:
    """A line that can be cut in one direction; it looks open all the while."""

    def __init__(self, page: Page) -> None:
        self.up = self.down = True
        page.context.route_web_socket(re.compile(r"/ws/"), self._carry)

    def _carry(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda message: server.send(message) if self.up else None)
        server.on_message(lambda message: route.send(message) if self.down else None)


@pytest.mark.parametrize("direction", ["up", pytest.param("down", marks=pytest.mark.long)])
def test_a_cut_in_one_direction_is_noticed_and_healed(
    open_page: Any, line: RunningLine, pair: Pair, direction: str
) -> None:
    page = open_page("/campana/hablar-ayuda/")
    cut = Cut(page)
    name, value = pair.caller.split("=", 1)
    page.context.add_cookies([{"name": name, "value": value, "url": line.url}])
    page.goto("/hablar/")
    write(page, "uno")
    delivered(page, "uno")
    setattr(cut, direction, False)
    write(page, "dos")
    expect(page.locator("#log .is-pending")).to_have_count(1)
    page.evaluate("dispatchEvent(new Event('online'))")  # asks at once instead of at the next heartbeat
    expect(page.locator("#log .is-late")).to_have_count(1, timeout=14_000)
    setattr(cut, direction, True)

    expect(page.locator("#log .is-pending")).to_have_count(0, timeout=30_000)
    assert own_words(page) == ["uno", "dos"]


def test_words_that_are_too_long_stay_in_the_box_with_the_reason(open_page: Any, line: RunningLine, pair: Pair) -> None:
    page = talking(open_page, line, pair)
    long = "ay " * 1500
    write(page, long)

    expect(page.get_by_role("alert")).to_contain_text("Divídelo en dos")
    expect(page.get_by_label("Tu mensaje")).to_have_value(long)
    page.get_by_label("Tu mensaje").fill("ay")
    page.keyboard.press("Enter")
    delivered(page, "ay")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_words_that_the_line_refuses_can_go_back_into_the_box(open_page: Any, line: RunningLine, pair: Pair) -> None:
    page = talking(open_page, line, pair)
    write(page, "una campana: \u0007")
    expect(page.get_by_role("alert")).to_contain_text("un signo que no podemos guardar")
    page.get_by_label("Tu mensaje").fill("y algo más")
    page.get_by_role("button", name="Volver a ponerlo en la caja").click()

    assert page.get_by_label("Tu mensaje").input_value() == "y algo más\nuna campana: \u0007"
    assert own_words(page) == []


def test_what_is_said_after_the_end_stays_with_its_writer(
    open_page: Any, line: RunningLine, pair: Pair, volunteer: DeskVoice
) -> None:
    page = talking(open_page, line, pair)
    page.get_by_label("Tu mensaje").fill("todavía quería decir")
    volunteer.send("leave", contact=pair.contact)
    expect(page.locator("#state")).to_contain_text("La conversación terminó")
    page.get_by_role("button", name="Enviar").click()

    expect(page.get_by_role("alert")).to_contain_text("ya terminó")
    expect(page.get_by_label("Tu mensaje")).to_have_value("todavía quería decir")
    page.get_by_role("link", name="Seguir").click()
    expect(page.get_by_role("button", name="Conversar otra vez")).to_be_visible()


def test_who_reads_further_up_is_not_moved_and_is_told_what_is_new(
    open_page: Any, line: RunningLine, pair: Pair, volunteer: DeskVoice
) -> None:
    page = talking(open_page, line, pair)
    for number in range(12):
        volunteer.say(pair.contact, f"palabra {number}\n\n")
    page.locator("#log li", has_text="palabra 11").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    volunteer.say(pair.contact, "y ahora esto")
    volunteer.say(pair.contact, "y esto otro")

    expect(page.get_by_role("button", name="↓ 2 mensajes nuevos")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="↓ 2 mensajes nuevos").click()
    expect(page.locator("#log li").last).to_be_in_viewport()
    expect(page.locator("#news")).to_be_hidden()
    volunteer.say(pair.contact, "quien está al final sigue al final")
    expect(page.locator("#log li").last).to_be_in_viewport(ratio=0.9)
    expect(page.locator("#log li").last).to_contain_text("sigue al final")


def test_a_hidden_page_counts_in_a_title_that_says_nothing(
    open_page: Any, line: RunningLine, pair: Pair, volunteer: DeskVoice
) -> None:
    page = talking(open_page, line, pair)
    assert page.title() == "Conversación"
    show = "state => { Object.defineProperty(document, 'visibilityState', {value: state, configurable: true}); "
    show += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(show, "hidden")
    volunteer.say(pair.contact, "¿sigues ahí?")
    volunteer.say(pair.contact, "tómate tu tiempo")
    page.locator("#log li", has_text="tómate tu tiempo").wait_for()
    assert page.title() == "(2) Conversación"

    page.evaluate(show, "visible")
    assert page.title() == "Conversación"


def test_the_volunteer_learns_what_was_read_and_the_caller_never_does(
    open_page: Any, line: RunningLine, pair: Pair, volunteer: DeskVoice
) -> None:
    page = talking(open_page, line, pair)
    write(page, "hola")
    heard = volunteer.hear("said", by="caller")
    volunteer.send("seen", contact=pair.contact, seq=heard["seq"])
    volunteer.say(pair.contact, "hola, ¿cómo estás?")

    assert volunteer.hear("seen", contact=pair.contact)["by"] == "caller"
    assert "leído" not in page.locator("#main").inner_text().lower()
    assert "visto" not in page.locator("#main").inner_text().lower()


def test_nothing_written_is_kept_by_the_browser(open_page: Any, line: RunningLine, pair: Pair) -> None:
    page = talking(open_page, line, pair)
    write(page, "dicho")
    delivered(page, "dicho")
    page.get_by_label("Tu mensaje").fill("sin enviar")

    assert kept(page) == NOTHING_KEPT
    page.reload()
    delivered(page, "dicho")
    expect(page.get_by_label("Tu mensaje")).to_have_value("")


def test_a_long_conversation_is_whole_after_a_reload(
    open_page: Any, line: RunningLine, pair: Pair, volunteer: DeskVoice
) -> None:
    for number in range(130):
        volunteer.say(pair.contact, f"palabra {number}")
    page = talking(open_page, line, pair)
    page.locator("#log li", has_text="palabra 0").first.wait_for()
    page.locator("#log li", has_text="palabra 129").wait_for()

    words = [text for text in said(page) if text.startswith("palabra")]
    assert words == [f"palabra {number}" for number in range(130)]


def test_the_words_for_a_wait_are_the_same_with_and_without_script() -> None:
    ranges = re.findall(r"wait < (\d+)", Path("templates/chat/_wait.html").read_text(encoding="utf-8"))
    brought = re.findall(r'data-from="(\d+)"', Path("templates/chat/_pieces.html").read_text(encoding="utf-8"))

    assert brought == ["0", *ranges]


# Pages before and beside the conversation ---------------------------------------------------------------------------


def test_what_is_written_before_the_conversation_outlives_a_lost_signal_and_goes_on_by_itself(open_page: Any) -> None:
    page: Page = open_page("/hablar/")
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_label("¿Qué te trae hoy?").fill("me grita y tengo miedo")
    page.context.set_offline(True)
    page.get_by_role("button", name="Seguir").click()
    said_so = page.get_by_role("alert")
    expect(said_so).to_contain_text("Se fue la señal")
    expect(page.get_by_label("¿Qué te trae hoy?")).to_have_value("me grita y tengo miedo")

    page.context.set_offline(False)
    delivered(page, "me grita y tengo miedo")
    assert kept(page) == NOTHING_KEPT


def test_the_danger_door_without_a_signal_leaves_the_numbers_on_the_screen(open_page: Any) -> None:
    page: Page = open_page("/hablar/")
    page.context.set_offline(True)
    page.get_by_role("button", name="Estoy en peligro ahora").click()
    expect(page.get_by_role("alert").get_by_role("link").first).to_have_attribute("href", "tel:113")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Si tu vida corre peligro")).to_be_visible(timeout=10_000)
    page.goto("/")  # first: a room that nobody is let into any more loads itself anew
    page.context.clear_cookies()
    page.goto("/")
    page.context.set_offline(True)
    page.get_by_role("button", name="Estoy en peligro ahora").click()
    expect(page.get_by_role("alert")).to_contain_text("Para llamar no hace falta internet")
    expect(page.locator("#numeros")).to_be_visible()

    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Si tu vida corre peligro")).to_be_visible(timeout=10_000)


def test_another_language_keeps_its_address_and_what_was_written(open_page: Any) -> None:
    page: Page = open_page("/hablar/")
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_label("¿Qué te trae hoy?").fill("me siento sola")
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/en/hablar/")

    expect(page.get_by_label("What brings you here today?")).to_have_value("me siento sola")


def test_a_plan_being_typed_is_kept_by_the_line_and_outlives_a_lost_signal(
    open_page: Any, line: RunningLine, pair: Pair
) -> None:
    page = talking(open_page, line, pair)
    page.goto("/hablar/acordado/")
    page.get_by_label("Cómo me doy cuenta").fill("cuando no duermo")
    expect(page.get_by_text("Quedó como borrador")).to_be_visible()
    page.goto("/hablar/")
    page.goto("/hablar/acordado/")
    expect(page.get_by_label("Cómo me doy cuenta")).to_have_value("cuando no duermo")
    expect(page.get_by_text("Esto empezaste a escribir")).to_be_visible()

    page.context.set_offline(True)
    page.get_by_label("Algo por lo que quiero seguir").fill("mi hija")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_text("Se fue la señal. Lo que escribes sigue aquí")).to_be_visible()
    expect(page.get_by_label("Algo por lo que quiero seguir")).to_have_value("mi hija")
    page.context.set_offline(False)
    expect(page.get_by_text("Quedó guardado.")).to_be_visible(timeout=10_000)
    expect(page.locator(".agreed")).to_contain_text("mi hija")
    expect(page.locator(".agreed")).to_contain_text("cuando no duermo")
    assert kept(page) == NOTHING_KEPT
