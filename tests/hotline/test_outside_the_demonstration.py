"""A line for real callers: nothing is open before it may be, and everything holds behind a proxy that speaks TLS."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.authenticator import Authenticator
from tests.running_line import RunningLine, own_databases
from tests.visitors import Answer, Visitor
from tests.voices import Voice

ORIGIN = "https://linea.example"
PASSWORD = "una frase bien larga 1"  # noqa: S105  of tests only
FACTS = {
    "HOTLINE_CONTROLLER": "Asociación de Ensayo",
    "HOTLINE_CONTROLLER_ADDRESS": "Av. Uno 123, Lima",
    "HOTLINE_CONTACT": "datos@linea.example",
    "HOTLINE_HOSTED_IN": "Perú, Ensayo S.A.C.",
    "HOTLINE_TEXTS_SIGNED_BY": "M. Pérez, abogada, 3/11/2026",
}
A_CALLER = """
from importlib import import_module
from django.conf import settings
from triage import actions
from triage.access import give_secret, holder_in
session = import_module(settings.SESSION_ENGINE).SessionStore()
give_secret(session)
contact = actions.open_contact("es-PE", holder=holder_in(session))
session["contact"] = str(contact.pk)
session.create()
print("sid", session.session_key)
"""
STAFF = """
from roster.models import Member
from vault import actions as vault
for role in ("volunteer", "supervisor", "coordinator"):
    for number in (1, 2):
        member = Member.objects.create_user(f"{role}{number}@ensayo.pe", %r, alias=role, full_name=role, role=role)
        vault.expect_staff_key(member.pk, role)
