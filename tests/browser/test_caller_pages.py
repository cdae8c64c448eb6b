"""Every page a caller sees: readable by everybody, light, alone with its reader, the same things in the same place."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import BEST, broken
from tests.browser.callers import NOTHING_KEPT, Watch, kept, sit_down, write
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.voice import desk_of
from tests.running_line import Pair, RunningLine

FRONT_WEIGHS, TEXT_WEIGHS, CONVERSATION_WEIGHS = 14_000, 14_000, 30_000  # bytes, headers and all
NARROW = {"width": 320, "height": 640}

#: What a finger must hit: at least 44 px, except a link inside a sentence.
SMALL_TARGETS = """() => Array.from(document.querySelectorAll("a, button, input, select, textarea, summary"))
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.type !== "hidden")
  .filter((one) => !one.closest("p, li, .prose") || one.matches(".button, .line__number"))
  .map((one) => one.closest("label") || one)
  .filter((one) => one.offsetHeight < 44 && !one.matches(".skip, .unseen"))
  .map((one) => `${one.outerHTML.slice(0, 60)} is ${one.offsetHeight} high`)"""
SIDEWAYS = "() => Math.max(0, document.scrollingElement.scrollWidth - innerWidth)"


@pytest.fixture(scope="module")
def pairs(line: RunningLine) -> Iterator[Pair]:
    """Return conversations under way, made in one go."""
    return iter(line.pairs(8))


def open_path(path: str) -> Callable[[Page], None]:
    """Return the step that opens an address."""

    def step(page: Page) -> None:
        page.goto(path)

    return step


def tap(name: str, heading: str) -> Callable[[Page], None]:
    """Return the step that taps a button and waits for the page it leads to."""

    def step(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        page.get_by_role("heading", level=1, name=heading).wait_for()

    return step


def say_something(page: Page) -> None:
    page.get_by_role("button", name="Sonido suave").wait_for()
    write(page, "hola")
    page.locator("#log li[data-seq]", has_text="hola").wait_for()


def open_all(page: Page) -> None:
    """Open whatever can be opened."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def lose_the_session(page: Page) -> None:
    page.goto("/hablar/")
    page.context.clear_cookies()
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_text("La página estuvo abierta mucho tiempo").wait_for()


#: The whole tour: a name for each page, and the step that leads to it from the one before.
TOUR: list[tuple[str, Callable[[Page], None]]] = [
    ("front", open_path("/")),
    ("how we help", open_path("/campana/como-ayudamos/")),
    ("speaking helps", open_path("/campana/hablar-ayuda/")),
    ("danger", open_path("/campana/en-peligro/")),
    ("your words", open_path("/campana/tus-palabras/")),
    ("all pages", open_path("/campana/")),
    ("dates", open_path("/campana/fechas/")),
    ("who we are", open_path("/campana/quienes-somos/")),
    ("a text in English", open_path("/en/campana/como-acompanar/")),
    ("press", open_path("/campana/prensa/")),
    ("figures", open_path("/campana/cifras/")),
    ("dictionary of figures", open_path("/campana/cifras/diccionario/")),
    ("places", open_path("/recursos/")),
    ("nothing here", open_path("/no-hay/")),
    ("old page", lose_the_session),
    ("consent", open_path("/hablar/")),
    ("consent, all open", open_all),
    ("questions", tap("Acepto y quiero conversar", "Unas preguntas cortas")),
    ("waiting", tap("Saltar las preguntas", "Conversación")),
    ("waiting, first words", say_something),
    ("waiting, all open", open_all),
    ("farewell", tap("Sí, terminar", "Gracias por confiar")),
    ("plan", open_path("/hablar/acordado/")),
    ("traces", open_path("/huellas/")),
    ("receipt", open_path("/hablar/constancia/")),
    ("conversation alone", open_path("/hablar/hilo/")),
]


@dataclasses.dataclass(frozen=True)
class Look:
    """A way of looking at the pages."""

    name: str
    options: dict[str, Any]
    script: str = ""

    def __str__(self) -> str:
        """Return the name, for the test's own."""
        return self.name


LOOKS = [
    Look("night-phone", {"viewport": PHONE, "color_scheme": "dark"}),
    Look("day-desktop", {"viewport": DESKTOP, "color_scheme": "light"}),
]
MORE_LOOKS = [
    Look("day-phone", {"viewport": PHONE, "color_scheme": "light"}),
    Look("night-desktop", {"viewport": DESKTOP, "color_scheme": "dark"}),
    Look("narrow", {"viewport": NARROW, "color_scheme": "dark"}),
    Look(
        "large-text",
        {"viewport": PHONE, "color_scheme": "light"},
        "document.documentElement.style.fontSize = '200%'",
    ),
    Look("high-contrast", {"viewport": PHONE, "color_scheme": "dark", "contrast": "more"}),
]


