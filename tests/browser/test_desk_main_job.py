"""The main job in real browsers: a caller at 360 px, a volunteer at the desk, a supervisor who traces it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.callers import NOTHING_KEPT, Watch, delivered, kept, write
from tests.browser.desks import accept, be_ready, box_of, clear, log_of, note_of, queue_up, say
from tests.running_line import LightLine, RunningLine, own_databases

FIRST = "Hola. No sé por dónde empezar."
TALKED = "Perdió a su mamá en junio.\nDuerme poco, come poco."


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own: whoever waits here waits for these volunteers alone."""
    with LightLine(tmp_path_factory.mktemp("desk"), **own_databases()) as running:
        yield running


@pytest.fixture
def rosa(sign_in: Any) -> Iterator[Page]:
    """Return Rosa's desk; she leaves it empty and in pause."""
    page: Page = sign_in("rosa@demo.pe")
    page.wait_for_url("**/escritorio/")
    yield page
    clear(page)


@pytest.fixture
def caller(open_page: Any) -> Iterator[Any]:
    """Return what makes a caller's page; whoever still waits after the test leaves the queue."""
    pages: list[Page] = []

    def made(**options: Any) -> Page:
        pages.append(open_page("/", **options))
        return pages[-1]

    yield made
    for page in pages:
        page.context.request.get("/hablar/salir/", max_redirects=0)


def test_a_person_is_heard_a_note_is_left_and_a_supervisor_can_trace_it(
    rosa: Page, caller: Any, sign_in: Any, line: RunningLine
) -> None:
    ana = caller()
    watches = [Watch(rosa, line), Watch(ana, line)]
    be_ready(rosa)
    queue_up(ana, words=FIRST, thoughts="A veces")

    offer = rosa.get_by_role("article")
    expect(offer).to_contain_text("Hay una persona esperando")
    expect(offer).to_contain_text(re.compile(r"Nivel C:\s*urgente"))
    expect(offer).to_contain_text(re.compile(r"Te quedan \d+ s para responder"))
    expect(rosa).to_have_title("(1) Hay alguien esperando")
    accept(rosa)
    expect(rosa).to_have_title("Escritorio")
    expect(log_of(rosa)).to_contain_text(FIRST)
    expect(rosa.locator(".side:visible")).to_contain_text("A veces")

    rosa.keyboard.type("Hola, soy Rosa")
    expect(ana.get_by_text("Rosa está escribiendo…")).to_be_visible()
    rosa.keyboard.press("Enter")
    delivered(ana, "Hola, soy Rosa")
    expect(log_of(rosa).get_by_text("Leído hasta aquí")).to_be_visible()
    ana.get_by_label("Tu mensaje").press_sequentially("Gracias")
    expect(rosa.get_by_text("La persona está escribiendo…")).to_be_visible()
    write(ana, "Gracias, Rosa")
    expect(log_of(rosa)).to_contain_text("Gracias, Rosa")

    note_of(rosa).get_by_label("Motivo principal").select_option("Duelo")
    note_of(rosa).get_by_label("De qué se conversó").fill(TALKED)
    expect(note_of(rosa).get_by_text("Borrador guardado")).to_be_visible()
    rosa.get_by_role("button", name="Terminar", exact=True).click()
    rosa.get_by_role("button", name="Sí, terminar").click()
    expect(ana.locator("#state")).to_contain_text("La conversación terminó.")
    expect(rosa.locator(".place")).to_contain_text("Falta guardar la nota")
    note_of(rosa).get_by_label("Qué se acordó").fill("Escribir a su hermana")
    note_of(rosa).get_by_role("button", name="Guardar la nota").click()
    expect(rosa.locator(".place")).to_have_count(0)
    rosa.get_by_role("link", name="Ver el caso").click()
    expect(rosa.locator("main")).to_contain_text("Perdió a su mamá en junio.")
    case = rosa.url

    carmen = sign_in("supervisora@demo.pe")
    watches.append(Watch(carmen, line))
    carmen.goto(case)
    expect(carmen.get_by_role("heading", level=1)).to_have_text("¿Por qué abres este caso?")
    carmen.get_by_label("Revisión de calidad acordada").check()
    carmen.get_by_role("button", name="Abrir", exact=True).click()
    expect(carmen.locator("main")).to_contain_text("Escribir a su hermana")
    carmen.get_by_text("Lo que se dijo").click()
    expect(carmen.get_by_text(FIRST)).to_be_visible()
    story = carmen.get_by_role("region", name="La historia")
    expect(story).to_contain_text("Se ofreció a Rosa")
    expect(story).to_contain_text("Rosa escribió la nota")
    expect(story).to_contain_text("Carmen abrió el caso. Motivo: Revisión de calidad acordada")
    assert [watch.problems for watch in watches] == [[], [], []]
    assert kept(rosa) == NOTHING_KEPT


