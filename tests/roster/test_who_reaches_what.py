"""Every address of the line and what each role finds there; an address that nobody thought about fails here."""

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cases.models import CaseContact
from reflection import peers
from roster.application_model import Application
from roster.models import Member, Role
from tests.cast import browser_of, make_ended, make_member
from tests.reflection.people import found as found_circle

pytestmark = pytest.mark.django_db(databases="__all__")

#: Address → what is found by: nobody signed in, a volunteer, a supervisor, a coordinator. «door»: sign in first;
#: «page»: it opens; «gone»: nothing is there; «form»: only forms are taken; «on»: it leads on;
#: «none»: nothing to show now.
EXPECTED = """
/                                        page page page page
campana/                                 page page page page
campana/tarjeta.png                      page page page page
campana/fechas.ics                       page page page page
campana/novedades.atom                   page page page page
campana/cifras/                          page page page page
campana/cifras/cifras.csv                page page page page
campana/cifras/cifras.json               page page page page
campana/cifras/diccionario/              page page page page
campana/cifras/diccionario.csv           page page page page
campana/cifras/datapackage.json          page page page page
campana/cifras/<code>/                   gone gone gone gone
campana/cifras/<code>.csv                gone gone gone gone
campana/cifras/<code>.json               gone gone gone gone
campana/<slug>/                          page page page page
campana/<slug>/tarjeta.png               page page page page
sitemap.xml                              page page page page
robots.txt                               page page page page
recursos/                                page page page page
boton/                                   page page page page
boton/boton.js                           page page page page
boton/boton.svg                          page page page page
boton/estado.json                        page page page page
hablar/                                  page page page page
hablar/hilo/                             on   on   on   on
hablar/salir/                            on   on   on   on
huellas/                                 page page page page
volver/                                  page page page page
hablar/constancia/                       gone gone gone gone
hablar/constancia.txt                    gone gone gone gone
hablar/constancia.json                   gone gone gone gone
hablar/acordado/                         gone gone gone gone
hablar/acordado/borrador/                form form form form
hablar/acordado.txt                      gone gone gone gone
healthz                                  page page page page
readyz                                   wait wait wait wait
metrics                                  gone gone gone gone
escritorio/                              door page gone gone
escritorio/borrador/                     door gone gone gone
escritorio/persona/                      door gone gone gone
escritorio/teclas/                       form form form form
escritorio/acordado/                     door gone gone gone
escritorio/acordado/borrador/            form form form form
escritorio/lugares/                      door page gone gone
escritorio/acuerdo/                      form form form form
escritorio/manos/                        form form form form
escritorio/pasar/                        door gone gone gone
escritorio/dura/                         door gone gone gone
escritorio/nivel/                        door gone gone gone
escritorio/instrumento/                  door gone gone gone
escritorio/terminar/                     form form form form
escritorio/pregunta/                     form form form form
casos/                                   door page page gone
casos/pendientes/                        door page gone gone
casos/pedidos/                           door gone page gone
casos/pasar/                             form form form form
casos/plan/                              door gone gone gone
casos/<case_id>/plan/                    door gone page gone
casos/rescates/                          door gone page gone
casos/rescates/<contact_id>/             door gone on   gone
casos/rescate/<contact_id>/              door gone gone gone
casos/<case_id>/                         door gone page gone
casos/<case_id>/borrar/                  door gone on   gone
casos/nota/<contact_id>/                 door gone gone gone
practica/                                door page page page
practica/avisos/                         door page page page
practica/empezar/                        form form form form
practica/cuantas/                        form form form form
practica/formacion/                      form form form form
practica/<practice_id>/                  door gone gone gone
practica/<practice_id>/dejar/            form form form form
supervision/                             door gone page gone
supervision/tablero/                     door gone page gone
supervision/pronostico/                  door gone page page
supervision/cifras/                      door gone page page
supervision/alarmas/                     door gone page gone
supervision/auditoria/                   door gone page gone
supervision/nivel/<contact_id>/          door gone page gone
supervision/elegir/<contact_id>/         door gone page gone
supervision/conversacion/<contact_id>/   door gone on   gone
reflexion/                               door page page gone
reflexion/avisos/                        door page page gone
reflexion/circulos/nuevo/                door gone page gone
reflexion/circulo/<circle_id>/           door page page gone
reflexion/circulo/<circle_id>/estado/    door gone gone gone
reflexion/circulo/<circle_id>/decir/     form form form form
reflexion/circulo/<circle_id>/sala/      form form form form
reflexion/circulo/<circle_id>/nota/      form form form form
reflexion/circulo/<circle_id>/unirme/    form form form form
reflexion/circulo/<circle_id>/salir/     form form form form
reflexion/circulo/<circle_id>/visto/     form form form form
reflexion/circulo/<circle_id>/conducir/  door gone gone gone
reflexion/nota/<note_id>/borrar/         form form form form
reflexion/colega/                        door on   on   gone
reflexion/colega/<ask_id>/               form form form form
reflexion/calendario/                    form form form form
reflexion/calendario/<token>.ics         gone gone gone gone
reflexion/espacio/                       door page page gone
reflexion/diario/                        door on   on   gone
reflexion/diario/borrador/               form form form form
reflexion/diario/llevar/                 door on   on   gone
reflexion/diario/<page_id>/              door on   on   gone
reflexion/como-estoy/                    door on   on   gone
reflexion/como-estoy/ahora/              door none none gone
reflexion/como-estoy/<form_code>/        door on   on   gone
reflexion/despues/                       door page page gone
reflexion/conversar/                     door gone page gone
reflexion/tendencia/                     door gone gone page
reflexion/gracias/                       door page page gone
reflexion/gracias/<thanks_id>/           form form form form
equipo/entrar/                           page on   on   on
equipo/salir/                            on   page page page
equipo/salir/en-todas-partes/            form form form form
equipo/inactiva/                         page page page page
equipo/segundo-factor/elegir/            door page page page
equipo/llavero/                          door gone gone gone
equipo/llavero/abrir/                    form form form form
equipo/llavero/codigo/                   door gone gone gone
equipo/confirmar/                        door page page page
equipo/contrasena/                       door page page page
equipo/contrasena/olvidada/              page page page page
equipo/contrasena/enviada/               page page page page
equipo/contrasena/nueva/<uidb36>-<key>/  page page page page
equipo/contrasena/lista/                 page page page page
equipo/contrasena/poner/                 gone gone gone gone
equipo/registro/                         gone gone gone gone
equipo/correo/                           gone gone gone gone
equipo/correo/enviado/                   gone gone gone gone
voluntariado/                            page page page page
voluntariado/recibida/                   page page page page
voluntariado/postulacion/<token>/        gone gone gone gone
equipo/postulaciones/                    door gone gone page
equipo/postulaciones/<application_id>/   door gone gone page
equipo/textos/                           door gone gone page
equipo/idiomas/                          door gone gone page
equipo/idiomas/<language>/               door gone gone page
equipo/turnos/                           door page page gone
equipo/turnos/tomar/                     form form form form
equipo/turnos/<shift_id>/devolver/       form form form form
equipo/turnos/<shift_id>/ofrecer/        form form form form
equipo/turnos/<shift_id>/conservar/      form form form form
equipo/turnos/<shift_id>/recibir/        form form form form
equipo/turnos/emergencias/               form form form form
equipo/turnos/calendario/                form form form form
equipo/turnos/calendario/quitar/         form form form form
equipo/calendario/<token>.ics            gone gone gone gone
equipo/invitacion/<token>/               late late late late
equipo/entrar/segundo-factor/            on   on   on   on
equipo/segundo-factor/                   door page page page
equipo/segundo-factor/authenticate/      on   on   on   on
equipo/segundo-factor/reauthenticate/    door on   on   on
equipo/segundo-factor/totp/activate/     door on   on   on
equipo/segundo-factor/totp/deactivate/   door gone gone gone
equipo/segundo-factor/recovery-codes/    door gone gone gone
equipo/segundo-factor/recovery-codes/generate/ door on on on
equipo/segundo-factor/recovery-codes/download/ door gone gone gone
equipo/segundo-factor/webauthn/          door page page page
equipo/segundo-factor/webauthn/add/      door on   on   on
equipo/segundo-factor/webauthn/reauthenticate/   door on on on
equipo/segundo-factor/webauthn/keys/<pk>/edit/   door on on on
equipo/segundo-factor/webauthn/keys/<pk>/remove/ door on on on
admin/                                   door gone gone page
admin/login/                             door gone gone gone
admin/logout/                            on   page page page
admin/password_change/                   door page page page
admin/password_change/done/              door gone gone page
admin/jsi18n/                            door gone gone page
admin/autocomplete/                      door gone gone shut
admin/r/<content_type_id>/<object_id>/   door gone gone gone
admin/roster/member/                     door gone gone page
admin/roster/member/add/                 door gone gone shut
admin/roster/member/<object_id>/         door gone gone on
admin/roster/member/<object_id>/change/  door gone gone page
admin/roster/member/<object_id>/delete/  door gone gone shut
admin/roster/member/<object_id>/history/ door gone gone page
admin/roster/invitation/                 door gone gone page
admin/roster/invitation/add/             door gone gone page
admin/directory/place/                   door gone gone page
admin/directory/place/add/               door gone gone page
admin/reflection/formwording/            door gone gone page
admin/reflection/formwording/add/        door gone gone page
admin/reflection/formwording/ejemplo/<code>/   door gone gone gone
admin/triage/instrumentwording/          door gone gone page
admin/triage/instrumentwording/add/      door gone gone page
admin/triage/instrumentwording/ejemplo/<code>/   door gone gone page
"""
#: The other addresses of reference data; they follow their model's and take ids that do not exist here.
REFERENCE = re.compile(
    r"admin/(roster/(organisation|skill|shift|openingspan|openingexception|invitation|member)|directory/place|triage/instrumentwording|reflection/formwording)/"
)
MEANINGS: dict[int, str] = {200: "page", 204: "none", 404: "gone", 405: "form", 403: "shut", 410: "late", 503: "wait"}
WITHOUT_TOKEN = {"hablar/salir/"}  # who must go is never asked for a token
WHO = ("nobody", Role.VOLUNTEER, Role.SUPERVISOR, Role.COORDINATOR)


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Return every address that the line answers, its parameters as ``<name>``."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + re.sub(r"\(\?P<(\w+)>.*?\)|<\w+:(\w+)>", r"<\1\2>", str(pattern.pattern)).replace("^", "")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route.replace("$", "") or "/"