def faults_of(page: Page, watch: Watch) -> list[str]:
    """Return what is wrong with the page as it stands."""
    faults = [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in broken(page, BEST)]
    faults += page.evaluate(SMALL_TARGETS)
    faults += [f"{wide} px too wide" for wide in [page.evaluate(SIDEWAYS)] if wide]
    faults += [one for one in watch.problems if "404" not in one and "403" not in one]
    watch.problems.clear()
    return faults


def tour(page: Page, line: RunningLine, script: str) -> dict[str, list[str]]:
    """Look at every page; return what is wrong, by page."""
    watch = Watch(page, line)
    faults: dict[str, list[str]] = {}
    size = page.viewport_size
    assert size is not None
    for name, step in TOUR:
        step(page)
        page.wait_for_load_state("networkidle")
        if script:
            page.evaluate(script)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({**size, "height": max(size["height"], height)})  # the box to write in covers nothing
        faults[name] = faults_of(page, watch)
        page.set_viewport_size(size)
    return {name: found for name, found in faults.items() if found}


EVERY_LOOK = [*LOOKS, *(pytest.param(look, marks=pytest.mark.long) for look in MORE_LOOKS)]


@pytest.mark.parametrize("look", EVERY_LOOK, ids=str)
def test_every_page_can_be_used_by_everybody(open_page: Any, line: RunningLine, look: Look) -> None:
    page = open_page("/", **look.options)

    assert tour(page, line, look.script) == {}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_conversation_can_be_used_by_everybody_at_each_moment(
    open_page: Any, line: RunningLine, pairs: Iterator[Pair], look: Look
) -> None:
    pair = next(pairs)
    page = open_page("/campana/hablar-ayuda/", **look.options)
    watch = Watch(page, line)
    sit_down(page.context, line, pair.caller)
    page.goto("/hablar/")
    say_something(page)
    faults = {"talking": faults_of(page, watch)}
    with desk_of(line, pair.volunteer) as volunteer:
        volunteer.hear("state")
        volunteer.say(pair.contact, "Aquí estoy.\nTómate tu tiempo.")
        volunteer.send("typing", contact=pair.contact)
        page.locator("#typing").wait_for()
        faults["typing"] = faults_of(page, watch)
        write(page, "ay " * 2000)
        page.get_by_role("alert").wait_for()
        faults["refused"] = faults_of(page, watch)
        volunteer.send("leave", contact=pair.contact)
        page.get_by_role("link", name="Seguir").wait_for()
        faults["over"] = faults_of(page, watch)
    page.get_by_role("link", name="Seguir").click()
    page.get_by_text("Borrar lo que escribí").click()
    page.get_by_role("button", name="Sí, borrar todo").click()
    page.get_by_text("quedaron bloqueadas").wait_for()
    faults["withdrawn"] = faults_of(page, watch)

    assert {name: found for name, found in faults.items() if found} == {}


