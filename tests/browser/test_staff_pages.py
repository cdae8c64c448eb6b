"""Every page of the staff: nothing for axe to find, nothing in the console, no wider than its window."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from playwright.sync_api import Page, expect

from tests.browser.callers import Watch, sit_down
from tests.browser.desks import accept, at_desk, be_ready, clear, faults, is_sound, note_of, queue_up, say
from tests.running_line import LightLine, RunningLine, own_databases

LOOKS = {
    "dark": {"color_scheme": "dark"},
    "light at 360 px": {"color_scheme": "light", "phone": True},
    "light": {"color_scheme": "light"},
    "dark at 360 px": {"color_scheme": "dark", "phone": True},
}
OFTEN = ("dark", "light at 360 px")
LOOK = pytest.mark.parametrize(
    "look", [pytest.param(LOOKS[name], id=name, marks=() if name in OFTEN else pytest.mark.long) for name in LOOKS]
)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own: second factors made here meet nobody else."""
    with LightLine(tmp_path_factory.mktemp("staff"), **own_databases()) as running:
        yield running


def code_of(secret: str) -> str:
    """Return the code that an application shows now for this key."""
    return str(auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30)))


@LOOK
def test_the_desk_in_all_its_states(open_page: Any, sign_in: Any, line: RunningLine, look: dict[str, Any]) -> None:
    rosa: Page = sign_in("rosa@demo.pe", **look)
    clear(rosa)
    watch = Watch(rosa, line)
    rosa.wait_for_url("**/escritorio/")
    is_sound(rosa)
    rosa.get_by_role("button", name="Estoy listo/a").click()
    is_sound(rosa)
    rosa.get_by_role("button", name="Sí, lo escuché").click()
    rosa.get_by_role("button", name="Atajos de teclado").click()
    is_sound(rosa)
    rosa.get_by_role("dialog").get_by_role("button", name="Cerrar").click()
    open_page("/hablar/").get_by_role("button", name="Estoy en peligro ahora").click()
    accept(rosa)
    say(rosa, "Hola, te leo")
    is_sound(rosa)
    rosa.get_by_role("button", name="Terminar", exact=True).click()
    is_sound(rosa)
    rosa.get_by_role("button", name="Sí, terminar").click()
    is_sound(rosa)
    if look.get("phone"):
        for part in ("Persona y nota", "Lista"):
            rosa.get_by_role("button", name=re.compile(part)).click()
            is_sound(rosa)
        rosa.get_by_role("button", name="Persona y nota").click()
    note_of(rosa).get_by_label("Motivo principal").select_option("Otro")
    note_of(rosa).get_by_role("button", name="Guardar la nota").click()
    expect(rosa.get_by_role("link", name="Ver el caso")).to_be_visible()
    is_sound(rosa)
    # Last: an offer stands for 25 s, which axe alone may take on a slow machine.
    queue_up(open_page("/"))
    expect(rosa.get_by_role("article")).to_be_visible()
    is_sound(rosa)
    assert watch.problems == []


@LOOK
def test_the_supervisors_pages(open_page: Any, line: RunningLine, look: dict[str, Any]) -> None:
    pair = line.pairs()[0]
    desk = at_desk(open_page, line, pair)
    note_of(desk).get_by_label("Próximo paso").fill("uno")
    note_of(desk).get_by_role("button", name="Guardar la nota").click()
    expect(note_of(desk).get_by_role("status")).to_have_text("Nota guardada: versión 1")
    note_of(desk).get_by_label("Próximo paso").fill("dos")
    note_of(desk).get_by_role("button", name="Guardar los cambios").click()
    expect(note_of(desk).get_by_role("status")).to_have_text("Nota guardada: versión 2")
    desk.goto("/casos/")
    is_sound(desk)
    desk.get_by_role("row").nth(1).get_by_role("link").click()
    case = desk.url
    queue_up(open_page("/"), thoughts="A veces")

    carmen: Page = open_page("/", **{"phone": False, **look})
    sit_down(carmen.context, line, line.rehearse("supervisors", 1)[0]["supervisor"]["cookie"])
    watch = Watch(carmen, line)
    for path in ("/supervision/", "/supervision/pronostico/", "/supervision/auditoria/?revisar", "/casos/", case):
        carmen.goto(path)
        is_sound(carmen)
    carmen.get_by_role("radio").first.check()
    carmen.get_by_role("button", name="Abrir").click()
    for summary in carmen.locator("summary").all():
        summary.click()
    is_sound(carmen)
    assert watch.problems == []