def test_a_changed_note_shows_what_changed_word_by_word(rosa: Page, caller: Any) -> None:
    ana = caller()
    be_ready(rosa)
    queue_up(ana)
    accept(rosa)
    note_of(rosa).get_by_label("Próximo paso").fill("Llamar el lunes")
    note_of(rosa).get_by_role("button", name="Guardar la nota").click()
    expect(note_of(rosa).get_by_role("status")).to_have_text("Nota guardada: versión 1")
    note_of(rosa).get_by_label("Próximo paso").fill("Llamar el martes")
    expect(note_of(rosa).get_by_role("status")).to_have_text("Borrador guardado")
    note_of(rosa).get_by_role("button", name="Guardar los cambios").click()
    expect(note_of(rosa).get_by_role("status")).to_have_text("Nota guardada: versión 2")

    rosa.goto("/casos/")
    rosa.get_by_role("row").nth(1).get_by_role("link").click()
    rosa.get_by_text("Qué cambió en las 2 versiones").click()
    assert rosa.locator("del").inner_text().split()[-1] == "lunes"
    assert rosa.locator("ins").inner_text().split()[-1] == "martes"
    expect(rosa.get_by_role("region", name="La historia")).to_contain_text("Rosa cambió la nota: próximo paso")


def test_an_offer_that_is_let_pass_goes_without_blame_and_comes_no_more(rosa: Page, caller: Any) -> None:
    ana = caller()
    be_ready(rosa)
    queue_up(ana)
    rosa.get_by_role("button", name="Esta vez no").click()

    expect(rosa.get_by_text("Lo dejaste pasar. La persona sigue en la espera, en su lugar.")).to_be_visible()
    expect(rosa.get_by_role("article")).to_have_count(0)
    expect(rosa).to_have_title("Escritorio")
    rosa.get_by_role("button", name="Cerrar").click()
    expect(rosa.get_by_text("Lo dejaste pasar")).to_have_count(0)


def test_an_emergency_rings_at_two_desks_and_the_first_wins(rosa: Page, caller: Any, sign_in: Any) -> None:
    luis: Page = sign_in("luis@demo.pe")
    be_ready(rosa)
    be_ready(luis)
    ana = caller()
    ana.goto("/hablar/")
    ana.get_by_role("button", name="Estoy en peligro ahora").click()
    expect(luis.get_by_role("article")).to_contain_text("emergencia")
    accept(rosa)

    expect(luis.get_by_text("Otra persona del equipo aceptó primero. Gracias por estar.")).to_be_visible()
    expect(luis.get_by_role("article")).to_have_count(0)
    expect(rosa.get_by_text("Otra persona del equipo aceptó primero")).to_have_count(0)
    clear(luis)


def test_an_offer_that_nobody_answers_runs_out_in_words(rosa: Page, caller: Any) -> None:
    ana = caller()
    be_ready(rosa)
    queue_up(ana)
    expect(rosa.get_by_role("article")).to_be_visible()

    expect(rosa.get_by_text("Pasó el tiempo de ese aviso")).to_be_visible(timeout=32_000)
    expect(rosa.get_by_role("article")).to_have_count(0)
    expect(rosa.locator("[data-presence-state]")).to_have_text("Listo/a")


@pytest.mark.long
def test_two_offers_without_an_answer_pause_the_desk_without_blame(rosa: Page, caller: Any) -> None:
    be_ready(rosa)
    for _time in range(2):
        queue_up(caller())
        expect(rosa.get_by_role("article")).to_be_visible()
        expect(rosa.get_by_role("article")).to_have_count(0, timeout=32_000)

    expect(rosa.locator("[data-presence-state]")).to_have_text("En pausa")
    expect(rosa.get_by_text("Te pusimos en pausa porque pasaron dos avisos sin respuesta.")).to_be_visible()


@pytest.mark.parametrize(
    ("choice", "told"), [("Sí, acepto", "Dio su acuerdo para conversar."), ("No acepto", "Dijo que no al acuerdo.")]
)
def test_whoever_came_through_the_danger_door_is_asked_for_consent(
    rosa: Page, caller: Any, choice: str, told: str
) -> None:
    ana = caller()
    be_ready(rosa)
    ana.goto("/hablar/")
    ana.get_by_role("button", name="Estoy en peligro ahora").click()
    accept(rosa)
    side = rosa.locator(".side:visible")
    expect(side).to_contain_text("Entró sin dar su acuerdo")
    side.get_by_role("button", name="Pedir acuerdo").click()
    expect(side).to_contain_text("Le pediste su acuerdo")
    ana.get_by_role("button", name=choice, exact=True).click()

    expect(side).to_contain_text(told)


