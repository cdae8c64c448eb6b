"""A day on a line with addresses, names, codes and words planted in it: none of them is printed or lies in a file."""

import json
import re
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from psycopg import sql

from tests.running_line import RunningLine, own_databases
from tests.visitors import Visitor
from tests.voices import Voice

ADDRESSES = ("203.0.113.77", "2001:db8:cafe::77", "198.51.100.9")
AGENT = "Planted-Browser/77.0 (Ayacucho)"
WORDS = {
    "first words": "planted-primeras Juana Quispe de Huamanga",
    "said": "planted-dicho mi DNI es 47852136",
    "answered": "planted-respuesta llámame al 987654321",
    "by form": "planted-formulario vivo en jirón Puno 77",
    "draft": "planted-borrador todavía no lo envío",
    "note": "planted-nota vive con su tía Rosaura",
    "note draft": "planted-apunte falta llamar",
    "note, field": "planted-acuerdo volver el jueves",
}
PATH, QUERY = "planted-ruta-soy-juana", "planted-consulta-me-llamo"
PASSWORD, LOGIN, CODE = "planted-clave-secreta-7", "planted-nadie@ensayo.pe", "planted-code"
SHORT_TOKEN = "planted-token"  # noqa: S105
METRICS = "the-token-of-the-metrics"
PLANTS = (*ADDRESSES, AGENT, *WORDS.values(), PATH, QUERY, PASSWORD, LOGIN, CODE, SHORT_TOKEN)
FROM_SOMEWHERE = {
    "X-Forwarded-For": ", ".join(ADDRESSES),
    "X-Real-IP": ADDRESSES[0],
    "Forwarded": f'for="[{ADDRESSES[1]}]"',
    "CF-Connecting-IP": ADDRESSES[2],
    "True-Client-IP": ADDRESSES[2],
    "User-Agent": AGENT,
}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Live the day on a line of its own, and stop the line; what is left is what it printed and its folder."""
    variables = {"HOTLINE_LOG_LEVEL": "DEBUG", "HOTLINE_METRICS_TOKEN": METRICS}
    with RunningLine(tmp_path_factory.mktemp("day"), **variables, **own_databases()) as line:
        yield line


def caller_s_way(line: RunningLine) -> Visitor:
    """Go from consent to the queue with words of one's own."""
    caller = Visitor(line, **FROM_SOMEWHERE)
    caller.get("/")
    caller.get(f"/hablar/?{QUERY}")
    caller.post("/hablar/", {"do": "agree", "age_band": "18_29"})
    caller.get("/hablar/")
    caller.post("/hablar/", {"do": "answer", "words": WORDS["first words"]})
    caller.get("/hablar/")
    caller.post("/hablar/", {"do": "say", "id": str(uuid.uuid4()), "text": WORDS["by form"]})
    return caller


async def talk(line: RunningLine, caller: Visitor, rosa: Visitor) -> str:
    """Accept the caller and talk, with rubbish in between; return the contact."""
    planted: Any = {"X-Forwarded-For": ADDRESSES[0], "User-Agent": AGENT}
    async with Voice(line, caller.cookie, **planted) as voice, Voice(line, rosa.cookie, desk=True, **planted) as desk:
        await desk.send("ready")
        offer = await desk.hear("offer", within=20)
        contact = str(offer["contact"])
        await desk.send("accept", offer=offer["offer"])
        await voice.hear("state", state="talking")
        await voice.hear("said", id=await voice.say(WORDS["said"]))
        await desk.hear("said", id=await desk.say(WORDS["answered"], contact=contact))
        assert rosa.get("/escritorio/").status == 200
        assert rosa.post("/escritorio/borrador/", {"contact": contact, "text": WORDS["draft"]}).status == 200
        await voice.send("say", id=str(uuid.uuid4()), text=WORDS["said"] * 200)
        await voice.send(PATH)
        for harm in ("{", f'{{"op": "say", "text": "{WORDS["said"]}"'):
            await voice.socket.send(harm)
        await voice.quiet()
    return contact


def come_back(line: RunningLine, caller: Visitor) -> tuple[str, ...]:
    """Ask for a return code, come back with it, say it in the chat; return what must stand nowhere."""
    caller.get("/hablar/")
    words, letters = re.findall(r"<strong[^>]*>([^<]+)</strong>", caller.post("/hablar/", {"do": "code"}).text)[:2]
    other = Visitor(line, **FROM_SOMEWHERE)
    other.get("/volver/")
    assert other.post("/volver/", {"code": words}).leads_to == "/hablar/"
    other.get("/hablar/")
    assert other.post("/hablar/", {"do": "say", "text": f"es {letters}"}).status == 409
    other.get("/volver/")
    assert other.post("/volver/", {"code": f"{words} {PATH}"}).status == 400
    return words, letters, letters.replace("-", "")


def write_note(rosa: Visitor, contact: str) -> None:
    """Write a draft of the note, and the note."""
    address = f"/casos/nota/{contact}/"
    assert rosa.get(address).status == 200
    assert rosa.post(address, {"do": "draft", "talked": WORDS["note draft"]}).status == 200
    assert rosa.post(address, {"talked": WORDS["note"], "agreed": WORDS["note, field"]}).status == 302


def knock_wrongly(line: RunningLine) -> None:
    """Mistype, poke and break, as people and robots do."""
    stranger = Visitor(line, **FROM_SOMEWHERE)
    for address in (f"/{PATH}/", f"/hablar/{PATH}", f"/equipo/invitacion/{SHORT_TOKEN}/", f"/casos/{PATH}/?{QUERY}"):
        stranger.get(address)
    stranger.get("/equipo/entrar/")
    stranger.post("/equipo/entrar/", {"login": LOGIN, "password": PASSWORD})
    stranger.post("/equipo/contrasena/olvidada/", {"email": LOGIN})
    stranger.page = ""
    stranger.post("/hablar/", {"do": "say", "text": WORDS["said"]})  # without a token
    stranger.post("/hablar/", {"do": PATH, "text": "x" * 100_000})  # too much
    stranger.get("/", Host=f"{PATH}.example")
    stranger.get("/hablar/", Cookie=f"sid={PATH}; sk={CODE}")


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file of the folder except those that only repeat our static files."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "static" not in str(path)}


