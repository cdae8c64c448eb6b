"""What the coordination decides, and what somebody does in another window, reaches open sockets at once."""

import itertools
import re
import time

from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

AT_ONCE = 1.0  # seconds
PASSWORD = "una frase larga de ensayo"  # noqa: S105  of tests only
NUMBERS = itertools.count(1)


def coordination(line: RunningLine) -> Visitor:
    return Visitor(line).sign_in("coordinacion@demo.pe")


def enter(line: RunningLine, email: str) -> Visitor:
    browser = Visitor(line)
    browser.get("/equipo/entrar/")
    assert browser.post("/equipo/entrar/", {"login": email, "password": PASSWORD}).status == 302
    return browser


def invited(line: RunningLine, chief: Visitor, *, checked: bool = True) -> tuple[str, str]:
    """Bring a new volunteer in through the pages, as the coordination does; return their address and their id."""
    email = f"nueva{next(NUMBERS)}-{line.port}@ensayo.pe"
    chief.get("/admin/roster/invitation/add/")
    chief.post("/admin/roster/invitation/add/", {"role": "volunteer", "email": "", "organisation": ""})
    link = re.search(r"/equipo/invitacion/[\w-]+/", chief.get("/admin/roster/invitation/").text)
    assert link is not None
    newcomer = Visitor(line)
    newcomer.get(link[0])
    answers = {"email": email, "full_name": "Nueva Persona", "alias": "Nueva", "password": PASSWORD}
    assert newcomer.post(link[0], answers).leads_to == "/equipo/entrar/"
    listed = chief.get(f"/admin/roster/member/?q={email}").text
    found = re.search(r"/admin/roster/member/([0-9a-f-]{36})/change/", listed)
    assert found is not None
    if checked:
        edit(chief, found[1], email, licence_number="18983")
        chief.get("/admin/roster/member/")
        chief.post("/admin/roster/member/", {"action": "mark_licence_checked", "_selected_action": found[1]})
    return email, found[1]


def edit(chief: Visitor, member: str, email: str, **fields: str) -> None:
    """Change fields of a member through the administration's form."""
    address = f"/admin/roster/member/{member}/change/"
    chief.get(address)
    whole = {"email": email, "alias": "Nueva", "full_name": "Nueva Persona", "role": "volunteer", "is_active": "on"}
    whole |= {"capacity": "2", "trained_on": "2026-01-05"}
    sent = {name: value for name, value in (whole | fields).items() if value}
    assert chief.post(address, sent).status == 302


async def closes(desk: Voice) -> tuple[int | None, bool]:
    """Return the code a socket was closed with, and whether that came at once."""
    began = time.monotonic()
    code = await desk.closed()
    return code, time.monotonic() - began < AT_ONCE


async def test_signing_out_in_another_window_closes_the_sockets(line: RunningLine) -> None:
    email, _id = invited(line, coordination(line))
    browser = enter(line, email)
    async with Voice(line, browser.cookie, desk=True) as desk, Voice(line, browser.cookie, desk=True) as other:
        await desk.hear("presence")
        await other.hear("presence")
        browser.get("/equipo/salir/")
        browser.post("/equipo/salir/")

        assert await closes(desk) == (4401, True)
        assert await closes(other) == (4401, True)


async def test_signing_out_everywhere_closes_every_window_on_every_device(line: RunningLine) -> None:
    email, _id = invited(line, coordination(line))
    here, elsewhere = enter(line, email), enter(line, email)
    async with Voice(line, here.cookie, desk=True) as desk, Voice(line, elsewhere.cookie, desk=True) as other:
        await desk.hear("presence")
        await other.hear("presence")
        here.get("/equipo/segundo-factor/")
        assert here.post("/equipo/salir/en-todas-partes/", {}).leads_to == "/equipo/entrar/"

        assert await closes(desk) == (4401, True)
        assert await closes(other) == (4401, True)
    assert [browser.get("/escritorio/").status for browser in (here, elsewhere)] == [302, 302]
    assert enter(line, email).get("/escritorio/").status == 200


async def test_a_new_password_closes_whatever_the_old_one_opened(line: RunningLine) -> None:
    email, _id = invited(line, coordination(line))
    here, elsewhere = enter(line, email), enter(line, email)
    async with Voice(line, elsewhere.cookie, desk=True) as desk:
        await desk.hear("presence")
        here.get("/equipo/contrasena/")
        new = {"oldpassword": PASSWORD, "password1": "otra frase bien larga", "password2": "otra frase bien larga"}
        assert here.post("/equipo/contrasena/", new).status == 302

        assert await closes(desk) == (4401, True)
    assert elsewhere.get("/escritorio/").status == 302
    assert here.get("/escritorio/").status == 200