def expected() -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in EXPECTED.strip().splitlines()}


@pytest.fixture
def asked() -> dict[str, str]:
    """Return values for the parameters: things of another volunteer, and what does not exist."""
    owner = make_member()
    contact = make_ended(owner)
    browser_of(owner).post(f"/casos/nota/{contact.pk}/", {"talked": "algo"})
    case = CaseContact.objects.get(contact=contact).case_id
    other = make_member()
    return {
        "slug": "en-peligro",
        "case_id": str(case),
        "contact_id": str(contact.pk),
        "application_id": str(Application.objects.create(hours_a_week=2).pk),
        "object_id": str(other.pk),
        "content_type_id": "1",
        "uidb36": "1",
        "key": "set-password",
        "token": "unknown",
        "shift_id": "1",
        "circle_id": str(found_circle().pk),
        "note_id": "1",
        "ask_id": str(peers.ask(make_member(), anonymous=False).pk),
        "page_id": str(other.pk),
        "thanks_id": str(other.pk),
        "form_code": "who5",
        "practice_id": str(contact.pk),
        "app_label": "roster",
        "code": "phq4",
        "pk": "1",
        "url": "nothing",
        "language": "en",
    }


def path_of(address: str, asked: dict[str, str]) -> str:
    return "/" + re.sub(r"<(\w+)>", lambda found: asked[found[1]], address).lstrip("/")


