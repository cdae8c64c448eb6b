"""Practice in a real browser: marked so that nobody takes it for real, answered, and noted, at 360 and 1280 px."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desks import accept, faults, log_of, overflow, say
from tests.running_line import LightLine, RunningLine, own_databases

SLOW = 40_000  # milliseconds within which a scripted caller has answered
MARK = "PRÁCTICA"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own: what is practised here is played here."""
    with LightLine(tmp_path_factory.mktemp("practice"), **own_databases()) as running:
        yield running


def begin(page: Page, title: str) -> None:
    """Choose a scripted caller, and take what is offered at the desk."""
    page.goto("/practica/")
    page.get_by_role("button", name=f"Practicar {title}").click()
    page.wait_for_url("**/escritorio/")
    card = page.locator(".offer")
    expect(card).to_be_visible(timeout=SLOW)
    expect(card).to_contain_text(MARK)
    expect(card).to_contain_text("Una persona de guion te espera")
    accept(page)
    expect(page.locator(".side:not([hidden]) form[data-note]")).to_be_attached()  # until then nothing there takes focus


def test_a_trainee_practises_at_the_desk_and_a_supervisor_answers(sign_in: Any) -> None:
    diego: Page = sign_in("practica@demo.pe")
    diego.goto("/practica/")
    expect(diego.get_by_text("0 de 3")).to_be_visible()
    assert faults(diego) == []
    begin(diego, "No puede dormir")
    talk = diego.locator(".talk:not([hidden])")
    expect(talk.locator(".talk__head")).to_contain_text(MARK)
    expect(diego.locator(".place")).to_contain_text(MARK)
    expect(diego.locator(".side:not([hidden]) [data-about]")).to_contain_text("Es una persona de guion")
    assert faults(diego) == []
    say(diego, "Hola, soy Diego. ¿Qué te tiene despierta?")
    expect(log_of(diego)).to_contain_text("y empiezo a darle vueltas a todo", timeout=SLOW)
    talk.get_by_role("button", name="Terminar", exact=True).click()
    talk.get_by_role("button", name="Sí, terminar").click()
    expect(talk.locator("[data-over-note]")).to_be_visible()
    expect(talk.locator("[data-over-practice]")).to_contain_text("puedes mirarla con calma")
    told = diego.locator("[data-practised]")

    diego.goto("/escritorio/")
    expect(told).to_contain_text("Tu práctica «No puede dormir» terminó")
    assert faults(diego) == []
    diego.goto("/practica/")
    diego.get_by_role("link", name="No puede dormir").click()
    expect(diego.get_by_role("heading", name="La lista")).to_be_visible()
    assert faults(diego) == []
    assert overflow(diego) == 0
    first = diego.get_by_role("radiogroup", name="Saludaste y dijiste que estás ahí")
    first.get_by_label("Sí").check()
    diego.get_by_role("button", name="Guardar mi lista").click()
    expect(diego.get_by_text("Tu lista quedó guardada")).to_be_visible()

    carmen: Page = sign_in("supervisora@demo.pe", phone=True)
    carmen.goto("/practica/")
    assert faults(carmen) == []
    assert overflow(carmen) == 0
    carmen.get_by_role("link", name="Diego: No puede dormir").click()
    assert faults(carmen) == []
    assert overflow(carmen) == 0
    carmen.get_by_label("Tu devolución para Diego").fill("Bien la pregunta abierta.")
    carmen.get_by_label("Sí, aprobada").check()
    carmen.get_by_role("button", name="Enviar la devolución").click()
    expect(carmen.get_by_text("Diego ya puede leerla")).to_be_visible()

    diego.goto("/escritorio/")
    expect(told).to_contain_text("Carmen respondió tu práctica «No puede dormir»")
    with diego.context.expect_page() as opened:
        told.get_by_role("link", name="Leer la devolución").click()
    expect(opened.value.get_by_text("Bien la pregunta abierta.")).to_be_visible()
    with diego.expect_response("**/practica/avisos/"):
        diego.reload()
    expect(told.locator(".notice")).to_have_count(0)
    diego.goto("/practica/")
    expect(diego.get_by_text("1 de 3")).to_be_visible()


def test_on_a_telephone_it_is_marked_as_well_and_can_be_left(sign_in: Any) -> None:
    diego: Page = sign_in("practica@demo.pe", phone=True)
    begin(diego, "Llega con mucha cólera")
    expect(diego.locator(".talk:not([hidden]) .talk__head")).to_contain_text(MARK)
    assert overflow(diego) == 0
    diego.goto("/practica/")
    diego.get_by_role("button", name="Dejar la práctica").click()
    expect(diego.get_by_text("Dejaste la práctica")).to_be_visible()
    assert overflow(diego) == 0
