"""From the public page to the desk: somebody applies, is met by the coordination, makes their account and enters."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.callers import Watch
from tests.browser.desks import is_sound
from tests.line_database import ago, change
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
MAILED_WITHIN = 10  # seconds


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own, whose mails are what it prints."""
    with LightLine(tmp_path_factory.mktemp("volunteering"), **own_databases()) as running:
        yield running


def mailed(line: RunningLine, to: str, path: str) -> str:
    """Return the path of the newest link of this kind in a mail to somebody, once it is there."""
    until = time.monotonic() + MAILED_WITHIN
    while time.monotonic() < until:
        mails = "".join(line.printed).split("Content-Type:")
        found = [
            link for mail in mails if f"To: {to}" in mail for link in re.findall(rf"https?://[^/\s]+({path}\S+)", mail)
        ]
        if found:
            return str(found[-1])
        time.sleep(0.1)
    pytest.fail(f"no mail to {to} brought {path}")


def fill_in(page: Page, email: str) -> None:
    """Fill the form in as somebody who may join."""
    page.get_by_label("Tu nombre completo").fill("Elsa Soto Ñahui")
    page.get_by_label("Tu correo").fill(email)
    page.get_by_role("group", name="¿Tienes 18 años o más?").get_by_label("Sí").check()
    page.get_by_label("Psicología, con colegiatura habilitada").check()
    page.get_by_label("Tu número C.Ps.P.").fill("18984")
    page.get_by_label("Quechua").check()
    page.get_by_label("¿Vienes de una organización").select_option("Dando+")
    page.get_by_label("¿Cuántas horas").select_option("4 horas")
    page.get_by_label("Leí cómo es escuchar").check()
    page.get_by_label("Acepto que usen estos datos").check()


def applies(elsa: Page, line: RunningLine, email: str) -> None:
    """Apply, with two mistakes on the way, and look at one's own page."""
    is_sound(elsa)
    elsa.get_by_role("button", name="Enviar mi postulación").click()
    expect(elsa.get_by_role("alert").first).to_contain_text("Falta poco")
    is_sound(elsa)
    fill_in(elsa, email)
    elsa.get_by_label("Tu número C.Ps.P.").fill("una llama")
    elsa.get_by_role("button", name="Enviar mi postulación").click()
    expect(elsa.get_by_text("El número C.Ps.P. tiene solo cifras")).to_be_visible()
    expect(elsa.get_by_label("Quechua")).to_be_checked()
    elsa.get_by_role("alert").get_by_role("link", name="Tu número C.Ps.P.").click()
    expect(elsa.get_by_label("Tu número C.Ps.P.")).to_be_focused()
    elsa.get_by_label("Tu número C.Ps.P.").fill("18984")
    elsa.get_by_role("button", name="Enviar mi postulación").click()
    expect(elsa.get_by_role("heading", level=1)).to_have_text("Gracias por querer escuchar")
    is_sound(elsa)
    elsa.goto(mailed(line, email, "/voluntariado/postulacion/"))
    expect(elsa.get_by_text("te escribimos para acordar una entrevista")).to_be_visible()
    elsa.get_by_text("Retirar mi postulación y borrar mis datos").click()
    is_sound(elsa)


def is_met(julio: Page, line: RunningLine) -> None:
    """Take the newest application from its arrival to its invitation, as the coordination."""
    julio.goto("/admin/")
    julio.get_by_role("link", name="Postulaciones").click()
    is_sound(julio)
    julio.get_by_role("link", name="Elsa Soto Ñahui").last.click()
    is_sound(julio)
    julio.get_by_role("button", name="Guardar y escribirle").click()
    expect(julio.get_by_role("alert")).to_contain_text("No se guardó todavía")
    is_sound(julio)
    julio.get_by_label("Día de la entrevista").fill(time.strftime("%Y-%m-%d", time.localtime(time.time() + 3 * 86_400)))
    julio.get_by_label("Hora (de Lima)").fill("19:30")
    julio.get_by_label("Dónde, o con qué enlace").fill("https://sala.example/1")
    julio.get_by_role("button", name="Guardar y escribirle").click()
    expect(julio.get_by_role("status")).to_have_text("La entrevista quedó acordada.")
    is_sound(julio)
    change(line, "UPDATE roster_application SET interview_at = ? WHERE state = 'to_interview'", ago(60))
    julio.reload()
    julio.get_by_role("button", name="La entrevista se hizo").click()
    is_sound(julio)
    julio.get_by_label("Lo busqué yo en el registro").check()
    julio.get_by_role("button", name="Colegiatura revisada").click()
    julio.get_by_role("button", name="Enviar la invitación").click()
    expect(julio.get_by_text("Todavía no hizo su cuenta.")).to_be_visible()
    is_sound(julio)


def enters(elsa: Page, line: RunningLine, email: str) -> None:
    """Make one's account by the invitation, and enter."""
    elsa.goto(mailed(line, email, "/equipo/invitacion/"))
    expect(elsa.get_by_label("Nombre completo")).to_have_value("Elsa Soto Ñahui")
    elsa.get_by_label("Nombre que verán las personas").fill("Elsa")
    elsa.get_by_label("Contraseña").fill("una llama cruza el puente")
    elsa.get_by_role("button", name="Crear mi cuenta").click()
    elsa.wait_for_url("**/equipo/entrar/")
    elsa.get_by_label("Correo").fill(email)
    elsa.get_by_label("Contraseña").fill("una llama cruza el puente")
    elsa.get_by_role("button", name="Entrar").click()
    elsa.wait_for_url("**/escritorio/")
    expect(elsa.get_by_text("Tu colegiatura (C.Ps.P.): ✓ revisada.")).to_be_visible()
    is_sound(elsa)


@LOOK
@pytest.mark.timeout(300)  # three people's pages, each looked at
def test_somebody_applies_is_met_invited_and_enters(
    open_page: Any, sign_in: Any, line: RunningLine, look: dict[str, Any]
) -> None:
    email = f"elsa{'-'.join(str(one) for one in look.values())}@ejemplo.pe".lower()
    elsa: Page = open_page("/voluntariado/", **{"phone": False, **look})
    watch = Watch(elsa, line)
    applies(elsa, line, email)
    julio: Page = sign_in("coordinacion@demo.pe", **look)
    is_met(julio, line)
    enters(elsa, line, email)
    julio.goto("/equipo/postulaciones/?estado=sin-primer-turno")
    expect(julio.get_by_text("está en formación; todavía no tiene su primer turno").first).to_be_visible()
    is_sound(julio)
    assert [one for one in watch.problems if "400" not in one] == []


def test_without_scripts_one_applies_and_withdraws_all_the_same(open_page: Any, line: RunningLine) -> None:
    page: Page = open_page("/voluntariado/", java_script_enabled=False)
    fill_in(page, "paz@ejemplo.pe")
    page.get_by_role("button", name="Enviar mi postulación").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias por querer escuchar")
    page.goto(mailed(line, "paz@ejemplo.pe", "/voluntariado/postulacion/"))
    page.get_by_text("Retirar mi postulación y borrar mis datos").click()
    page.get_by_role("button", name="Sí, retirarla y borrar").click()
    expect(page.get_by_text("Ya borramos lo que nos dijiste.")).to_be_visible()
    expect(page.get_by_text("Elsa Soto")).to_have_count(0)