def browser_for(who: str) -> Client:
    return Client() if who == "nobody" else browser_of(make_member(who))


def found(browser: Client, path: str) -> str:
    """Say in one word what is found at an address."""
    response = browser.get(path)
    if response.status_code == HTTPStatus.FOUND and "/admin/login/" in response["Location"]:
        response = browser.get(response["Location"])
    if response.status_code in {HTTPStatus.FOUND, HTTPStatus.MOVED_PERMANENTLY}:
        return "door" if response["Location"].startswith("/equipo/entrar/?next=") else "on"
    return MEANINGS[response.status_code]


def test_every_address_stands_in_the_table_and_every_line_of_it_has_its_address() -> None:
    known = {address for address in addresses() if not REFERENCE.match(address)}
    special = {"admin/<app_label>/", "admin/<url>"}  # the index of an app, and whatever else begins with admin/

    assert known - special == {address for address in expected() if not REFERENCE.match(address)}
    assert set(expected()) <= set(addresses())


@pytest.mark.parametrize("who", WHO)
def test_each_role_finds_at_each_address_what_the_table_says(asked: dict[str, str], who: str) -> None:
    told = {address: row[WHO.index(who)] for address, row in expected().items()}
    browsers = {address: browser_for(who) for address in told if address in {"hablar/salir/"}}
    browser = browser_for(who)

    assert {address: found(browsers.get(address, browser), path_of(address, asked)) for address in told} == told


@pytest.mark.parametrize("who", WHO[:-1])
def test_whatever_begins_with_admin_is_for_the_coordination(asked: dict[str, str], who: str) -> None:
    reference = [address for address in addresses() if address.startswith("admin/") and address.count("/") > 1]
    own = {"admin/login/", "admin/logout/", "admin/password_change/"}
    browser = browser_for(who)

    seen = {found(browser, path_of(address, asked)) for address in reference if address not in own}
    assert seen == {"door" if who == "nobody" else "gone"}


def test_every_form_of_the_line_asks_for_its_token(asked: dict[str, str]) -> None:
    browser = Client(enforce_csrf_checks=True)
    open_to_all = {
        address for address in addresses() if browser.post(path_of(address, asked)).status_code != HTTPStatus.FORBIDDEN
    }

    assert open_to_all == WITHOUT_TOKEN


def test_a_member_whose_account_is_closed_finds_nothing_but_doors(asked: dict[str, str]) -> None:
    member = make_member(Role.SUPERVISOR)
    browser = browser_of(member)
    Member.objects.filter(pk=member.pk).update(is_active=False)
    pages = [address for address, row in expected().items() if row[0] == "door"]

    assert {found(browser, path_of(address, asked)) for address in pages} == {"door"}
