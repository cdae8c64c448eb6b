"""What the tests of the staff's pages share: a desk that is ready, a caller in the queue, axe, a whole conversation."""

from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import BEST, broken
from tests.browser.callers import sit_down
from tests.running_line import Pair, RunningLine

WIDTHS = (360, 1280)  # pixels: a cheap phone, a desk


def be_ready(page: Page) -> None:
    """Say «ready» at the desk, as one does at the start of a shift: the tone must be confirmed."""
    page.get_by_role("button", name="Estoy listo/a").click()
    page.get_by_role("button", name="Sí, lo escuché").click()
    expect(page.locator("[data-presence-state]")).to_have_text("Listo/a")


def queue_up(page: Page, *, words: str = "", thoughts: str = "") -> None:
    """Go from the caller's first page to the queue."""
    page.goto("/hablar/")
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    if thoughts:
        page.get_by_label(thoughts, exact=True).check()
    if words:
        page.get_by_label("¿Qué te trae hoy?").fill(words)
    page.get_by_role("button", name="Seguir").click()
    expect(page.locator("#state")).to_be_visible()


def accept(page: Page) -> None:
    """Take the offer that stands on the desk; return once the conversation is open and ready to be written in."""
    page.get_by_role("button", name="Aceptar").click()
    expect(box_of(page)).to_be_focused()


def at_desk(open_page: Any, line: RunningLine, pair: Pair, **options: Any) -> Page:
    """Open the desk of a conversation under way; return it once the conversation is shown."""
    page: Page = open_page("/campana/hablar-ayuda/", **{"phone": False, **options})
    sit_down(page.context, line, pair.volunteer)
    page.goto("/escritorio/")
    page.locator(".place").first.wait_for()
    if page.locator("#desk").get_attribute("data-view") == "list":
        page.locator(".place__open").first.click()
    expect(box_of(page)).to_be_visible()
    return page


def box_of(page: Page) -> Locator:
    """Return the box of the conversation that is open on the desk."""
    return page.locator(".talk:not([hidden])").get_by_label("Tu mensaje")


def log_of(page: Page) -> Locator:
    """Return the log of the conversation that is open on the desk."""
    return page.locator(".talk:not([hidden])").get_by_role("log")


def note_of(page: Page) -> Locator:
    """Return the note of the conversation that is open on the desk."""
    return page.locator(".side:not([hidden]) form[data-note]")


def say(page: Page, text: str) -> None:
    """Say something from the desk; return once it is delivered."""
    box_of(page).fill(text)
    box_of(page).press("Enter")
    expect(log_of(page).locator("li[data-seq]", has_text=text)).to_have_count(1)


def clear(page: Page) -> None:
    """Pause a desk, end whatever it carries, and leave the notes that are owed."""
    page.goto("/escritorio/")
    expect(page.locator("[data-presence-state]")).not_to_have_text("Conectando…")
    if page.get_by_role("button", name="Pausa").is_visible():
        page.get_by_role("button", name="Pausa").click()
    page.wait_for_timeout(500)  # what is owed is asked for by a request of its own
    while page.locator(".place").count():
        left = page.locator(".place").count()
        page.locator(".place__open").first.click()
        if page.locator("[data-end]:visible").count():
            page.locator("[data-end]:visible").click()
            page.get_by_role("button", name="Sí, terminar").click()
        if page.locator(".talk:visible").get_by_role("button", name="Sacar de mi lista").is_visible():
            page.locator(".talk:visible").get_by_role("button", name="Sacar de mi lista").click()
        else:
            note_of(page).get_by_label("Motivo principal").select_option("Otro")
            note_of(page).get_by_role("button", name="Guardar").click()
        expect(page.locator(".place")).to_have_count(left - 1)


def faults(page: Page, *, best: bool = True) -> list[str]:
    """Return what axe finds on a page as it stands; ``best``: what goes beyond the standard too (our own pages)."""
    return [f"{one['id']}: {'; '.join(targets(one['nodes']))}" for one in broken(page, *((BEST,) if best else ()))]


def targets(nodes: Iterable[dict[str, Any]]) -> list[str]:
    """Return where axe found something, and what."""
    return [
        f"{' '.join(map(str, node['target']))} ({' '.join(node['failureSummary'].split())[:160]})" for node in nodes
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def is_sound(page: Page, *widths: int) -> None:
    """Hold a page to what every page must keep: as it stands, or at each of these widths in pixels."""
    for width in widths or (0,):
        if width:
            page.set_viewport_size({"width": width, "height": 800})
        assert faults(page) == []
        assert overflow(page) == 0