"""
STAFF_PAGES = ("/escritorio/", "/casos/", "/supervision/", "/supervision/auditoria/", "/admin/", "/equipo/contrasena/")
CHOICE = "/equipo/segundo-factor/elegir/"
ENROLMENT = "/equipo/segundo-factor/totp/activate/"
OUTSIDE = {"HOTLINE_DEMO": "0", "HOTLINE_REHEARSAL": "0", "HOTLINE_ORIGINS": ORIGIN}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line on its first start, with nothing filled in."""
    with RunningLine(tmp_path_factory.mktemp("bare"), **OUTSIDE, **own_databases(people=False)) as running:
        yield running


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line that takes callers, with two members of each role who have no second factor yet."""
    running = RunningLine(tmp_path_factory.mktemp("outside"), **OUTSIDE, **FACTS, **own_databases(people=False))
    try:
        running.start()
        assert running.command("shell", "-v", "0", "-c", STAFF % PASSWORD).returncode == 0
        yield running
    finally:
        running.close()


def visitor(line: RunningLine) -> Visitor:
    return Visitor(line, ORIGIN)


def sign_in(browser: Visitor, who: str = "coordinator1") -> Answer:
    browser.get("/equipo/entrar/")
    return browser.post("/equipo/entrar/", {"login": f"{who}@ensayo.pe", "password": PASSWORD})


def invitations_of(line: RunningLine) -> list[str]:
    """Return the paths of the invitations that were printed."""
    return re.findall(rf"{ORIGIN}(/equipo/invitacion/\S+)", line.output)


# The first start ----------------------------------------------------------------------------------------------------


def test_it_names_what_is_unfilled_and_invites_the_first_coordinator(bare: RunningLine) -> None:
    assert all(name in bare.output for name in FACTS)
    assert len(invitations_of(bare)) == 1
    assert "rosa@demo.pe" not in bare.output


async def test_no_caller_is_taken_while_something_is_unfilled(bare: RunningLine) -> None:
    caller = visitor(bare)
    page = caller.get("/hablar/")
    assert page.status == 503
    assert all(number in page.text for number in ("tel:113", "tel:106", "tel:105"))
    caller.get("/")
    for step in ("danger", "agree"):
        assert caller.post("/hablar/", {"do": step}).status == 503

    made = bare.command("shell", "-v", "0", "-c", A_CALLER).stdout
    known = f"__Host-sid={made.split('sid ')[1].strip()}"
    assert visitor(bare).get("/hablar/hilo/", Cookie=known, Accept="application/json").status == 503
    async with Voice(bare, known, origin=ORIGIN) as voice:
        assert await voice.closed() == 4401


def test_the_front_page_and_other_help_stand_meanwhile(bare: RunningLine) -> None:
    for page in ("/", "/recursos/", "/healthz", "/readyz"):
        assert visitor(bare).get(page).status == 200


def test_each_start_invites_anew_until_somebody_came(tmp_path: Path) -> None:
    line = RunningLine(tmp_path, **OUTSIDE, **own_databases(people=False)).start()
    assert line.stop() == 0
    line.start()
    first, second = invitations_of(line)
    data = {"email": "coord@ensayo.pe", "full_name": "Coord Uno", "alias": "Coord", "password": PASSWORD}
    browser = visitor(line)
    assert browser.get(first).status == 410
    assert browser.get(second).status == 200
    assert browser.post(second, data).leads_to == "/equipo/entrar/"
    assert visitor(line).get(second).status == 410
    assert sign_in(visitor(line), "coord").status == 302

    assert line.stop() == 0
    line.printed.clear()
    line.start()
    assert invitations_of(line) == []
    assert line.stop() == 0


# Behind a proxy that speaks TLS -------------------------------------------------------------------------------------


async def test_a_caller_is_taken_under_the_name_of_who_is_responsible(line: RunningLine) -> None:
    caller = visitor(line)
    page = caller.get("/hablar/")

    assert page.status == 200
    assert FACTS["HOTLINE_CONTROLLER"] in page.text
    assert caller.post("/hablar/", {"do": "danger"}).leads_to == "/hablar/"
    assert caller.get("/hablar/").status == 200
    async with Voice(line, caller.cookie, origin=ORIGIN) as voice:
        assert (await voice.hear("state"))["state"] == "waiting"


def test_cookies_are_bound_to_the_host_and_to_tls(line: RunningLine) -> None:
    answer = sign_in(visitor(line))

    assert set(answer.cookies) == {"__Host-sid", "__Host-sk"}
    for cookie in answer.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Strict", "/")
        assert (cookie["max-age"], cookie["expires"], cookie["domain"]) == ("", "", "")
        assert len(cookie.value) >= 32


def test_every_answer_holds_browsers_to_tls(line: RunningLine) -> None:
    for page in ("/", "/hablar/", "/equipo/entrar/"):
        assert "max-age=63072000" in visitor(line).get(page).headers["strict-transport-security"]


async def test_no_staff_page_and_no_desk_opens_before_a_second_factor(line: RunningLine) -> None:
    for who in ("volunteer1", "supervisor1", "coordinator1"):
        browser = visitor(line)
        assert sign_in(browser, who).status == 302

        assert {page: browser.get(page).leads_to for page in STAFF_PAGES} == dict.fromkeys(STAFF_PAGES, CHOICE)
        async with Voice(line, browser.cookie, desk=True, origin=ORIGIN) as voice:
            assert await voice.closed() == 4401


async def test_with_a_second_factor_the_door_opens_and_asks_for_it_each_time(line: RunningLine) -> None:
    browser = visitor(line)
    sign_in(browser, "volunteer2")
    page = browser.get(browser.get("/escritorio/").leads_to).text
    key, codes = (page.index(f'href="/equipo/segundo-factor/{way}') for way in ("webauthn/add/", "totp/activate/"))
    assert key < codes  # a device's own key first
    browser.get(browser.get(ENROLMENT).leads_to)
    browser.post(f"/equipo/confirmar/?next={ENROLMENT}", {"password": PASSWORD})
    seed = re.search(r"\b[A-Z2-7]{32}\b", browser.get(ENROLMENT).text)
    assert seed is not None
    phone = Authenticator(seed[0])
    assert browser.post(ENROLMENT, {"code": phone.code()}).leads_to == "/equipo/segundo-factor/recovery-codes/"
    assert browser.get("/escritorio/").status == 200

    other = visitor(line)
    assert sign_in(other, "volunteer2").leads_to == "/equipo/entrar/segundo-factor/"
    assert other.get("/escritorio/").leads_to.startswith("/equipo/entrar/")
    other.get("/equipo/entrar/segundo-factor/")
    assert other.post("/equipo/entrar/segundo-factor/", {"code": "000000"}).status == 200
    assert other.post("/equipo/entrar/segundo-factor/", {"code": phone.code()}).leads_to == "/escritorio/"
    async with Voice(line, other.cookie, desk=True, origin=ORIGIN) as voice:
        assert (await voice.hear("presence"))["state"] == "away"


@pytest.mark.parametrize(
    "origin", ["http://linea.example", "https://evil.example", "null", "https://linea.example:8443"]
)
def test_a_form_from_elsewhere_is_refused(line: RunningLine, origin: str) -> None:
    browser = visitor(line)
    browser.get("/equipo/entrar/")

    assert browser.post("/equipo/entrar/", {"login": "a@b.pe", "password": "x"}, Origin=origin).status == 403


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Daphne-Root-Path"])
def test_what_a_request_says_of_the_way_it_came_counts_for_nothing(line: RunningLine, name: str) -> None:
    browser = visitor(line)
    value = "//evil.example/x" if name == "Daphne-Root-Path" else "http"
    page = browser.get("/equipo/entrar/", **{name: value})

    assert page.status == 200
    assert "evil" not in page.text
    assert "strict-transport-security" in page.headers


def test_a_request_to_another_host_is_refused(line: RunningLine) -> None:
    assert visitor(line).get("/", Host="evil.example").status == 400


def test_mailed_links_begin_with_https(line: RunningLine) -> None:
    browser = visitor(line)
    browser.get("/equipo/contrasena/olvidada/")
    browser.post("/equipo/contrasena/olvidada/", {"email": "supervisor2@ensayo.pe"})

    until = time.monotonic() + 10
    while "/equipo/contrasena/nueva/" not in line.output and time.monotonic() < until:
        time.sleep(0.1)
    assert f"{ORIGIN}/equipo/contrasena/nueva/" in line.output


async def test_sockets_ask_for_the_exact_origin(line: RunningLine) -> None:
    for origin in ("http://linea.example", "https://linea.example.evil.example", "https://linea.example:443"):
        with pytest.raises(Exception, match="403"):
            async with Voice(line, "", origin=origin):
                pass
