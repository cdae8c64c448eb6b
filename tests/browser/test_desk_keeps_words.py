"""Nothing written at the desk gets lost: drafts, notes, a line that dies and comes back, a session that ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.callers import NOTHING_KEPT, kept, said, talking
from tests.browser.desks import at_desk, box_of, log_of, note_of, say
from tests.running_line import LightLine, Pair, RunningLine, own_databases


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[RunningLine]:
    """Serve a line that this test may kill."""
    with LightLine(tmp_path / "line", **own_databases()) as running:
        yield running


def draft_is_kept(page: Page) -> None:
    """Wait until the server has what stands in the box."""
    expect(page.locator(".talk:visible").get_by_text("Borrador guardado")).to_be_visible()


def test_a_draft_outlives_a_reload_and_is_kept_by_the_server_alone(
    open_page: Any, line: RunningLine, pair: Pair
) -> None:
    desk = at_desk(open_page, line, pair)
    box_of(desk).fill("Lo que iba a decirte")
    draft_is_kept(desk)
    assert kept(desk) == NOTHING_KEPT
    desk.reload()

    expect(box_of(desk)).to_have_value("Lo que iba a decirte")
    expect(desk.get_by_text("Recuperamos lo que habías empezado a escribir.")).to_be_visible()
    box_of(desk).press("Enter")
    expect(log_of(desk)).to_contain_text("Lo que iba a decirte")
    expect(desk.get_by_text("Borrador guardado")).to_have_count(0)
    desk.wait_for_timeout(1500)  # the empty draft is kept too
    desk.reload()
    expect(log_of(desk)).to_contain_text("Lo que iba a decirte")
    expect(box_of(desk)).to_have_value("")


def test_each_conversation_keeps_a_draft_of_its_own(open_page: Any, line: RunningLine, pair: Pair) -> None:
    other = line.pairs()[0]
    desk, second = at_desk(open_page, line, pair), at_desk(open_page, line, other)
    box_of(desk).fill("para la primera")
    draft_is_kept(desk)
    second.reload()
    expect(box_of(second)).to_have_value("")


def test_a_note_outlives_a_closed_tab(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    note_of(desk).get_by_label("De qué se conversó").fill("Contó lo de su trabajo")
    note_of(desk).get_by_label("Riesgo que viste").select_option("none")
    expect(note_of(desk).get_by_role("status")).to_have_text("Borrador guardado")
    again = desk.context.new_page()
    desk.close()
    again.goto("/escritorio/")

    expect(note_of(again).get_by_label("De qué se conversó")).to_have_value("Contó lo de su trabajo")
    expect(note_of(again).get_by_label("Riesgo que viste")).to_have_value("none")
    expect(note_of(again).get_by_role("status")).to_contain_text("Borrador guardado a las")


def test_a_note_closed_in_the_middle_of_a_word_is_kept_too(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    note_of(desk).get_by_label("De qué se conversó").fill("a medi")
    desk.close(run_before_unload=True)  # at once: no pause for the draft to be saved
    again = open_page("/", phone=False)
    again.context.add_cookies([{"name": n, "value": v, "url": line.url} for n, v in cookies(pair)])
    again.wait_for_timeout(500)
    again.goto("/escritorio/")

    expect(note_of(again).get_by_label("De qué se conversó")).to_have_value("a medi")


def cookies(pair: Pair) -> list[tuple[str, str]]:
    """Return the volunteer's cookies as pairs."""
    return [(name, value) for name, value in (one.split("=", 1) for one in pair.volunteer.split("; "))]


