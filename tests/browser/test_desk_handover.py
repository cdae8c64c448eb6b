"""A conversation passed on in real browsers: asked, accepted, two in the room, and back; the end of a shift."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.callers import delivered, write
from tests.browser.desks import accept, be_ready, box_of, clear, faults, log_of, note_of, overflow, queue_up, say
from tests.line_database import RESTED, change
from tests.running_line import LightLine, RunningLine, own_databases

WORDS = "Perdió a su mamá en junio."


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own: whoever waits here waits for these volunteers alone."""
    with LightLine(tmp_path_factory.mktemp("passing"), **own_databases()) as running:
        yield running


def end_shift(line: RunningLine, **after: float) -> None:
    """Let Rosa's shift end so long from now: near its end she is offered nobody new."""
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(**after)
    moved = "UPDATE roster_shift SET ends_at = ? WHERE member_id = (SELECT id FROM roster_member WHERE alias = 'Rosa')"
    change(line, moved, ends.replace(tzinfo=None).isoformat(" "))


@pytest.fixture
def rosa(sign_in: Any, line: RunningLine) -> Iterator[Page]:
    """Return Rosa's desk; she leaves it empty and in pause."""
    change(line, RESTED)
    end_shift(line, hours=4)
    page: Page = sign_in("rosa@demo.pe")
    page.wait_for_url("**/escritorio/")
    yield page
    clear(page)


@pytest.fixture
def luis(sign_in: Any) -> Iterator[Page]:
    """Return Luis's desk, not ready yet."""
    page: Page = sign_in("luis@demo.pe")
    page.wait_for_url("**/escritorio/")
    yield page
    clear(page)


@pytest.fixture
def ana(open_page: Any, rosa: Page) -> Iterator[Page]:
    """Return a caller who talks with Rosa."""
    page: Page = open_page("/")
    be_ready(rosa)
    queue_up(page)
    accept(rosa)
    yield page
    page.context.request.get("/hablar/salir/", max_redirects=0)


def ask(page: Page, whom: str, words: str = "") -> None:
    """Ask a colleague from the desk."""
    page.get_by_role("link", name="Pasar a otra persona").click()
    page.locator(".passing").get_by_label(whom).check()
    page.locator(".passing").get_by_label("Lo que conviene que sepa").fill(words)
    page.get_by_role("button", name="Preguntar").click()
    expect(page.locator(".passing")).to_contain_text("Mientras tanto sigues tú")


def test_a_conversation_is_passed_on_with_both_in_the_room_and_comes_back(rosa: Page, luis: Page, ana: Page) -> None:
    say(rosa, "Hola, soy Rosa")
    note_of(rosa).get_by_label("De qué se conversó").fill("Duerme poco")
    be_ready(luis)
    ask(rosa, "Luis", WORDS)

    offer = luis.get_by_role("article")
    expect(offer).to_contain_text("Rosa te pide seguir con una conversación")
    expect(offer).to_contain_text(re.compile(r"Te quedan [56]\d s para responder"))
    assert faults(luis) == []
    accept(luis)
    told = luis.locator(".passing__told")
    expect(told).to_contain_text(WORDS)
    expect(log_of(luis)).to_contain_text("Se une Luis, que va a seguir contigo. Rosa se queda un momento.")
    expect(log_of(luis).locator(".message--supervisor")).to_contain_text("Hola, soy Rosa")
    expect(note_of(luis).get_by_label("De qué se conversó")).to_have_value("Duerme poco")
    expect(ana.locator("#state")).to_contain_text("Conversas con Luis")

    head = rosa.locator(".talk:not([hidden])")
    expect(head.locator(".talk__state")).to_have_text("Te quedas un momento: ahora sigue Luis")
    expect(head.get_by_role("button", name="Terminar", exact=True)).to_be_hidden()
    expect(rosa.locator(".side:not([hidden])")).to_contain_text("la nota y el nivel pasaron con la conversación")
    say(rosa, "Te dejo con Luis")
    delivered(ana, "Te dejo con Luis")
    say(luis, "Hola, soy Luis")
    delivered(ana, "Hola, soy Luis")
    write(ana, "Gracias a los dos")
    for desk in (rosa, luis):
        expect(log_of(desk)).to_contain_text("Gracias a los dos")
    assert [faults(one) for one in (rosa, luis, ana)] == [[], [], []]

    ask(luis, "Rosa")
    rosa.get_by_role("button", name="Aceptar").click()
    expect(head.locator(".talk__state")).to_have_text("Conversan")
    expect(note_of(rosa).get_by_label("De qué se conversó")).to_have_value("Duerme poco")
    luis.get_by_role("button", name="Ya me voy").click()
    expect(luis.locator(".talk:not([hidden]) .talk__state")).to_contain_text("La conversación sigue con Rosa")
    expect(log_of(rosa)).to_contain_text("Luis se despide; sigues con Rosa.")
    expect(luis.locator(".talk:not([hidden])").get_by_role("button", name="Sacar de mi lista")).to_be_visible()
    expect(box_of(luis)).to_be_hidden()


def test_a_colleague_who_cannot_leaves_it_where_it_was(rosa: Page, luis: Page, ana: Page) -> None:
    be_ready(luis)
    ask(rosa, "A quien pueda")
    luis.get_by_role("button", name="Esta vez no").click()
    expect(rosa.get_by_text("Por ahora nadie puede seguir. Nada cambió: sigues tú.").first).to_be_visible()
    expect(rosa.get_by_role("link", name="Pasar a otra persona")).to_be_visible()
    ask(rosa, "Luis")
    rosa.get_by_role("button", name="No, sigo yo").click()
    expect(luis.get_by_text("Ya no hace falta")).to_be_visible()
    write(ana, "¿Sigues?")
    expect(log_of(rosa)).to_contain_text("¿Sigues?")


@pytest.mark.usefixtures("ana")
def test_near_the_end_of_a_shift_each_conversation_asks_who_goes_on(rosa: Page, line: RunningLine) -> None:
    end_shift(line, minutes=10)
    rosa.reload()
    shift = rosa.locator(".talk:not([hidden]) .talk__shift")
    expect(shift.get_by_text(re.compile(r"Tu turno termina a las \d\d:\d\d\. ¿Quién sigue\?"))).to_be_visible()
    expect(rosa.locator(".passing").get_by_role("link", name="Pasar a otra persona")).to_be_visible()
    shift.get_by_role("button", name="Ver quién puede").click()
    expect(rosa.locator(".passing")).to_contain_text("¿Quién sigue con la conversación?")
    rosa.set_viewport_size({"width": 360, "height": 640})
    found = (overflow(rosa), faults(rosa))
    rosa.set_viewport_size({"width": 1280, "height": 800})
    assert found == (0, [])