@LOOK
def test_signing_in_and_the_pages_of_an_account(
    open_page: Any, sign_in: Any, line: RunningLine, look: dict[str, Any]
) -> None:
    page = open_page("/equipo/entrar/", **{"phone": False, **look})
    watch = Watch(page, line)
    is_sound(page)
    page.get_by_label("Correo").fill("luis@demo.pe")
    page.get_by_label("Contraseña").fill("no es esta")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("alert")).to_contain_text("no van juntos")
    expect(page.get_by_label("Correo")).to_have_value("luis@demo.pe")
    is_sound(page)
    for path in ("/equipo/contrasena/olvidada/", "/equipo/contrasena/enviada/", "/equipo/invitacion/no-existe/"):
        page.goto(path)
        is_sound(page)

    luis: Page = sign_in("luis@demo.pe", **look)
    for path in ("/equipo/segundo-factor/", "/equipo/contrasena/", "/equipo/salir/", "/casos/"):
        luis.goto(path)
        is_sound(luis)
    assert [one for one in watch.problems if "400" not in one and "410" not in one] == []


def test_a_second_factor_is_made_with_an_image_and_codes_to_keep(sign_in: Any, line: RunningLine) -> None:
    page: Page = sign_in("nuevo@demo.pe", phone=True)
    watch = Watch(page, line)
    page.get_by_role("link", name="Mi cuenta").click()
    page.get_by_role("link", name="Activar").click()
    page.get_by_label("Contraseña").fill("conversemos-2020")
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Activa tu segundo factor")
    is_sound(page)
    image = page.get_by_role("img", name="Imagen con la misma clave que está escrita debajo")
    assert image.evaluate("one => one.complete && one.naturalWidth") > 0
    secret = page.locator(".code").inner_text().replace(" ", "")
    field = page.get_by_label("Código")
    assert field.get_attribute("autocomplete") == "one-time-code"
    assert field.get_attribute("inputmode") == "numeric"
    field.fill("000000")
    page.get_by_role("button", name="Activar").click()
    expect(page.get_by_role("alert")).to_contain_text("Ese código no sirve")
    page.get_by_label("Código").fill(code_of(secret))
    page.get_by_role("button", name="Activar").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Códigos de respaldo")
    expect(page.locator(".codes li")).to_have_count(10)
    is_sound(page)
    page.emulate_media(media="print")
    expect(page.locator(".codes")).to_be_visible()
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_hidden()
    page.emulate_media(media="screen")
    code = page.locator(".codes li").first.inner_text()

    page.goto("/equipo/salir/")
    page.get_by_role("main").get_by_role("button", name="Salir").click()
    page.get_by_label("Correo").fill("nuevo@demo.pe")
    page.get_by_label("Contraseña").fill("conversemos-2020")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tu código")
    is_sound(page)
    page.get_by_label("Código").fill(code)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url("**/escritorio/")
    assert [one for one in watch.problems if "400" not in one] == []