def test_an_ended_conversation_waits_for_its_note_after_a_reload(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    say(desk, "Fue bueno hablar contigo")
    desk.get_by_role("button", name="Terminar", exact=True).click()
    desk.get_by_role("button", name="Seguir conversando").click()
    expect(desk.get_by_role("button", name="Terminar", exact=True)).to_be_focused()
    desk.get_by_role("button", name="Terminar", exact=True).click()
    desk.get_by_role("button", name="Sí, terminar").click()
    expect(desk.locator(".place")).to_contain_text("Falta guardar la nota")
    desk.reload()

    expect(desk.locator(".place")).to_contain_text("Falta guardar la nota")
    desk.locator(".place__open").click()
    expect(log_of(desk)).to_contain_text("Fue bueno hablar contigo")
    note_of(desk).get_by_label("Qué se acordó").fill("Volver cuando quiera")
    note_of(desk).get_by_role("button", name="Guardar la nota").click()
    expect(desk.locator(".place")).to_have_count(0)
    desk.reload()
    expect(desk.get_by_text("Todavía no llevas ninguna.")).to_be_visible()


def test_a_note_that_cannot_be_saved_stays_and_is_tried_again(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    expect(note_of(desk)).to_be_visible()
    desk.route("**/casos/nota/**", lambda route: route.abort())
    note_of(desk).get_by_label("Próximo paso").fill("Llamar a su tía")
    expect(note_of(desk).get_by_role("status")).to_contain_text("Aún no se guarda. Sigue aquí")
    desk.unroute("**/casos/nota/**")

    expect(note_of(desk).get_by_role("status")).to_have_text("Borrador guardado", timeout=15_000)
    expect(note_of(desk).get_by_label("Próximo paso")).to_have_value("Llamar a su tía")


def test_two_windows_on_one_note_lose_nobodys_words(open_page: Any, line: RunningLine, pair: Pair) -> None:
    first = at_desk(open_page, line, pair)
    expect(note_of(first)).to_be_visible()
    second = first.context.new_page()
    second.goto("/escritorio/")
    note_of(second).get_by_label("Qué se acordó").fill("de la segunda ventana")
    expect(note_of(second).get_by_role("status")).to_have_text("Borrador guardado")
    note_of(first).get_by_label("De qué se conversó").fill("de la primera ventana")

    expect(first.get_by_text("Esta nota se guardó desde otra ventana.")).to_be_visible()
    expect(first.locator(".side:visible")).to_contain_text("de la primera ventana")
    expect(note_of(first).get_by_label("Qué se acordó")).to_have_value("de la segunda ventana")


def test_a_line_that_died_and_came_back_has_every_word_once(open_page: Any, mortal: RunningLine) -> None:
    pair = mortal.pairs()[0]
    home = {"base_url": mortal.url}
    caller = talking(open_page, mortal, pair, **home)
    desk = at_desk(open_page, mortal, pair, **home)
    say(desk, "antes de la caída")
    expect(note_of(desk).get_by_label("De qué se conversó")).to_be_visible()  # it is fetched beside the conversation
    mortal.kill()
    expect(desk.get_by_text("Reconectando… tu mensaje está guardado.")).to_be_visible(timeout=15_000)
    box_of(desk).fill("durante la caída")
    box_of(desk).press("Enter")
    expect(log_of(desk).get_by_text("durante la caída")).to_be_visible()
    box_of(desk).fill("a medio escribir")
    note_of(desk).get_by_label("De qué se conversó").fill("escrita sin línea")
    expect(note_of(desk).get_by_role("status")).to_contain_text("Aún no se guarda")
    mortal.start()

    expect(desk.get_by_text("Reconectando…")).to_be_hidden(timeout=30_000)
    expect(log_of(desk).locator("li[data-seq]", has_text="durante la caída")).to_have_count(1)
    expect(caller.locator("#log li[data-seq]", has_text="durante la caída")).to_have_count(1, timeout=20_000)
    expect(box_of(desk)).to_have_value("a medio escribir")
    expect(note_of(desk).get_by_role("status")).to_have_text("Borrador guardado", timeout=35_000)
    say(desk, "después de la caída")
    expect(caller.locator("#log")).to_contain_text("después de la caída")
    mine = [text for text in said(caller) if "caída" in text]
    assert mine == ["antes de la caída", "durante la caída", "después de la caída"]


def test_a_message_that_is_too_long_stays_in_the_box_with_a_word(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    long = "palabra " * 510
    box_of(desk).fill(long)
    box_of(desk).press("Enter")

    why = desk.get_by_text("Es muy largo para un solo mensaje. Divídelo en dos.")
    expect(why).to_be_visible()
    expect(box_of(desk)).to_have_value(long)
    desk.wait_for_timeout(2_000)  # the draft is kept meanwhile
    expect(why).to_be_visible()
    box_of(desk).fill("palabra")
    expect(why).to_be_hidden()


def test_what_the_line_refuses_can_be_written_again(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    box_of(desk).fill("con un signo \u0007 raro")
    box_of(desk).press("Enter")
    expect(log_of(desk)).to_contain_text("tiene un signo que no podemos guardar")
    log_of(desk).get_by_role("button", name="Volver a escribirlo").click()

    expect(box_of(desk)).to_have_value("con un signo \u0007 raro")
    expect(log_of(desk).locator(".is-refused")).to_have_count(0)


def test_a_session_that_ended_is_said_and_heals_after_signing_in_elsewhere(sign_in: Any) -> None:
    desk: Page = sign_in("luis@demo.pe")
    desk.wait_for_url("**/escritorio/")
    expect(desk.locator("[data-presence-state]")).to_have_text("En pausa")
    other = desk.context.new_page()
    other.goto("/equipo/salir/")
    other.get_by_role("main").get_by_role("button", name="Salir").click()
    expect(desk.get_by_text("Tu sesión terminó. Lo que escribiste sigue en esta página")).to_be_visible()
    other.goto("/equipo/entrar/")
    other.get_by_label("Correo").fill("luis@demo.pe")
    other.get_by_label("Contraseña").fill("conversemos-2020")
    other.get_by_role("button", name="Entrar").click()
    other.wait_for_url("**/escritorio/")
    desk.get_by_role("button", name="Reconectar").click()

    expect(desk.get_by_text("Tu sesión terminó")).to_be_hidden()
    expect(desk.locator("[data-presence-state]")).to_have_text("En pausa")


def test_a_form_of_an_older_session_renews_its_token(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair)
    refused: list[int] = []

    def once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(403)
            route.fulfill(status=403, body="stale")

    desk.route("**/escritorio/borrador/", once)
    box_of(desk).fill("con un sello viejo")
    draft_is_kept(desk)
    assert refused == [403]