def rows_in(address: str) -> dict[str, bytes]:
    """Return every table of a PostgreSQL database as text."""
    with psycopg.connect(address) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = {
            name: connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))).fetchall()
            for (name,) in names
        }
    return {name: "\n".join(row[0] for row in found).encode() for name, found in rows.items()}


def cluster_files(address: str) -> dict[str, bytes]:
    """Return the files of a PostgreSQL cluster, its log (WAL) among them: what a physical backup holds."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return {str(path): path.read_bytes() for path in Path(row[0]).rglob("*") if path.is_file()}


def backups(line: RunningLine) -> dict[str, bytes]:
    """Return what the backups of the RUNBOOK hold."""
    copies = {}
    for file in line.folder.glob("*.sqlite3"):
        copy = line.folder / f"{file.name}.backup"
        with sqlite3.connect(file) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        copies[str(copy)] = copy.read_bytes()
    return copies


def kept(line: RunningLine) -> dict[str, bytes]:
    """Return all that the line keeps, as it lies there now: the log (WAL) of a database too while the line runs."""
    servers = [line.environment.get(name, "") for name in ("DATABASE_URL", "HOTLINE_KEYSTORE_URL")]
    tables = {f"{server} {name}": rows for server in servers if server for name, rows in rows_in(server).items()}
    return files_in(line.folder) | tables | backups(line)


class Listener:
    """Hears everything that passes through Redis, and sees what stays there."""

    def __init__(self, address: str) -> None:
        self.heard: list[str] = []
        self._redis = redis.Redis.from_url(address)
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._ready.wait(10)

    def _listen(self) -> None:
        with self._redis.monitor() as monitor:  # type: ignore[no-untyped-call]
            self._ready.set()
            for command in monitor.listen():
                self.heard.append(command["command"])

    def all(self) -> bytes:
        """Return what passed and what is kept."""
        kept_there = [self._redis.dump(key) or b"" for key in self._redis.scan_iter()]
        return "\n".join(self.heard).encode() + b"\n".join(kept_there)


def spelt(content: bytes) -> bytes:
    """Return content, and again with what JSON escapes and what PostgreSQL shows in hexadecimal written out."""
    letters = re.sub(rb"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)).encode(), content)
    raw = re.sub(rb"\\x((?:[0-9a-f]{2})+)", lambda found: bytes.fromhex(found[1].decode()), content)
    return b"\n".join((content, letters, raw))


def break_the_line(line: RunningLine, caller: Visitor) -> None:
    """Take a table away, so that pages fail in earnest."""
    rename = "from django.db import connection; connection.cursor().execute('ALTER TABLE chat_message%s RENAME TO %s')"
    line.command("shell", "-v", "0", "-c", rename % ("", "chat_message_gone"))
    page = caller.page
    assert caller.get("/hablar/").status == 500
    caller.page = page  # with its token
    assert caller.post("/hablar/", {"do": "say", "id": str(uuid.uuid4()), "text": WORDS["said"]}).status == 500
    line.command("shell", "-v", "0", "-c", rename % ("_gone", "chat_message"))


async def test_nothing_planted_is_printed_or_kept(day: RunningLine) -> None:
    layer = Listener(day.environment["REDIS_URL"]) if "REDIS_URL" in day.environment else None
    caller, rosa = caller_s_way(day), Visitor(day, **FROM_SOMEWHERE).sign_in("rosa@demo.pe")
    contact = await talk(day, caller, rosa)
    plants = (*PLANTS, *come_back(day, caller))
    write_note(rosa, contact)
    knock_wrongly(day)
    break_the_line(day, caller)
    before = kept(day)
    assert any("line.sqlite3-wal" in name or "chat_message" in name for name in before)
    metrics = Visitor(day, **FROM_SOMEWHERE).get("/metrics", Authorization=f"Bearer {METRICS}")
    assert metrics.status == 200
    passing = {"metrics": metrics.text.encode(), "redis": layer.all() if layer else b""}
    assert layer is None or b"contact:" in passing["redis"]  # it did hear
    assert day.stop() == 0

    held = before | passing | {f"{name}, after": content for name, content in kept(day).items()}
    assert [plant for plant in plants if plant in day.output] == []
    assert [(plant, name) for name, found in held.items() for plant in plants if plant.encode() in spelt(found)] == []
    if "DATABASE_URL" in day.environment:
        files = cluster_files(day.environment["DATABASE_URL"])
        assert any("/pg_wal/" in name for name in files)
        assert contact.encode() in b"".join(files.values()) or uuid.UUID(contact).bytes in b"".join(files.values())
        assert [(plant, name) for name, found in files.items() for plant in plants if plant.encode() in found] == []
    assert "Traceback" not in day.output
    assert "Error at " in day.output  # what failed is told all the same


def test_the_plants_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text(f"x {ADDRESSES[0]} y")
    (tmp_path / "escaped").write_text(json.dumps(WORDS["note"]))
    (tmp_path / "in hexadecimal").write_text(f"(1,\\\\x{WORDS['draft'].encode().hex()},2)")
    found = [spelt(content) for content in files_in(tmp_path).values()]

    for plant in (ADDRESSES[0], WORDS["note"], WORDS["draft"]):
        assert any(plant.encode() in content for content in found)