async def test_closing_an_account_closes_its_sockets_and_gives_the_conversation_back(line: RunningLine) -> None:
    chief = coordination(line)
    email, member = invited(line, chief)
    browser, caller = enter(line, email), Visitor(line)
    caller.step("danger")  # before whoever else still waits on this line
    async with Voice(line, caller.cookie) as voice, Voice(line, browser.cookie, desk=True) as desk:
        await desk.send("ready")
        offer = await desk.hear("offer", within=20)
        await desk.send("accept", offer=offer["offer"])
        await voice.hear("state", state="talking")
        chief.get("/admin/roster/member/")
        chief.post("/admin/roster/member/", {"action": "close_accounts", "_selected_action": member})

        assert await closes(desk) == (4401, True)
        await voice.hear("state", state="waiting")
        await voice.quiet(1)
        assert [said["by"] for said in voice.said()] == ["line", "line"]  # somebody came; we look for somebody else
        assert "cuenta" not in voice.said()[-1]["text"].lower()  # neutral: why is no business of the caller's
        await voice.send("leave")
        await voice.hear("state", state="ended")
    assert browser.get("/escritorio/").status == 302
    assert Visitor(line).post("/equipo/entrar/", {"login": email, "password": PASSWORD}).status == 403


async def test_a_volunteer_who_becomes_something_else_leaves_the_desk(line: RunningLine) -> None:
    chief = coordination(line)
    email, member = invited(line, chief)
    browser = enter(line, email)
    async with Voice(line, browser.cookie, desk=True) as desk:
        await desk.send("ready")
        await desk.hear("presence", state="ready")
        edit(chief, member, email, role="supervisor", licence_number="18983")

        assert await closes(desk) == (4401, True)
    assert browser.get("/escritorio/").status == 404
    assert browser.get("/supervision/").status == 200


async def test_a_changed_licence_number_ends_being_ready_and_keeps_the_desk(line: RunningLine) -> None:
    chief = coordination(line)
    email, member = invited(line, chief)
    async with Voice(line, enter(line, email).cookie, desk=True) as desk:
        await desk.send("ready")
        await desk.hear("presence", state="ready")
        edit(chief, member, email, licence_number="77777")

        await desk.hear("presence", state="away")
        await desk.send("ready")
        assert (await desk.hear("refused"))["code"] == "not_yours"


async def test_without_a_checked_licence_nobody_is_ready_or_offered_to(line: RunningLine) -> None:
    email, _id = invited(line, coordination(line), checked=False)
    browser, caller = enter(line, email), Visitor(line).wait_in_line()
    async with Voice(line, browser.cookie, desk=True) as desk, Voice(line, caller.cookie) as voice:
        assert (await desk.hear("presence"))["state"] == "away"
        await desk.send("ready")
        refused = await desk.hear("refused")

        assert (refused["code"], refused["to"]) == ("not_yours", "ready")
        assert not [frame for frame in await desk.quiet(2) if frame["op"] == "offer"]
        await voice.send("leave")
        await voice.hear("state", state="ended")


async def test_the_cookies_of_one_side_open_nothing_on_the_other(line: RunningLine) -> None:
    email, _id = invited(line, coordination(line))
    member, caller = enter(line, email), Visitor(line).wait_in_line()
    for cookie, desk in ((member.cookie, False), (caller.cookie, True)):
        async with Voice(line, cookie, desk=desk) as voice:
            assert await voice.closed() == 4401
    for page in ("/escritorio/", "/casos/", "/supervision/"):
        assert caller.get(page).leads_to.startswith("/equipo/entrar/")
    assert 'name="do" value="agree"' in member.get("/hablar/").text
    caller.step("leave")


async def test_caller_and_member_share_one_browser_and_part_without_harm(line: RunningLine) -> None:
    email, _id = invited(line, coordination(line))
    both = Visitor(line).wait_in_line()
    before = both.cookies["sid"]
    both.get("/equipo/entrar/")
    both.post("/equipo/entrar/", {"login": email, "password": PASSWORD})

    assert both.cookies["sid"] != before  # whoever knew the number before signing in knows nothing now
    async with Voice(line, both.cookie) as voice, Voice(line, both.cookie, desk=True) as desk:
        await voice.hear("state", state="waiting")
        await desk.hear("presence")
        both.get("/equipo/salir/")
        both.post("/equipo/salir/")
        assert await closes(desk) == (4401, True)
    async with Voice(line, both.cookie) as voice:
        await voice.hear("state", state="waiting")
        await voice.send("leave")
        await voice.hear("state", state="ended")