def weight_of(page: Page, path: str) -> dict[str, int]:
    """Return the bytes of everything a fresh visit fetches, headers and all, as this line really sends it."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
    addresses: dict[str, str] = {}
    bytes_of: dict[str, int] = {}
    protocol.on("Network.requestWillBeSent", lambda one: addresses.update({one["requestId"]: one["request"]["url"]}))
    protocol.on("Network.loadingFinished", lambda one: bytes_of.update({one["requestId"]: one["encodedDataLength"]}))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return {addresses.get(request, request): int(weighs) for request, weighs in bytes_of.items()}


def test_the_front_page_is_light(open_page: Any) -> None:
    weighs = weight_of(open_page("/healthz"), "/")

    assert len(weighs) >= 3
    assert sum(weighs.values()) <= FRONT_WEIGHS, weighs


@pytest.mark.parametrize("path", ["/campana/", "/campana/como-acompanar/", "/campana/prensa/", "/campana/cifras/"])
def test_a_page_to_read_is_light_and_asks_nobody_else(open_page: Any, line: RunningLine, path: str) -> None:
    weighs = weight_of(open_page("/healthz"), path)

    assert sum(weighs.values()) <= TEXT_WEIGHS, weighs
    assert [address for address in weighs if not address.startswith((line.url, "data:"))] == []


def test_the_conversation_is_light(open_page: Any, line: RunningLine, pairs: Iterator[Pair]) -> None:
    page = open_page("/healthz")
    sit_down(page.context, line, next(pairs).caller)
    weighs = weight_of(page, "/hablar/")
    page.locator("#state", has_text="Conversas con").wait_for()

    assert any("caller_room" in address for address in weighs)
    assert sum(weighs.values()) <= CONVERSATION_WEIGHS, weighs


def test_a_visit_keeps_one_cookie_for_the_session_and_nothing_else(open_page: Any) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Conversar ahora").click()
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    cookies = page.context.cookies()

    assert [(one["name"], one["expires"], one["httpOnly"], one["sameSite"]) for one in cookies] == [
        ("sid", -1, True, "Strict")
    ]
    assert kept(page) == NOTHING_KEPT


def test_titles_and_address_say_nothing(open_page: Any) -> None:
    page = open_page("/hablar/")
    seen = {(page.title(), page.url.rsplit("/", 2)[1])}
    for name in ("Acepto y quiero conversar", "Saltar las preguntas", "Sí, terminar"):
        open_all(page)
        page.get_by_role("button", name=name).click()
        page.wait_for_load_state()
        seen.add((page.title(), page.url.rsplit("/", 2)[1]))

    assert seen == {("Conversación", "hablar")}


def test_nothing_moves_for_who_wants_no_movement(open_page: Any) -> None:
    page = open_page("/hablar/", reduced_motion="reduce")
    for name in ("Acepto y quiero conversar", "Saltar las preguntas"):
        page.get_by_role("button", name=name).click()
    say_something(page)
    open_all(page)
    moving = page.evaluate("document.getAnimations().map((one) => one.animationName)")

    expect(page.get_by_text("Suéltalo despacio")).to_be_visible()
    assert moving == []


def test_the_circle_breathes_and_can_be_stopped(open_page: Any) -> None:
    page = open_page("/hablar/")
    for name in ("Acepto y quiero conversar", "Saltar las preguntas"):
        page.get_by_role("button", name=name).click()
    page.get_by_text("Respirar un momento").click()
    assert page.evaluate("document.getAnimations().map((one) => one.animationName)") == ["breath"]

    expect(page.get_by_text("sigue el círculo")).to_be_visible()
    page.get_by_text("Respirar un momento").click()
    expect(page.locator(".breath__circle")).to_be_hidden()

    page.emulate_media(reduced_motion="reduce")
    page.get_by_text("Respirar un momento").click()
    expect(page.get_by_text("Toma aire contando hasta 4")).to_be_visible()
    expect(page.get_by_text("sigue el círculo")).to_be_hidden()  # nothing moves that one could follow
    expect(page.locator(".breath__circle")).to_be_hidden()


def test_a_printed_receipt_is_the_receipt_alone(open_page: Any) -> None:
    page = open_page("/hablar/")
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.goto("/hablar/constancia/")
    page.emulate_media(media="print")

    expect(page.get_by_text("Texto versión")).to_be_visible()
    expect(page.get_by_role("link", name="Salir rápido")).to_be_hidden()
    expect(page.get_by_text("Guardar como texto")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_a_screen_reader_meets_the_conversation_in_its_order(
    open_page: Any, line: RunningLine, pairs: Iterator[Pair]
) -> None:
    page = open_page("/campana/hablar-ayuda/")
    sit_down(page.context, line, next(pairs).caller)
    page.goto("/hablar/")
    say_something(page)
    heard = page.locator("body").aria_snapshot()
    order = [
        'link "Ir al contenido"',
        'link "Salir rápido"',
        'link "Números que atienden ahora"',
        "status:",
        'log "Mensajes"',
        'textbox "Tu mensaje"',
        'button "Enviar"',
        'heading "Lo que puedes hacer"',
        'heading "Atienden ahora"',
    ]

    places = [heard.find(one) for one in order]
    assert places == sorted(places)
    assert min(places) >= 0, dict(zip(order, places, strict=True))


def test_ones_own_words_are_not_read_aloud_again(open_page: Any, line: RunningLine, pairs: Iterator[Pair]) -> None:
    page = open_page("/campana/hablar-ayuda/")
    sit_down(page.context, line, next(pairs).caller)
    page.goto("/hablar/")
    say_something(page)

    assert page.locator("#log li.message--caller").last.get_attribute("aria-live") == "off"
