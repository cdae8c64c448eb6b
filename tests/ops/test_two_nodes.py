"""Two nodes behind nginx are one line: people on different nodes talk, and a node that leaves takes no word along."""

import asyncio
import os
import re
import signal
from pathlib import Path
from typing import Self

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ops.cluster import Cluster
from tests.house.source import read
from tests.ops.asking import ask
from tests.ops.conftest import TOKEN
from tests.running_line import LEAVES_WITHIN, Pair, RunningLine
from tests.voices import Frame, Voice

#: Addresses of docs/PROTOCOL.md with parts to be filled in, and what stands there for the test.
FILLED = {
    "/casos/<id>/": "/casos/00000000-0000-4000-8000-000000000000/",
    "/reflexion/circulo/<id>/": "/reflexion/circulo/00000000-0000-4000-8000-000000000000/",
    "/equipo/postulaciones/<id>/": "/equipo/postulaciones/00000000-0000-4000-8000-000000000000/",
    "/campana/…": "/campana/como-ayudamos/",
    "/campana/cifras/<month>/": "/campana/cifras/",
    "/campana/cifras/<month>.csv": "/campana/cifras/cifras.csv",
    "/campana/cifras/<month>.json": "/campana/cifras/cifras.json",
}
#: Without the key, the token of a member or an applicant, or a conversation of one's own.
SHUT = {"/metrics", "/equipo/calendario/<token>.ics", "/voluntariado/postulacion/<token>/"}
SHUT |= {"/hablar/acordado/", "/hablar/acordado.txt"}
POSTED = {"/hablar/acordado/borrador/"}
STAFF = ("/equipo/postulaciones/", "/escritorio/", "/casos/", "/supervision/", "/reflexion/", "/practica/")


class Through(Voice):
    """A voice that comes as people do, through nginx."""

    def __init__(self, cluster: Cluster, cookie: str, *, desk: bool = False) -> None:
        super().__init__(cluster.nodes[0], cookie, desk=desk, origin=cluster.url)
        self.address = f"ws://127.0.0.1:{cluster.proxy.port}/ws/{'escritorio' if desk else 'hablar'}/"

    async def __aenter__(self) -> Self:
        """Connect; while no node answers try again, as the pages do."""
        async with asyncio.timeout(20):
            while True:
                try:
                    return await super().__aenter__()
                except (InvalidStatus, ConnectionError, EOFError):
                    await asyncio.sleep(0.2)


class At(Voice):
    """A voice that speaks with one node directly, as if nginx had chosen it."""

    def __init__(self, cluster: Cluster, node: RunningLine, cookie: str, *, desk: bool = False) -> None:
        super().__init__(node, cookie, desk=desk, origin=cluster.url)


@pytest.fixture
def pair(cluster: Cluster) -> Pair:
    """Return a conversation under way on the cluster."""
    return cluster.nodes[0].pairs()[0]


async def _look(voice: Voice, **about: str) -> list[Frame]:
    """Return every message there is, from the first on."""
    said: list[Frame] = []
    after = 0
    while True:
        await voice.send("look", after=after, **about)
        while (frame := await voice.next())["op"] not in {"idle", "more"}:
            if frame["op"] == "said" and frame["seq"] > after:
                said.append(frame)
        if frame["op"] == "idle":
            return said
        after = frame["after"]


async def test_people_on_two_nodes_talk_as_if_on_one(cluster: Cluster, pair: Pair) -> None:
    first, second = cluster.nodes
    async with At(cluster, first, pair.caller) as caller, At(cluster, second, pair.volunteer, desk=True) as desk:
        spoken = await caller.say("¿Hay alguien ahí?")
        heard = await desk.hear("said", id=spoken, by="caller", contact=pair.contact)
        answer = await desk.say("Aquí estoy.", contact=pair.contact)
        replied = await caller.hear("said", id=answer, by="volunteer")
        assert (heard["text"], replied["text"]) == ("¿Hay alguien ahí?", "Aquí estoy.")
        assert replied["seq"] == heard["seq"] + 1
        await desk.send("typing", contact=pair.contact)
        await caller.hear("typing", by="volunteer")
        await desk.send("seen", contact=pair.contact, seq=heard["seq"])


async def test_who_comes_through_nginx_is_heard_on_every_node(cluster: Cluster, pair: Pair) -> None:
    first, second = cluster.nodes
    async with (
        Through(cluster, pair.caller) as caller,
        At(cluster, first, pair.volunteer, desk=True) as here,
        At(cluster, second, pair.volunteer, desk=True) as there,
    ):
        ids = [await caller.say(f"mensaje {number}") for number in range(5)]
        for desk in (here, there):
            assert [(await desk.hear("said", by="caller"))["id"] for _message in ids] == ids
            assert [frame for frame in await desk.quiet() if frame["op"] == "said"] == []


async def test_a_new_caller_of_one_node_is_offered_on_the_other(cluster: Cluster) -> None:
    first, second = cluster.nodes
    (ready,) = first.rehearse("ready", 1)
    async with At(cluster, second, ready["volunteer"]["cookie"], desk=True) as desk:
        await desk.hear("presence", state="ready")
        (waiting,) = first.rehearse("waiting", 1)
        async with At(cluster, first, waiting["caller"]["cookie"]) as caller:
            offer = await desk.hear("offer", within=15)
            await desk.send("accept", offer=offer["offer"])
            await caller.hear("state", within=15, state="talking")