def test_a_sudden_leave_is_told_in_words_and_the_note_can_still_be_written(rosa: Page, caller: Any) -> None:
    ana = caller()
    be_ready(rosa)
    queue_up(ana, words=FIRST)
    accept(rosa)
    say(rosa, "Estoy aquí")
    ana.context.request.get("/hablar/salir/", max_redirects=0)

    expect(log_of(rosa)).to_contain_text("La persona salió de golpe. Puede volver; no es culpa tuya.")
    expect(rosa.locator(".place")).to_contain_text("Salió de golpe. Falta guardar la nota")
    expect(box_of(rosa)).to_be_hidden()
    note_of(rosa).get_by_label("De qué se conversó").fill("Poco: se fue")
    note_of(rosa).get_by_role("button", name="Guardar la nota").click()
    expect(rosa.locator(".place")).to_have_count(0)


def test_who_took_their_words_back_is_read_nowhere_on_the_desk(rosa: Page, caller: Any) -> None:
    ana = caller()
    be_ready(rosa)
    queue_up(ana, words=FIRST)
    accept(rosa)
    expect(log_of(rosa)).to_contain_text(FIRST)
    ana.get_by_text("Borrar lo que escribí").click()
    ana.get_by_role("button", name="Sí, borrar todo").click()

    expect(rosa.locator(".talk:visible")).to_contain_text("La persona borró lo que escribió")
    expect(rosa.locator("main")).not_to_contain_text(FIRST)
    rosa.get_by_role("button", name="Sacar de mi lista").click()
    expect(rosa.locator(".place")).to_have_count(0)


def test_the_one_who_waits_longest_stands_out_and_unread_words_count_in_the_title(rosa: Page, caller: Any) -> None:
    ana, luz = caller(), caller()
    be_ready(rosa)
    queue_up(ana, words="soy Ana")
    accept(rosa)
    say(rosa, "hola Ana")
    queue_up(luz, words="soy Luz")
    accept(rosa)
    say(rosa, "hola Luz")
    write(ana, "¿sigues?")
    write(ana, "te cuento")

    expect(rosa).to_have_title("(2) Escritorio")
    first = rosa.locator(".place").first
    expect(first).to_contain_text(re.compile(r"Te espera hace \d+ s"))
    expect(first).to_have_class(re.compile("is-longest"))
    expect(first).to_contain_text("2 sin leer")
    rosa.keyboard.press("Alt+j")
    expect(log_of(rosa)).to_contain_text("te cuento")
    expect(rosa).to_have_title("Escritorio")


def test_an_unchecked_volunteer_is_told_why_nobody_comes(sign_in: Any) -> None:
    ines = sign_in("nuevo@demo.pe")
    expect(ines.get_by_text("falta que la coordinación la revise")).to_be_visible()
    expect(ines.get_by_role("button", name="Estoy listo/a")).to_have_count(0)


def test_an_offer_accepted_while_the_line_is_away_is_accepted_once_it_is_back(rosa: Page, caller: Any) -> None:
    lost: list[str] = []

    def carry(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if '"accept"' in str(message) and not lost:
                lost.append(str(message))
                route.close(code=1001)
                server.close()
            else:
                server.send(message)

        route.on_message(pass_on)

    rosa.context.route_web_socket(re.compile(r"/ws/"), carry)
    rosa.reload()
    be_ready(rosa)
    queue_up(caller())
    accept(rosa)
    assert len(lost) == 1
    say(rosa, "Hola, te leo")
    expect(rosa.locator("[data-notices]")).to_be_empty()


def test_the_first_touch_of_a_page_that_cannot_sound_yet_reaches_what_it_aims_at(rosa: Page) -> None:
    be_ready(rosa)
    rosa.add_init_script("Object.defineProperty(navigator, 'userActivation', { value: { hasBeenActive: false } })")
    rosa.reload()
    expect(rosa.get_by_role("button", name="Encender el sonido")).to_be_visible()
    rosa.wait_for_load_state("networkidle")  # nothing else comes that would move it
    keys = rosa.get_by_role("button", name="Atajos de teclado")
    keys.hover()
    rosa.mouse.down()
    rosa.wait_for_timeout(200)  # as long as a finger stays
    rosa.mouse.up()
    expect(rosa.get_by_role("dialog")).to_be_visible()
    expect(rosa.get_by_role("button", name="Encender el sonido")).to_be_hidden()
    rosa.get_by_role("dialog").get_by_role("button", name="Cerrar").click()
