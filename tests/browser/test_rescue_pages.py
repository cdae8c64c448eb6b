"""A rescue in a real browser: from the desk to supervision and back, each page sound; nothing is sent by itself."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from roster.management.commands.demo_people import PASSWORD
from tests.browser.callers import Watch
from tests.browser.desks import WIDTHS, accept, be_ready, box_of, clear, is_sound, log_of
from tests.running_line import LightLine, RunningLine, own_databases

SENTENCE = "Sin ellos no podemos ubicarte."


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own."""
    with LightLine(tmp_path_factory.mktemp("rescue"), **own_databases()) as running:
        yield running


def test_a_rescue_goes_from_the_desk_to_supervision_and_back(open_page: Any, sign_in: Any, line: RunningLine) -> None:
    rosa: Page = sign_in("rosa@demo.pe")
    clear(rosa)
    watch = Watch(rosa, line)
    be_ready(rosa)
    ana: Page = open_page("/")
    ana.goto("/hablar/")
    ana.get_by_role("button", name="Estoy en peligro ahora").click()
    accept(rosa)
    box_of(rosa).fill("Te leo.")
    rosa.get_by_role("button", name="Poner en mi mensaje la frase").click()
    expect(box_of(rosa)).to_have_value(re.compile(f"^Te leo\\.\n\nSi tu vida .*{SENTENCE}$"))
    expect(box_of(rosa)).to_be_focused()
    rosa.get_by_role("button", name="Poner en mi mensaje la frase").click()
    expect(box_of(rosa)).to_have_value(re.compile(f"^Te leo\\.\n\nSi tu vida [^\n]*{SENTENCE}$"))
    expect(log_of(rosa)).not_to_contain_text(SENTENCE)
    assert watch.problems == []

    with rosa.context.expect_page() as opened:
        rosa.get_by_role("link", name="Pedir un rescate").click()
    page = opened.value
    is_sound(page, *WIDTHS)
    page.get_by_label("La vida de la persona corre peligro").check()
    page.get_by_label("Qué está pasando").fill("Dice que tiene las pastillas en la mano.")
    page.get_by_role("button", name="Pedir a supervisión").click()
    expect(page.get_by_role("status")).to_contain_text("Espera respuesta")
    is_sound(page, *WIDTHS)

    carmen: Page = sign_in("supervisora@demo.pe")
    alarm = carmen.locator(".alarm", has_text="Una persona voluntaria pide un rescate.")
    expect(alarm).to_be_visible(timeout=8_000)
    is_sound(carmen, *WIDTHS)
    carmen.goto("/casos/rescates/")
    is_sound(carmen, *WIDTHS)
    carmen.get_by_role("link", name="Leer y responder").click()
    if carmen.get_by_label("Contraseña").is_visible():
        carmen.get_by_label("Contraseña").fill(PASSWORD)
        carmen.get_by_role("button", name="Confirmar").click()
    expect(carmen.get_by_text("Dice que tiene las pastillas en la mano.")).to_be_visible()
    is_sound(carmen, *WIDTHS)
    carmen.get_by_label("Por qué respondes así").fill("Sí, llama al SAMU ahora.")
    carmen.get_by_role("button", name="Estoy de acuerdo", exact=True).click()
    expect(carmen.get_by_role("heading", name="Anotar lo que se hizo")).to_be_visible()
    is_sound(carmen, *WIDTHS)

    page.get_by_role("link", name="Ver si ya respondieron").click()
    expect(page.get_by_text("Sí, llama al SAMU ahora.")).to_be_visible()
    page.get_by_label("A quién se avisó").select_option("SAMU 106")
    page.get_by_label("Qué se dijo").fill("Está en el parque.")
    page.get_by_label("Sí, se lo dijimos").check()
    page.get_by_role("button", name="Anotar").click()
    expect(page.get_by_text("La persona lo sabe.")).to_be_visible()
    is_sound(page, *WIDTHS)
    assert [one for one in ana.locator(".message__text").all_inner_texts() if SENTENCE in one] == []