async def test_a_node_that_leaves_takes_no_word_along(cluster: Cluster, pair: Pair) -> None:
    """The caller is on A by way of nginx and goes on writing; A gets SIGTERM; B has all of it, once, in order."""
    first, second = cluster.nodes
    assert second.stop() == 0
    try:
        sent: list[str] = []
        async with Through(cluster, pair.caller) as caller:
            sent += [await caller.say(f"antes {number}") for number in range(10)]
            await caller.hear("said", id=sent[-1])
            second.start()
            async with At(cluster, second, pair.volunteer, desk=True) as desk:
                os.kill(first.pid, signal.SIGTERM)
                unsure = await _say_until_cut(caller)
                assert caller.socket.close_code == 4503
                async with Through(cluster, pair.caller) as again:
                    for spoken in unsure:
                        await again.say("mientras tanto", id=spoken)
                    sent += unsure
                    sent.append(await again.say("después"))
                    await again.hear("said", id=sent[-1], within=15)
                    assert _ids(await _look(again)) == sent
                await desk.quiet()  # what it heard live
                assert _ids(await _look(desk, contact=pair.contact)) == sent
    finally:
        left = first.process.wait(LEAVES_WITHIN) if first.process else None
        first.start()
    assert left == 0


async def _say_until_cut(voice: Voice) -> list[str]:
    """Say things until the node hangs up; return the ids of all of them, whatever became of each."""
    spoken: list[str] = []
    try:
        while True:
            spoken.append(await voice.say("mientras tanto"))
            await voice.hear("said", id=spoken[-1])
    except ConnectionClosed:
        return spoken


def _ids(said: list[Frame]) -> list[str]:
    """Return the ids of what a caller said, in order of their numbers, which must be without gaps."""
    assert [frame["seq"] for frame in said] == list(range(1, len(said) + 1))
    return [frame["id"] for frame in said if frame["by"] == "caller"]


def test_pages_are_served_while_one_node_is_gone(cluster: Cluster) -> None:
    first = cluster.nodes[0]
    try:
        assert first.stop() == 0
        assert {ask(cluster.proxy.port, "/").status for _attempt in range(10)} == {200}
    finally:
        first.start()


def _addresses() -> list[str]:
    rows = read(Path("docs/PROTOCOL.md")).split("## Addresses", 1)[1].split("\n\n")[1].splitlines()[2:]
    there = [row.split("|") for row in rows if "*not yet*" not in row]
    named = [address for row in there for address in re.findall(r"`(/[^`]*)`", f"{row[1]} {row[3]}")]
    return sorted({FILLED.get(address, address) for address in named})


def test_every_address_of_the_protocol_answers_through_nginx(cluster: Cluster) -> None:
    got = {path: ask(cluster.proxy.port, path) for path in _addresses()}
    assert len(got) >= 14
    statuses = {path: answer.status for path, answer in got.items()}
    assert statuses == {path: ask(cluster.nodes[0].port, path).status for path in got}
    for path, answer in got.items():
        staff = path.startswith(STAFF)
        visitor = {404} if path in SHUT else {405} if path in POSTED else {200, 302}
        assert answer.status in ({302} if staff else visitor), path
    assert got["/escritorio/"].header("location").startswith("/equipo/entrar/")


def test_the_figures_open_on_a_node_and_never_through_nginx(cluster: Cluster) -> None:
    key = {"Authorization": f"Bearer {TOKEN}"}
    assert ask(cluster.nodes[0].port, "/metrics", headers=key).status == 200
    assert ask(cluster.proxy.port, "/metrics", headers=key).status == 404


def test_a_page_with_secrets_is_kept_by_nobody(cluster: Cluster) -> None:
    for path in ("/", "/hablar/", "/equipo/entrar/"):
        answer = ask(cluster.proxy.port, path, headers={"Accept-Encoding": "gzip, br"})
        assert "no-store" in answer.header("cache-control"), path
        assert answer.header("etag") == answer.header("last-modified") == "", path


def test_a_static_file_is_compressed_and_kept(cluster: Cluster) -> None:
    page = ask(cluster.proxy.port, "/").text
    style = re.findall(r'href="(/static/[^"]+\.css)"', page)[0]
    answer = ask(cluster.proxy.port, style, headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.header("content-encoding")) == (200, "gzip")
    assert "immutable" in answer.header("cache-control")


def test_neither_node_nor_nginx_writes_who_came(cluster: Cluster) -> None:
    planted = {"X-Forwarded-For": "203.0.113.77", "User-Agent": "huella-del-navegador"}
    for path in ("/", "/hablar/", "/no-hay/", "/ws/hablar/", "/readyz"):
        ask(cluster.proxy.port, path, headers=planted)
    everything = "".join(node.output for node in cluster.nodes)
    everything += "".join((cluster.proxy.folder / name).read_text() for name in ("output", "error.log"))
    for trace in ("203.0.113.77", "huella-del-navegador", "no-hay"):
        assert trace not in everything
