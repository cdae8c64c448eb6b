"""Any phone, any network: a line like 2G, no script, large text, high contrast, no movement, a screen reader."""

import dataclasses
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect

from tests.browser.callers import NOTHING_KEPT, kept, sit_down
from tests.browser.conftest import PHONE
from tests.browser.desks import at_desk
from tests.browser.test_caller_pages import SIDEWAYS, open_all
from tests.running_line import Pair, RunningLine, own_databases

#: 50 kbit/s and half a second until each answer, as Chromium's own throttle has it (connecting costs nothing there).
SLOW = {"offline": False, "latency": 500, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
FIRST_PAINT, WEIGHS, REQUESTS = 3000, 30_000, 20  # milliseconds; bytes of one page, headers and all
JOURNEY_WEIGHS = 40_000  # from the front page to the conversation, with nothing at hand
PAINTED = """() => new Promise((done) => {
  const look = (list) => list.filter((one) => one.name === "first-contentful-paint")
    .forEach((one) => done(Math.round(one.startTime)));
  new PerformanceObserver((list) => look(list.getEntries())).observe({ type: "paint", buffered: true });
})"""
#: Pages at which somebody may begin, with nothing at hand.
DOORS = ["/hablar/", "/recursos/", "/recursos/?departamento=Lima", "/huellas/", "/volver/", "/campana/que-me-pasa/"]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own."""
    with RunningLine(tmp_path_factory.mktemp("any"), **own_databases()) as running:
        yield running


@pytest.fixture(scope="module")
def pairs(line: RunningLine) -> Iterator[Pair]:
    """Return conversations under way, made in one go."""
    return iter(line.pairs(4))


# A line like 2G -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one page cost: milliseconds until something was seen, bytes, requests."""

    painted: int
    weighs: int
    requests: int

    @property
    def fits(self) -> bool:
        """Whether that is what was promised."""
        return self.painted <= FIRST_PAINT and self.weighs <= WEIGHS and self.requests <= REQUESTS


class Meter:
    """A page on a line like 2G, and what came over it since the last look."""

    def __init__(self, page: Page) -> None:
        self.page, self.protocol = page, page.context.new_cdp_session(page)
        self.protocol.send("Network.enable")
        self.protocol.send("Network.emulateNetworkConditions", SLOW)
        self.protocol.on("Network.loadingFinished", self._count)
        self._weighs = self._requests = 0

    def _count(self, one: dict[str, Any]) -> None:
        self._weighs += int(one["encodedDataLength"])
        self._requests += 1

    def cost(self) -> Cost:
        """Return what the page cost that is loaded now."""
        self.page.wait_for_load_state("load")
        cost = Cost(self.page.evaluate(PAINTED), self._weighs, self._requests)
        self._weighs = self._requests = 0
        return cost

    def cold(self, path: str) -> Cost:
        """Open an address with nothing at hand; what else the machine does may slow it once, so it has two tries."""
        tries = []
        for _try in range(2):
            self.protocol.send("Network.clearBrowserCache")
            self.page.goto(path)
            tries.append(self.cost())
            if tries[-1].fits:
                break
        return min(tries, key=lambda one: one.painted)


def test_every_page_that_one_begins_at_shows_itself_on_a_line_like_2g(open_page: Any) -> None:
    page: Page = open_page("/healthz")
    meter = Meter(page)
    costs = {path: meter.cold(path) for path in ["/", *DOORS]}
    page.goto("/")
    meter.cost()
    page.get_by_role("button", name="Estoy en peligro ahora").click()
    page.get_by_role("heading", name="Si tu vida corre peligro").wait_for()
    costs["danger"] = meter.cost()

    assert {path: cost for path, cost in costs.items() if not cost.fits} == {}


def test_the_way_to_a_person_is_short_on_a_line_like_2g(open_page: Any) -> None:
    page: Page = open_page("/healthz")
    meter, costs = Meter(page), {}
    page.goto("/")
    costs["front"] = meter.cost()
    page.get_by_role("link", name="Conversar ahora").first.click()
    page.get_by_role("button", name="Acepto y quiero conversar").wait_for()
    costs["consent"] = meter.cost()
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_role("button", name="Saltar las preguntas").wait_for()
    costs["questions"] = meter.cost()
    page.get_by_role("button", name="Saltar las preguntas").click()
    page.get_by_role("button", name="Sonido suave").wait_for()  # its script is there
    costs["room"] = meter.cost()
    assert sum(cost.weighs for cost in costs.values()) <= JOURNEY_WEIGHS, costs
    page.get_by_label("Tu mensaje").fill("hola")
    page.get_by_role("button", name="Enviar").click()
    page.locator("#log li[data-seq]", has_text="hola").wait_for()
    open_all(page)
    page.get_by_role("button", name="Sí, terminar").click()
    page.get_by_role("heading", level=1, name="Gracias por confiar").wait_for()
    costs["farewell"] = meter.cost()

    assert {name: cost for name, cost in costs.items() if not cost.fits} == {}


# Everybody ----------------------------------------------------------------------------------------------------------

#: Roles that a screen reader says with a name; one without is a riddle.
NAMED = {"button", "link", "textbox", "combobox", "checkbox", "radio", "heading", "image", "Iframe"}
#: In forced colours backgrounds are gone: what is pressed must have an edge of its own, or be underlined. The name of
#: the line is a link in the colour of links, and a summary has its arrow.
WITHOUT_EDGE = """() => Array.from(document.querySelectorAll("a, button, select, textarea, input, .breath__circle"))
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.matches(".skip, .masthead__name"))
  .filter((one) => !["hidden", "checkbox", "radio"].includes(one.type))
  .filter((one) => {
    const style = getComputedStyle(one);
    const edge = style.borderTopStyle !== "none" && parseFloat(style.borderTopWidth) > 0;
    return !edge && !style.textDecorationLine.includes("underline");
  })
  .map((one) => one.outerHTML.slice(0, 80))"""
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
MOVING = "document.getAnimations().map((one) => one.animationName || one.transitionProperty)"


def heard(protocol: CDPSession) -> list[str]:
    """Return what is wrong with the page for somebody who hears it: from the browser's own accessibility tree."""
    nodes = [one for one in protocol.send("Accessibility.getFullAXTree")["nodes"] if not one["ignored"]]
    told = [(one["role"]["value"], one.get("name", {}).get("value", "").strip(), one) for one in nodes]
    faults = [f"a {role} without a name" for role, name, _one in told if role in NAMED and not name]
    roles = [role for role, _name, _one in told]
    faults += [f"{roles.count(role)} of {role}" for role in ("main", "banner") if roles.count(role) != 1]
    levels = [
        detail["value"]["value"]
        for role, _name, one in told
        if role == "heading"
        for detail in one["properties"]
        if detail["name"] == "level"
    ]
    jumps = any(after - before > 1 for before, after in itertools.pairwise(levels))
    faults += [f"headings {levels}"] if levels[:1] != [1] or jumps else []
    return faults


def faults_of(page: Page, protocol: CDPSession) -> list[str]:
    """Return what is wrong with the page for people who need it large, plain, still, or read aloud."""
    page.wait_for_load_state("load")
    open_all(page)
    page.evaluate(LARGE_TEXT)
    wide = page.evaluate(SIDEWAYS)
    faults = [f"{wide} px too wide at 200 %"] if wide else []
    faults += [f"no edge: {one}" for one in page.evaluate(WITHOUT_EDGE)]
    faults += [f"moves: {one}" for one in page.evaluate(MOVING)]
    return faults + heard(protocol)


def test_every_page_serves_large_text_forced_colours_no_movement_and_a_screen_reader(open_page: Any) -> None:
    page: Page = open_page("/", forced_colors="active", reduced_motion="reduce")
    protocol = page.context.new_cdp_session(page)
    faults = {}
    titles = set()

    def look(name: str) -> None:
        titles.add(page.title())
        faults[name] = faults_of(page, protocol)

    look("front")
    for path in ("/recursos/", "/huellas/", "/volver/", "/campana/que-me-pasa/", "/hablar/"):
        page.goto(path)
        look(path)
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    look("questions")
    page.get_by_role("button", name="Saltar las preguntas").click()
    page.get_by_role("button", name="Sonido suave").wait_for()
    look("waiting")
    page.goto("/hablar/acordado/")
    page.get_by_label("Lo que acordamos").fill("llamar a mi prima")
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.get_by_text("Quedó guardado").wait_for()
    look("agreed")
    page.goto("/hablar/constancia/")
    look("receipt")
    page.goto("/hablar/")
    open_all(page)
    page.get_by_role("button", name="Sí, terminar").click()
    page.get_by_role("heading", level=1, name="Gracias por confiar").wait_for()
    look("farewell")

    assert {name: found for name, found in faults.items() if found} == {}
    assert titles == {"Por mí, Por ti, Por el Perú", "Conversación", "Constancia", "Lugares", "Huellas"}
    assert kept(page) == NOTHING_KEPT


def test_what_is_done_most_lies_under_the_thumb(open_page: Any, line: RunningLine, pairs: Iterator[Pair]) -> None:
    page: Page = open_page("/healthz")
    sit_down(page.context, line, next(pairs).caller)
    page.goto("/hablar/")
    page.get_by_role("button", name="Sonido suave").wait_for()
    for one in (page.get_by_label("Tu mensaje"), page.get_by_role("button", name="Enviar")):
        box = one.bounding_box()
        assert box is not None
        below = (box["y"] > PHONE["height"] / 2, box["y"] + box["height"] <= PHONE["height"])
        assert (*below, box["height"] >= 44) == (True, True, True)


# Without script -----------------------------------------------------------------------------------------------------


def test_waiting_the_plan_the_survey_and_deleting_need_no_script(
    open_page: Any, line: RunningLine, pairs: Iterator[Pair]
) -> None:
    page: Page = open_page("/hablar/", java_script_enabled=False)
    page.get_by_label("Otra persona usa este teléfono").check()
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_role("button", name="Saltar las preguntas").click()
    for name, words in (("Respirar un momento", "Suéltalo despacio"), ("Volver al presente", "5 cosas que ves")):
        page.get_by_text(name).click()
        expect(page.get_by_text(words)).to_be_visible()
    page.get_by_text("Borrar lo que escribí").click()
    page.get_by_role("button", name="Sí, borrar todo").click()
    expect(page.get_by_role("heading", name="Antes de dejar este teléfono")).to_be_visible()

    page.context.clear_cookies()
    sit_down(page.context, line, next(pairs).caller)
    page.goto("/hablar/acordado/")
    page.get_by_label("Algo por lo que quiero seguir").fill("mi hija")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_text("Quedó guardado")).to_be_visible()
    page.get_by_role("link", name="Ir a la conversación").click()
    page.get_by_text("Terminar la conversación").click()
    page.get_by_role("button", name="Sí, terminar").click()
    page.get_by_role("button", name="Regular").click()
    page.get_by_role("button", name="Un poco").click()
    expect(page.get_by_text("Nos ayuda a escuchar mejor")).to_be_visible()
    expect(page.get_by_text("mi hija")).to_be_visible()
    page.get_by_text("Borrar lo que escribí").click()
    page.get_by_role("button", name="Sí, borrar todo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("quedaron bloqueadas")
    expect(page.get_by_text("mi hija")).to_have_count(0)


# Both sides ---------------------------------------------------------------------------------------------------------


def test_what_the_volunteer_writes_down_reaches_the_caller_and_back(
    open_page: Any, line: RunningLine, pairs: Iterator[Pair]
) -> None:
    pair = next(pairs)
    desk = at_desk(open_page, line, pair)
    caller: Page = open_page("/healthz")
    sit_down(caller.context, line, pair.caller)
    caller.goto("/hablar/")
    place = desk.locator(".side:not([hidden]) [data-agreed-place]")
    place.get_by_text("Escribirlo con la persona").click()
    place.get_by_label("Lo que acordamos").fill("llamar a mi prima")
    place.get_by_role("button", name="Guardar para la persona").click()
    expect(place.locator(".agreed")).to_contain_text("llamar a mi prima")
    expect(caller.locator("#log")).to_contain_text("dejó escrito lo que acordaron")

    with caller.context.expect_page() as opened:
        caller.get_by_role("link", name="Mi plan y lo que acordamos").click()
    plan = opened.value
    expect(plan.locator(".agreed")).to_contain_text("llamar a mi prima")
    plan.get_by_text("Cambiarlo", exact=True).click()
    plan.get_by_label("Lo que acordamos").fill("llamar a mi prima Inés")
    plan.get_by_role("button", name="Guardar", exact=True).click()
    expect(plan.get_by_text("Quedó guardado")).to_be_visible()

    place.get_by_text("Cambiarlo", exact=True).click()
    place.get_by_label("Lo que acordamos").fill("otra cosa")
    place.get_by_role("button", name="Guardar para la persona").click()
    expect(place.get_by_role("alert")).to_contain_text("llamar a mi prima Inés")
    expect(place.get_by_label("Lo que acordamos")).to_have_value("otra cosa")


# A shared telephone -------------------------------------------------------------------------------------------------


def test_a_shared_page_stays_covered_until_somebody_asks_for_it(open_page: Any) -> None:
    page: Page = open_page("/hablar/")
    page.get_by_label("Otra persona usa este teléfono").check()
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.get_by_role("button", name="Saltar las preguntas").click()
    page.get_by_role("button", name="Sonido suave").wait_for()
    show = "state => { Object.defineProperty(document, 'visibilityState', {value: state, configurable: true}); "
    show += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(show, "hidden")
    page.evaluate(show, "visible")
    expect(page.locator("#main")).to_be_hidden()
    page.get_by_role("button", name="Mostrar la página").click()
    expect(page.get_by_label("Tu mensaje")).to_be_visible()


def test_what_a_volunteer_types_into_the_plan_is_kept_and_the_callers_changes_appear_beside_it(
    open_page: Any, line: RunningLine, pairs: Iterator[Pair]
) -> None:
    pair = next(pairs)
    desk = at_desk(open_page, line, pair)
    caller: Page = open_page("/healthz")
    sit_down(caller.context, line, pair.caller)
    place = desk.locator(".side:not([hidden]) [data-agreed-place]")
    place.get_by_text("Escribirlo con la persona").click()
    place.get_by_label("Lo que acordamos").fill("llamar a mi pri")
    expect(place.get_by_text("Borrador guardado")).to_be_visible()
    caller.goto("/hablar/acordado/")
    expect(caller.get_by_label("Lo que acordamos")).to_have_value("")

    desk.reload()
    desk.locator(".place").first.wait_for()
    expect(place.get_by_label("Lo que acordamos")).to_have_value("llamar a mi pri")
    caller.get_by_label("Algo por lo que quiero seguir").fill("mi hija")
    caller.get_by_role("button", name="Guardar", exact=True).click()
    expect(place.locator(".agreed")).to_contain_text("mi hija")
    expect(place.get_by_label("Lo que acordamos")).to_have_value("llamar a mi pri")


# A telephone that others use, said later ----------------------------------------------------------------------------


def test_what_is_touched_before_the_pages_script_has_come_waits_for_it_and_keeps_the_words(open_page: Any) -> None:
    page: Page = open_page("/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route(re.compile(r"/js/pages/caller_room"), hold)
    page.get_by_role("button", name="Estoy en peligro ahora").click(no_wait_after=True)
    box = page.get_by_label("Tu mensaje")
    box.fill("lo que estoy escribiendo")
    page.get_by_role("button", name="Otra persona usa este teléfono").click(no_wait_after=True)
    page.wait_for_timeout(300)
    expect(box).to_have_value("lo que estoy escribiendo")
    for route in held:
        route.continue_()
    expect(page.get_by_text("la página se tapa cuando sales de ella")).to_be_visible()
    expect(box).to_have_value("lo que estoy escribiendo")


def test_who_came_in_danger_says_in_the_conversation_that_others_use_the_telephone(open_page: Any) -> None:
    page: Page = open_page("/")
    page.get_by_role("button", name="Estoy en peligro ahora").click()
    page.get_by_label("Tu mensaje").fill("lo que estoy escribiendo")
    page.get_by_role("link", name="¿Otra persona usa este teléfono?").click()
    page.get_by_role("button", name="Otra persona usa este teléfono").click()
    expect(page.get_by_text("la página se tapa cuando sales de ella")).to_be_visible()
    expect(page.get_by_role("button", name="Otra persona usa este teléfono")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "problem"
    expect(page.get_by_label("Tu mensaje")).to_have_value("lo que estoy escribiendo")

    page.evaluate(
        """() => {
          Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    assert page.evaluate("document.documentElement.classList.contains('is-away')")
