"""Circles in a real browser: founded, joined, held live, left in the middle; each page sound, wide and narrow."""

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from roster.management.commands.demo_people import PASSWORD
from tests.browser.callers import Watch
from tests.browser.desks import WIDTHS, is_sound
from tests.line_database import ago, change
from tests.running_line import LightLine, RunningLine, own_databases

#: Two shifts that ended a moment ago.
SHIFTS_END = """
import datetime
from django.utils import timezone
from roster.models import Member, Shift
end = timezone.now() - datetime.timedelta(seconds=5)
for name in ("rosa", "luis"):
    member = Member.objects.get(email=f"{name}@demo.pe")
    Shift.objects.filter(member=member).delete()
    Shift.objects.create(member=member, starts_at=end - datetime.timedelta(hours=2), ends_at=end)
"""
OTHER_LOOKS = [{"color_scheme": "dark"}, {"java_script_enabled": False}]


@pytest.fixture(scope="module", params=["B"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own, where only people open what is said."""
    variables = {"HOTLINE_STAGE": str(request.param), **own_databases()}
    with LightLine(tmp_path_factory.mktemp("circles"), **variables) as running:
        yield running


def found(page: Page, name: str) -> str:
    """Found a circle; return its address."""
    page.goto("/reflexion/circulos/nuevo/")
    is_sound(page, *WIDTHS)
    page.get_by_label("Nombre").fill(name)
    page.get_by_label("Primer día").fill((datetime.date.today() + datetime.timedelta(days=3)).isoformat())  # noqa: DTZ011
    page.get_by_label("Hora").fill("19:30")
    page.get_by_role("button", name="Abrirlo").click()
    expect(page.get_by_role("status").first).to_contain_text("El círculo está abierto")
    return re.sub(r"^https?://[^/]+", "", page.url)


def join(page: Page, path: str) -> None:
    """Accept the rules and take a seat."""
    page.goto(path)
    is_sound(page, *WIDTHS)
    page.get_by_label("Acepto estos acuerdos").check()
    page.get_by_role("button", name="Apuntarme").click()
    expect(page.locator("#composer")).to_be_visible()


def say(page: Page, text: str) -> None:
    """Say something; return once it is stored."""
    page.get_by_label("Lo que quieres decir").fill(text)
    page.get_by_role("button", name="Decir").click()
    expect(page.locator("#log li[data-seq]", has_text=text)).to_have_count(1)


def raise_a_hand_by_keyboard(page: Page) -> None:
    """Raise a hand, take it down and raise it again with Enter alone: the button that takes its place has the focus."""
    page.get_by_role("button", name="Levantar la mano").focus()
    for name, other in (("Levantar la mano", "Bajar la mano"), ("Bajar la mano", "Levantar la mano")):
        expect(page.get_by_role("button", name=name)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=other)).to_be_focused()
    page.keyboard.press("Enter")


def test_a_circle_is_founded_joined_held_and_left(sign_in: Any, line: RunningLine) -> None:
    carmen: Page = sign_in("supervisora@demo.pe")
    path = found(carmen, "Martes de calma")
    rosa: Page = sign_in("rosa@demo.pe")
    rosa.goto("/reflexion/")
    is_sound(rosa, *WIDTHS)
    expect(rosa.get_by_role("link", name="Martes de calma")).to_be_visible()
    join(rosa, path)
    watch = Watch(rosa, line)
    carmen.goto(path)
    say(rosa, "Hoy vengo cansada.")
    expect(carmen.locator("#log li", has_text="Hoy vengo cansada.")).to_contain_text("Rosa")
    is_sound(rosa, *WIDTHS)

    change(line, "UPDATE reflection_gathering SET starts_at = ?", ago(0))
    rosa.reload()
    rosa.get_by_role("button", name="Entrar a la sala").click()
    expect(rosa.locator("#standing")).to_contain_text("Bienvenida")
    carmen.get_by_role("button", name="Entrar a la sala").click()
    expect(rosa.locator("#standing")).to_contain_text("Reunión de ahora:")
    raise_a_hand_by_keyboard(rosa)
    expect(carmen.locator("#standing")).to_contain_text("Manos levantadas: Rosa")
    carmen.get_by_role("button", name="Pasar a lo que sigue").click()
    expect(rosa.locator("#standing")).to_contain_text("Es tu turno de hablar")
    is_sound(rosa, *WIDTHS)
    is_sound(carmen, *WIDTHS)
    expect(rosa.get_by_role("button", name="Paso esta vez")).to_be_visible()
    say(rosa, "Llego con sueño.")
    rosa.get_by_role("button", name="Doy la palabra").click()
    expect(carmen.locator("#standing")).to_contain_text("Es tu turno de hablar")
    rosa.get_by_label("Lo que quieres decir").fill("Una cosa más")
    rosa.get_by_role("button", name="Decir").click()
    expect(rosa.get_by_role("alert")).to_contain_text("Ahora habla otra persona")
    expect(rosa.get_by_label("Lo que quieres decir")).to_have_value("Una cosa más")
    carmen.get_by_role("button", name="Paso esta vez").click()
    carmen.get_by_role("button", name="Pasar a lo que sigue").click()
    expect(rosa.get_by_role("alert")).to_have_count(0)  # in this part everybody may speak
    rosa.get_by_role("textbox", name="Tu nota para ti").fill("Respirar antes de entrar.")
    rosa.get_by_role("button", name="Guardar la nota").click()
    expect(rosa.locator("[data-note-status]")).to_have_text("Guardada.")

    carmen.get_by_role("link", name="Conducir el círculo").click()
    is_sound(carmen, *WIDTHS)
    carmen.get_by_text(re.compile("Sacar del círculo")).click()
    is_sound(carmen, *WIDTHS)
    carmen.get_by_role("button", name="Sí, sacar a Rosa").click()
    expect(rosa.locator("#signal")).to_contain_text("Ya no estás en este círculo")
    expect(rosa.get_by_label("Lo que quieres decir")).to_have_value("Una cosa más")
    expect(rosa.locator("#log li")).to_have_count(0)
    assert watch.problems == []
    rosa.goto("/reflexion/")
    expect(rosa.get_by_text("Respirar antes de entrar.")).to_be_visible()
    is_sound(rosa, *WIDTHS)


def test_a_colleague_is_asked_for_and_found_and_the_desk_tells_it(sign_in: Any, line: RunningLine) -> None:
    luis: Page = sign_in("luis@demo.pe")
    ines: Page = sign_in("nuevo@demo.pe")
    ines.goto("/reflexion/")
    ines.get_by_label("Sin mi nombre").check()
    ines.get_by_role("button", name="Pedir un colega").click()
    expect(ines.get_by_text("Tu pedido está en pie hasta")).to_be_visible()
    is_sound(ines, *WIDTHS)
    watch = Watch(luis, line)
    luis.goto("/escritorio/")
    expect(luis.locator("[data-reflection]")).to_contain_text("Alguien del equipo quisiera conversar con un colega.")
    is_sound(luis, *WIDTHS)
    luis.goto("/reflexion/")
    luis.get_by_role("button", name="Yo converso").click()
    say(luis, "Hola, aquí estoy.")
    ines.get_by_role("link", name="Ir a la conversación con tu colega").click(timeout=20_000)  # it came by itself
    expect(ines.locator("#log li", has_text="Hola, aquí estoy.")).to_contain_text("Luis")
    say(ines, "Gracias.")
    expect(luis.locator("#log li", has_text="Gracias.")).to_contain_text("Alguien del equipo")
    expect(luis.locator("#standing")).to_contain_text("Solo ustedes dos leen lo que se escribe aquí.")
    ines.get_by_text("Salir para siempre").click()
    ines.get_by_role("button", name="Sí, salir").click()
    expect(luis.locator("#standing")).to_contain_text("Tu colega salió de la conversación.")
    is_sound(luis, *WIDTHS)
    assert watch.problems == []


@pytest.mark.parametrize("look", OTHER_LOOKS, ids=["dark", "without script"])
def test_a_circle_works_in_other_looks(sign_in: Any, look: dict[str, Any]) -> None:
    carmen: Page = sign_in("supervisora@demo.pe", **look)
    carmen.goto("/reflexion/circulos/nuevo/")
    carmen.get_by_label("Nombre").fill(f"Círculo {len(look)}{'java_script_enabled' in look}")
    carmen.get_by_label("Primer día").fill("2020-01-01")
    carmen.get_by_label("Hora").fill("19:30")
    carmen.get_by_role("button", name="Abrirlo").click()
    expect(carmen.get_by_role("alert")).to_contain_text("Esa hora ya pasó.")
    carmen.get_by_label("Primer día").fill((datetime.date.today() + datetime.timedelta(days=3)).isoformat())  # noqa: DTZ011
    carmen.get_by_role("button", name="Abrirlo").click()
    say(carmen, "Bienvenidas y bienvenidos.")
    if "java_script_enabled" not in look:
        is_sound(carmen, *WIDTHS)


def test_the_end_of_a_shift_opens_by_itself_and_each_speaks_or_passes(sign_in: Any, line: RunningLine) -> None:
    rosa: Page = sign_in("rosa@demo.pe")
    luis: Page = sign_in("luis@demo.pe")
    done = line.command("shell", "-c", SHIFTS_END)
    assert done.returncode == 0, done.stderr
    rosa.goto("/reflexion/")
    link = rosa.get_by_role("link", name="Entrar al cierre de turno")
    for _attempt in range(30):
        if link.count():
            break
        rosa.wait_for_timeout(1000)
        rosa.reload()
    is_sound(rosa, *WIDTHS)
    link.click()
    rosa.get_by_role("button", name="Entrar a la sala").click()
    expect(rosa.locator("#standing")).to_contain_text("¿Cómo llegué?")
    expect(rosa.locator("#standing")).to_contain_text("Es tu turno de hablar")
    luis.goto(rosa.url)
    luis.get_by_role("button", name="Entrar a la sala").click()
    expect(luis.locator("#standing")).to_contain_text("Tiene la palabra Rosa.")
    rosa.get_by_role("button", name="Paso esta vez").click()
    expect(luis.locator("#standing")).to_contain_text("Es tu turno de hablar")
    say(luis, "Llegué con una voz que sigue sonando.")
    expect(rosa.locator("#log li")).to_contain_text("Llegué con una voz que sigue sonando.")
    is_sound(luis, *WIDTHS)
    luis.get_by_role("button", name="Doy la palabra").click()
    luis.get_by_role("button", name="Pasar a lo que sigue").click()  # nobody leads, and both are through
    expect(rosa.locator("#standing")).to_contain_text("¿Qué se queda conmigo?")


#: When a page was told that it is shut, by the clock of this machine.
SHUT_AT = """() => {
  const signal = document.querySelector("#signal");
  new MutationObserver(() => { window.shutAt ??= Date.now(); }).observe(signal, { attributes: true });
}"""


def test_who_is_taken_out_while_they_speak_is_shut_out_within_a_second_and_the_others_go_on(
    sign_in: Any, line: RunningLine
) -> None:
    carmen: Page = sign_in("supervisora@demo.pe")
    path = found(carmen, "Jueves de escucha")
    rosa: Page = sign_in("rosa@demo.pe")
    luis: Page = sign_in("luis@demo.pe")
    for one in (rosa, luis):
        join(one, path)
    carmen.goto(path)
    say(rosa, "Hoy vengo cansada.")
    change(line, "UPDATE reflection_gathering SET starts_at = ? WHERE state = 'planned'", ago(0))
    for one in (rosa, luis, carmen):
        one.reload()
        one.get_by_role("button", name="Entrar a la sala").click()
        expect(one.locator("#standing")).to_contain_text("Bienvenida")
    carmen.get_by_role("button", name="Pasar a lo que sigue").click()
    expect(rosa.locator("#standing")).to_contain_text("Es tu turno de hablar")
    expect(luis.locator("#standing")).to_contain_text("Tiene la palabra Rosa.")
    rosa.get_by_label("Lo que quieres decir").fill("A medias")
    rosa.evaluate(SHUT_AT)

    leading: Page = carmen.context.new_page()
    leading.goto(f"{path}conducir/")
    watch, before = Watch(rosa, line), leading.evaluate("Date.now()")
    leading.get_by_text("Sacar del círculo Rosa").click()
    leading.get_by_role("button", name="Sí, sacar a Rosa").click()
    expect(rosa.locator("#signal")).to_contain_text("Ya no estás en este círculo")
    assert rosa.evaluate("window.shutAt") - before < 1000
    expect(rosa.locator("#log li")).to_have_count(0)
    expect(rosa.get_by_label("Lo que quieres decir")).to_have_value("A medias")
    rosa.get_by_role("button", name="Decir").click()
    expect(rosa.get_by_role("alert")).to_contain_text("Ya no estás en este círculo, o terminó.")
    expect(rosa.get_by_label("Lo que quieres decir")).to_have_value("A medias")
    is_sound(rosa, *WIDTHS)
    assert watch.problems == []
    expect(leading.get_by_role("status")).to_contain_text("Ya no está en el círculo.")

    expect(luis.locator("#standing")).to_contain_text("Es tu turno de hablar")
    expect(luis.locator("#log li", has_text="Hoy vengo cansada.")).to_contain_text("Rosa")
    say(luis, "Sigo yo.")
    expect(carmen.locator("#log li", has_text="Sigo yo.")).to_contain_text("Luis")
    expect(carmen.locator("#standing")).to_contain_text("Están aquí: Luis, Carmen")
    rosa.reload()
    expect(rosa.get_by_text("Por ahora no puedes apuntarte en este círculo.")).to_be_visible()
    expect(rosa.get_by_role("button", name="Apuntarme")).to_have_count(0)


NEW_PASSWORD = "una frase nueva de Diego"  # noqa: S105  of nobody
#: Diego has another password, and a new keyring at his next sign-in, as he had no code of the one before.
NEW_KEYRING = """
from roster import actions
from roster.models import Member
diego = Member.objects.get(email="practica@demo.pe")
diego.set_password("{password}")
diego.save()
actions.note_password_changed(diego)
actions.renew_keys(diego, Member.objects.get(email="coordinacion@demo.pe"))
"""


@pytest.fixture
def come_back(line: RunningLine, open_page: Any) -> Iterator[Callable[[], Page]]:
    """Return how Diego, whose keys were lost, signs in with a new password; afterwards he has that of before."""

    def renew(password: str) -> None:
        done = line.command("shell", "-c", NEW_KEYRING.format(password=password))
        assert done.returncode == 0, done.stderr

    def enter() -> Page:
        renew(NEW_PASSWORD)
        page: Page = open_page("/equipo/entrar/", phone=False)
        page.get_by_label("Correo").fill("practica@demo.pe")
        page.get_by_label("Contraseña").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Entrar").click()
        page.wait_for_url("**/*/")
        return page

    yield enter
    renew(PASSWORD)


def test_who_lost_their_keys_is_told_in_words_and_reads_on_once_another_is_there(
    sign_in: Any, come_back: Callable[[], Page]
) -> None:
    carmen: Page = sign_in("supervisora@demo.pe")
    path = found(carmen, "Viernes sin apuro")
    diego: Page = sign_in("practica@demo.pe")
    join(diego, path)
    say(diego, "Me quedé pensando.")
    diego.get_by_role("textbox", name="Tu nota para ti").fill("Respirar.")
    diego.get_by_role("button", name="Guardar la nota").click()
    expect(diego.locator("[data-note-status]")).to_have_text("Guardada.")
    carmen.goto("/reflexion/")

    again = come_back()
    again.goto(path)
    expect(again.locator("#log li")).to_contain_text("Se cerró con llaves que ahora no tienes.")
    expect(again.get_by_text("La nota que tenías se cerró con tu llavero de antes")).to_be_visible()
    is_sound(again, *WIDTHS)
    say(again, "Volví con llaves nuevas.")
    carmen.goto(path)  # who has the key is there: it is passed on, and appears where it was
    expect(again.locator("#log li").first).to_contain_text("Me quedé pensando.")
    expect(carmen.locator("#log li")).to_contain_text(["Me quedé pensando.", "Volví con llaves nuevas."])
    again.goto("/reflexion/")
    expect(again.get_by_text("ya no se puede abrir: bórrala y escribe otra")).to_be_visible()
    is_sound(again, *WIDTHS)
    again.get_by_role("button", name="Borrar esta nota").click()
    expect(again.get_by_role("status")).to_contain_text("Tu nota se borró.")


def test_a_space_needs_no_keyring_and_opens_with_the_password_before(
    sign_in: Any, come_back: Callable[[], Page]
) -> None:
    diego: Page = sign_in("practica@demo.pe")
    diego.goto("/reflexion/espacio/")
    diego.get_by_label("Tu contraseña", exact=True).fill(PASSWORD)
    diego.get_by_label("Entiendo que sin mi contraseña").check()
    diego.get_by_role("button", name="Hacer mi espacio").click()
    diego.goto("/reflexion/diario/")
    diego.get_by_role("textbox").fill("Lo que nadie sabe.")
    diego.get_by_role("button", name="Guardar").click()
    expect(diego.get_by_text("Lo que nadie sabe.")).to_be_visible()

    again = come_back()
    again.goto("/reflexion/espacio/")
    again.get_by_label("Tu contraseña", exact=True).first.fill(NEW_PASSWORD)
    again.get_by_role("button", name="Abrir mi espacio").click()
    expect(again.get_by_role("alert")).to_contain_text("Tu espacio se cerró con tu contraseña de antes.")
    is_sound(again, *WIDTHS)
    for former in ("no me acuerdo", PASSWORD):
        again.get_by_label("Tu contraseña de antes").fill(former)
        again.get_by_label("Tu contraseña de ahora").fill(NEW_PASSWORD)
        again.get_by_role("button", name="Abrir, y que desde ahora lo abra la nueva").click()
        if former != PASSWORD:
            expect(again.get_by_role("alert")).to_contain_text("Ni como código ni como contraseña lo abre.")
            expect(again.get_by_text("Si perdiste las dos cosas, nadie puede abrirlo.")).to_be_visible()
    expect(again.get_by_text("Está abierto.")).to_be_visible()
    again.goto("/reflexion/diario/")
    expect(again.get_by_text("Lo que nadie sabe.")).to_be_visible()


def test_who_comes_up_from_the_waiting_list_is_told_on_the_desk_and_a_co_leader_leads(
    sign_in: Any, line: RunningLine
) -> None:
    carmen: Page = sign_in("supervisora@demo.pe")
    carmen.goto("/reflexion/circulos/nuevo/")
    carmen.get_by_label("Cuántas personas").fill("3")
    carmen.get_by_label("Nombre").fill("Pequeño")
    carmen.get_by_label("Primer día").fill((datetime.date.today() + datetime.timedelta(days=9)).isoformat())  # noqa: DTZ011
    carmen.get_by_label("Hora").fill("18:30")
    carmen.get_by_role("button", name="Abrirlo").click()
    path = re.sub(r"^https?://[^/]+", "", carmen.url)
    rosa, luis, ines = (sign_in(f"{name}@demo.pe") for name in ("rosa", "luis", "nuevo"))
    for one in (luis, ines):
        join(one, path)
    rosa.goto(path)
    rosa.get_by_label("Acepto estos acuerdos").check()
    rosa.get_by_role("button", name="Ponerme en la lista de espera").click()
    expect(rosa.get_by_role("status")).to_contain_text("Estás en la lista de espera")
    luis.goto(path)
    luis.get_by_text("Salir del círculo").click()
    luis.get_by_role("button", name="Sí, salir").click()

    watch = Watch(rosa, line)
    rosa.goto("/escritorio/")
    told = rosa.locator("[data-reflection]")
    expect(told).to_contain_text("Se liberó un lugar en el círculo «Pequeño» y ahora es tuyo. Se reúne el")
    is_sound(rosa, *WIDTHS)
    rosa.goto("/reflexion/")
    expect(rosa.get_by_text("Se liberó un lugar y ahora es tuyo.")).to_be_visible()
    is_sound(rosa, *WIDTHS)
    rosa.get_by_role("button", name="Entendido Pequeño").click()
    expect(rosa.get_by_text("Se liberó un lugar")).to_have_count(0)

    carmen.goto(f"{path}conducir/")
    carmen.get_by_role("button", name="Que conduzca contigo Rosa").click()
    expect(carmen.get_by_role("status")).to_contain_text("Ahora conducen el círculo entre dos.")
    expect(carmen.get_by_text("conduce contigo", exact=True)).to_be_visible()
    is_sound(carmen, *WIDTHS)
    change(line, "UPDATE reflection_gathering SET starts_at = ? WHERE state = 'planned'", ago(0))
    rosa.goto(path)
    expect(rosa.get_by_text("En la sala conduces también tú")).to_be_visible()
    rosa.get_by_role("button", name="Entrar a la sala").click()
    rosa.get_by_role("button", name="Pasar a lo que sigue").click()
    expect(rosa.locator("#standing")).to_contain_text("Ronda de llegada")
    is_sound(rosa, *WIDTHS)
    assert watch.problems == []
