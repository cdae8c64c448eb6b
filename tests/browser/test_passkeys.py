"""A device's own key as the second factor: added, asked for at the door, and taken away again."""

from typing import Any

from playwright.sync_api import Page, expect

from roster.management.commands.demo_people import PASSWORD
from tests.running_line import RunningLine

MEMBER = "nuevo@demo.pe"  # the one whom no other test signs in
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A browser on a device that has a key of its own, which somebody may or may not allow to be used."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._session = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        self._id = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def allow(self, *, allowed: bool) -> None:
        """Let the fingerprint be recognised, or not."""
        self._session.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": allowed})

    def enter(self) -> None:
        """Give address and password."""
        self.page.goto("/equipo/entrar/")
        self.page.get_by_label("Correo").fill(MEMBER)
        self.page.get_by_label("Contraseña").fill(PASSWORD)
        self.page.get_by_role("button", name="Entrar").click()

    def leave(self) -> None:
        """Sign out."""
        self.page.goto("/equipo/salir/")
        self.page.locator("main").get_by_role("button", name="Salir").click()


def test_a_key_is_added_asked_for_and_taken_away(open_page: Any, line: RunningLine) -> None:
    page: Page = open_page("/", phone=False, base_url=f"http://localhost:{line.port}")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    device = Device(page)
    device.enter()
    page.wait_for_url("**/escritorio/")

    page.goto("/equipo/segundo-factor/webauthn/add/")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Confirmar").click()
    page.get_by_label("Nombre de la llave").fill("mi compu")
    page.get_by_role("button", name="Agregar").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto("/equipo/segundo-factor/webauthn/")
    expect(page.get_by_text("mi compu")).to_be_visible()

    device.leave()
    device.enter()
    page.wait_for_url("**/equipo/entrar/segundo-factor/")
    device.allow(allowed=False)
    page.get_by_role("button", name="Usar mi llave o mi huella").click()
    expect(page.get_by_role("alert").filter(has_text="No se pudo leer la llave")).to_be_visible()
    device.allow(allowed=True)
    page.get_by_role("button", name="Usar mi llave o mi huella").click()
    page.wait_for_url("**/escritorio/")

    page.goto("/equipo/segundo-factor/webauthn/")
    page.get_by_role("link", name="Quitar").click()
    page.get_by_role("link", name="Usar una clave de seguridad").click()  # who takes a key away shows it once more
    page.get_by_role("button", name="Usar mi llave").click()
    page.get_by_role("button", name="Quitar").click()
    expect(page.get_by_text("Todavía no tienes ninguna.")).to_be_visible()
    device.leave()
    device.enter()
    page.wait_for_url("**/escritorio/")
    assert problems == []