def test_an_invitation_leads_to_an_account_and_works_once(sign_in: Any, open_page: Any, line: RunningLine) -> None:
    julio: Page = sign_in("coordinacion@demo.pe")
    julio.wait_for_url("**/admin/")
    julio.goto("/admin/roster/invitation/add/")
    julio.get_by_label("Rol").select_option("volunteer")
    julio.locator("input[name=_save]").click()
    link = re.search(r"/equipo/invitacion/[\w-]+/", julio.locator("main").inner_text())
    assert link is not None

    page: Page = open_page(link[0])
    watch = Watch(page, line)
    is_sound(page)
    page.get_by_label("Correo").fill("elsa@ejemplo.pe")
    page.get_by_label("Nombre completo").fill("Elsa Soto")
    page.get_by_label("Nombre que verán las personas").fill("Elsa")
    page.get_by_label("Contraseña").fill("corta")
    page.get_by_role("button", name="Crear mi cuenta").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Nombre completo")).to_have_value("Elsa Soto")
    is_sound(page)
    page.get_by_label("Contraseña").fill("una llama cruza el puente")
    page.get_by_role("button", name="Crear mi cuenta").click()
    page.wait_for_url("**/equipo/entrar/")
    page.goto(link[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Esta invitación ya no sirve")
    is_sound(page)
    assert [one for one in watch.problems if "400" not in one and "410" not in one] == []


INSTRUMENTS = ("/admin/triage/instrumentwording/", "/admin/triage/instrumentwording/add/")


@LOOK
def test_the_administration(sign_in: Any, line: RunningLine, look: dict[str, Any]) -> None:
    julio: Page = sign_in("coordinacion@demo.pe", **look)
    watch = Watch(julio, line)
    pages = ("member/", "invitation/add/", "shift/add/", "openingspan/add/", "openingexception/")
    for path in ("/admin/", *(f"/admin/roster/{page}" for page in pages), "/admin/directory/place/", *INSTRUMENTS):
        julio.goto(path)
        julio.wait_for_load_state("networkidle")
        assert watch.problems == []
        assert faults(julio, best=False) == []
        watch.problems.clear()  # axe itself styles these pages while it looks, and is stopped


@LOOK
def test_a_public_text_is_judged_on_a_page(sign_in: Any, line: RunningLine, look: dict[str, Any]) -> None:
    julio: Page = sign_in("coordinacion@demo.pe", **look)
    watch = Watch(julio, line)
    julio.goto("/equipo/textos/")
    is_sound(julio)
    julio.get_by_label("El texto").fill("Hoy.\nUna epidemia de suicidios. Llama al 113.")
    julio.get_by_role("button", name="Revisar").click()
    told = julio.get_by_role("status")
    expect(told).to_contain_text("Así no se publica")
    expect(told).to_contain_text("«epidemia»")
    expect(julio.get_by_label("El texto")).to_have_value("Hoy.\nUna epidemia de suicidios. Llama al 113.")
    is_sound(julio)
    assert watch.problems == []


def test_each_role_finds_its_own_way_and_no_other(sign_in: Any) -> None:
    ways = {
        "rosa@demo.pe": ["Escritorio", "Casos", "Turnos", "Reflexión", "Práctica", "Mi cuenta", "Salir"],
        "supervisora@demo.pe": [
            *("Tablero", "Casos", "Turnos", "Reflexión", "Práctica", "Pronóstico", "Cifras", "Registro"),
            *("Mi cuenta", "Salir"),
        ],
    }
    for email, way in ways.items():
        page: Page = sign_in(email)
        assert page.get_by_role("navigation", name="Equipo").get_by_role("link").all_inner_texts() == way


def test_ready_again_after_a_pause_needs_no_second_sound_check(sign_in: Any) -> None:
    page: Page = sign_in("luis@demo.pe")
    be_ready(page)
    page.get_by_role("button", name="Pausa").click()
    page.get_by_role("button", name="Estoy listo/a").click()
    expect(page.locator("[data-presence-state]")).to_have_text("Listo/a")
    page.get_by_role("button", name="Pausa").click()
    expect(page.locator("[data-presence-state]")).to_have_text("En pausa")
