"""A member's own space in a browser: journal, check-ins on the desk, thanks, and what comes after something hard."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from roster.management.commands.demo_people import PASSWORD
from tests.browser.callers import Watch, kept
from tests.browser.desks import at_desk, is_sound
from tests.line_database import ago, change
from tests.running_line import Pair, RunningLine

LOOKS = {
    "dark": {"color_scheme": "dark"},
    "light at 360 px": {"color_scheme": "light", "phone": True},
}
LOOK = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)


def open_space(page: Page) -> None:
    """Make the space of whoever is signed in, or open it if they have one."""
    page.goto("/reflexion/espacio/")
    is_sound(page)
    page.get_by_label("Tu contraseña", exact=True).first.fill(PASSWORD)
    if page.get_by_role("button", name="Hacer mi espacio").count():
        page.get_by_label("Entiendo que sin mi contraseña").check()
        page.get_by_role("button", name="Hacer mi espacio").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("El código de tu espacio")
        is_sound(page)
        page.get_by_role("link", name="Ya lo guardé").click()
    else:
        page.get_by_role("button", name="Abrir mi espacio").click()
    expect(page.get_by_text("Está abierto.")).to_be_visible()
    is_sound(page)


@pytest.fixture
def on_shift(line: RunningLine) -> Iterator[Callable[[str, float, float], None]]:
    """Return how somebody is put on one shift alone, begun so many seconds ago; afterwards it was none."""
    uid = uuid.uuid4().hex
    columns = "member_id, starts_at, ends_at, beyond, uid, sequence, changed_at"
    mine = "(SELECT id FROM roster_member WHERE email = ?)"

    def put(email: str, begun: float, lasts: float) -> None:
        change(line, f"DELETE FROM roster_shift WHERE member_id = {mine}", email)  # noqa: S608  those of the demonstration
        insert = f"INSERT INTO roster_shift ({columns}) VALUES ({mine}, ?, ?, '', ?, 0, ?)"  # noqa: S608
        change(line, insert, email, ago(begun), ago(begun - lasts), uid, ago(begun))

    yield put
    change(line, "DELETE FROM roster_shift WHERE uid = ?", uid)


@LOOK
def test_a_journal_saves_itself_while_it_is_written_and_keeps_nothing_in_the_browser(
    sign_in: Any, line: RunningLine, look: dict[str, Any]
) -> None:
    page: Page = sign_in("rosa@demo.pe", **look)
    watch = Watch(page, line)
    open_space(page)
    page.goto("/reflexion/diario/")
    page.get_by_role("link", name="Dame una pregunta").click()
    box = page.locator("#text")
    box.fill("Lo que me llevo de hoy.")
    expect(page.locator("[data-state]")).to_have_text("Borrador guardado, cerrado con tu clave")
    page.reload()
    expect(box).to_have_value("Lo que me llevo de hoy.")
    is_sound(page)
    page.get_by_role("button", name="Guardar esta página").click()
    expect(page.get_by_role("status").first).to_have_text("Tu página quedó guardada. Solo tú la abres.")
    expect(box).to_have_value("")
    page.get_by_role("link", name="Llevarme mi diario y todo lo mío").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Llevarme lo mío")
    is_sound(page)
    page.get_by_label("Tu contraseña").fill(PASSWORD)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Como texto").click()
    assert taken.value.suggested_filename == "lo-mio.txt"
    page.goto("/reflexion/diario/")
    page.get_by_role("link", name=re.compile("Lo que me llevo de hoy")).first.click()
    expect(box).to_have_value("Lo que me llevo de hoy.")
    page.get_by_text("Borrar esta página para siempre").click()
    is_sound(page)
    page.get_by_role("button", name="Sí, borrarla").click()
    expect(page.get_by_role("status").first).to_have_text("Esa página se borró para siempre.")
    assert not any(kept(page).values())
    assert watch.problems == []


@LOOK
def test_all_pages_of_a_member_s_own_are_sound(sign_in: Any, line: RunningLine, look: dict[str, Any]) -> None:
    page: Page = sign_in("luis@demo.pe", **look)
    watch = Watch(page, line)
    page.goto("/reflexion/")
    is_sound(page)
    open_space(page)
    page.goto("/reflexion/como-estoy/")
    for value in ("Mal", "Bien"):
        page.get_by_role("form", name="¿Cómo llegas?").get_by_role("button", name=value, exact=True).click()
        expect(page.get_by_role("status").first).to_have_text("Guardado, solo para ti.")
    page.get_by_text("En una tabla").first.click()
    is_sound(page)
    for path in ("/reflexion/despues/", "/reflexion/gracias/"):
        page.goto(path)
        is_sound(page)
    page.get_by_role("link", name="Reflexión").first.focus()
    assert watch.problems == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "telephone"])
def test_the_desk_asks_once_how_somebody_leaves_and_thanks(
    sign_in: Any,
    on_shift: Callable[[str, float, float], None],
    phone: bool,  # noqa: FBT001  a look
) -> None:
    page: Page = sign_in("luis@demo.pe", phone=phone)
    open_space(page)
    on_shift("luis@demo.pe", 7200, 7300)
    page.goto("/escritorio/")
    asked = page.get_by_label("Cómo estás")
    expect(asked.get_by_role("heading", name="¿Qué tan pesado fue?")).to_be_visible()
    is_sound(page)
    asked.get_by_role("button", name="Muy pesado").click()
    expect(asked.get_by_role("heading", name="¿Cómo te vas?")).to_be_focused()
    asked.get_by_role("button", name="Regular").click()
    expect(asked.get_by_role("heading")).to_contain_text("Quedó guardado, solo para ti.")
    expect(asked).to_be_hidden(timeout=10_000)


def test_a_question_on_the_desk_is_left_out_with_one_touch(
    sign_in: Any, on_shift: Callable[[str, float, float], None]
) -> None:
    on_shift("rosa@demo.pe", 60, 7200)
    page: Page = sign_in("rosa@demo.pe")
    asked = page.get_by_label("Cómo estás")
    expect(asked.get_by_role("heading", name="¿Cómo llegas?")).to_be_visible()
    asked.get_by_role("button", name="Ahora no").click()
    expect(asked).to_be_hidden()


def test_after_a_hard_conversation_the_desk_offers_what_does_good(
    open_page: Any, line: RunningLine, pair: Pair
) -> None:
    desk = at_desk(open_page, line, pair)
    watch = Watch(desk, line)
    change(line, "UPDATE triage_contact SET urgency = 'B' WHERE id = ?", _id(line, pair))
    offered = desk.get_by_label("Después de una conversación dura")
    expect(offered).to_be_hidden()
    desk.locator("[data-end]:visible").click()
    desk.get_by_role("button", name="Sí, terminar").click()
    expect(offered.get_by_role("heading")).to_have_text("Fue una conversación dura. ¿Qué te haría bien ahora?")
    is_sound(desk)
    offered.get_by_role("button", name="Una pausa de quince minutos").click()
    expect(offered.get_by_role("heading")).to_contain_text("Descansa.")
    offered.get_by_role("button", name="Ahora no").click()
    expect(offered).to_be_hidden()
    assert watch.problems == []


def test_after_a_death_that_the_note_tells_the_desk_offers_once_the_conversation_is_over(
    open_page: Any, line: RunningLine, pair: Pair
) -> None:
    desk = at_desk(open_page, line, pair)
    watch = Watch(desk, line)
    offered = desk.get_by_label("Después de una conversación dura")
    desk.get_by_label("¿Murió alguien?").select_option("Alguien cercano a esa persona")
    desk.get_by_role("button", name="Guardar la nota").click()
    expect(desk.locator("[data-note-status]")).to_have_text("Nota guardada: versión 1")
    expect(offered).to_be_hidden()
    desk.locator("[data-end]:visible").click()
    desk.get_by_role("button", name="Sí, terminar").click()
    expect(offered.get_by_role("heading")).to_have_text("Murió alguien. Lo sentimos. ¿Qué te haría bien ahora?")
    is_sound(desk)
    offered.get_by_label("Decirle también por qué").check()
    offered.get_by_role("button", name="Que supervisión me busque dentro de la hora").click()
    expect(offered.get_by_role("heading")).to_contain_text("que te busquen dentro de la hora")
    offered.get_by_role("button", name="Que mi escritorio me lo pregunte").click()
    expect(offered.get_by_role("heading")).to_contain_text("a las dos y cuatro semanas")
    is_sound(desk)
    assert watch.problems == []


def _id(line: RunningLine, pair: Pair) -> str:
    """Return the id of a conversation as its database writes it: a file without dashes."""
    return pair.contact if "DATABASE_URL" in line.environment else pair.contact.replace("-", "")


def test_supervision_sees_on_its_board_who_would_like_to_talk(sign_in: Any) -> None:
    luis: Page = sign_in("luis@demo.pe")
    luis.goto("/reflexion/despues/")
    luis.get_by_role("button", name="Conversar con supervisión").click()
    expect(luis.get_by_role("heading", name="Listo. Supervisión ve tu nombre")).to_be_visible()
    board: Page = sign_in("supervisora@demo.pe")
    board.get_by_role("link", name="Luis quisiera conversar").click()
    is_sound(board)
    board.get_by_role("button", name="Me ocupo").click()
    board.get_by_role("button", name="Ya conversamos").click()
    expect(board.get_by_text("Ahora nadie lo ha pedido.")).to_be_visible()


@LOOK
def test_thanks_go_from_one_to_another(sign_in: Any, look: dict[str, Any]) -> None:
    rosa: Page = sign_in("rosa@demo.pe", **look)
    open_space(rosa)
    luis: Page = sign_in("luis@demo.pe", **look)
    luis.goto("/reflexion/gracias/")
    luis.get_by_label("Para quién").select_option("Rosa")
    luis.get_by_label("Tus palabras").fill("Gracias por tu calma de anoche.")
    is_sound(luis)
    luis.get_by_role("button", name="Dejar estas palabras").click()
    expect(luis.get_by_role("status")).to_have_text("Tu nota quedó guardada. Solo quien la recibe la abre.")
    rosa.goto("/reflexion/gracias/")
    expect(rosa.get_by_text("Gracias por tu calma de anoche.").first).to_be_visible()
    is_sound(rosa)
    rosa.get_by_role("button", name="Borrar para siempre").first.click()
    expect(rosa.get_by_text("Gracias por tu calma de anoche.")).to_have_count(0)
