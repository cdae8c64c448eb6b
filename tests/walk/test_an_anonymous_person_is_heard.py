"""The main job, on a real line: somebody is heard, a sealed note is left, a supervisor traces it; no word lies open."""

import re
import sqlite3
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

FIRST = "Desde el domingo no duermo, y en casa no lo digo."
CALLER = ("Mi hermano Teófilo se fue a Qarwapata.", "Solo mi tía Casimira lo sabe.")
VOLUNTEER = "Estoy aquí contigo, tómate tu tiempo."
UNSENT = "Quería preguntarte por tu mamá"
NOTE = {
    "reason": "grief",
    "talked": "Extraña a su hermano; duerme poco desde el domingo.",
    "risk": "low",
    "risk_words": "Piensa a veces que sería mejor no despertar.",
    "agreed": "Hablar con la tía antes del viernes.",
    "next_step": "Volver a escribir el sábado.",
}
AMENDED = "Habló con la tía: van a verse el jueves."
BROWSER = "Mozilla/5.0 (aparato de ensayo 77-Q)"
JSON = {"Accept": "application/json"}


async def test_an_anonymous_person_is_heard_a_note_is_sealed_and_a_supervisor_traces_it(
    quiet_line: RunningLine,
) -> None:
    line = quiet_line
    person = Visitor(line, **{"User-Agent": BROWSER, "X-Forwarded-For": "203.0.113.77"})
    rosa = Visitor(line).sign_in("rosa@demo.pe")
    assert person.get("/").status == 200
    person.step("agree", age_band="18_29")
    person.step("answer", thoughts="plan", feeling="4", words=FIRST)
    contact, case_id = await _talk(line, person, rosa)
    await _trace(line, rosa, contact, case_id)
    _nothing_lies_open(line, person, rosa)


async def _talk(line: RunningLine, person: Visitor, rosa: Visitor) -> tuple[str, str]:
    """Let Rosa accept, listen, speak, and write the note when the person has left; return contact and case."""
    async with Voice(line, rosa.cookie, desk=True) as desk, Voice(line, person.cookie) as caller:
        waiting = await caller.hear("state", state="waiting")
        assert waiting["ahead"] == 0
        assert "urgency" not in waiting
        await desk.send("ready")
        offer = await desk.hear("offer")
        assert offer["urgency"] == "B"
        await desk.send("accept", offer=offer["offer"])
        contact = (await desk.hear("state", state="talking"))["contact"]
        await desk.send("look", contact=contact, after=0)
        assert (await desk.hear("said", by="caller"))["text"] == FIRST
        assert (await caller.hear("state", state="talking"))["name"] == "Rosa"
        for text in CALLER:
            await caller.say(text)
            assert (await desk.hear("said", by="caller", text=text))["contact"] == contact
        await desk.say(VOLUNTEER, contact=contact)
        assert (await caller.hear("said", by="volunteer"))["name"] == "Rosa"
        rosa.get("/escritorio/")
        kept = rosa.post("/escritorio/borrador/", {"contact": contact, "text": UNSENT}, **JSON)
        assert kept.status == 200
        await caller.send("leave")
        await desk.hear("state", contact=contact, state="ended")
    return contact, _write_note(rosa, contact)


def _write_note(rosa: Visitor, contact: str) -> str:
    address = f"/casos/nota/{contact}/"
    assert f'"contact": "{contact}"' in rosa.get("/casos/pendientes/").text
    rosa.get(address)
    assert rosa.post(address, NOTE | {"do": "draft", "agreed": "Hablar con"}, **JSON).status == 200
    page = rosa.get(address)  # a reload finds what was written so far
    assert NOTE["talked"] in page.text
    saved = rosa.post(address, NOTE | {"do": "save"})
    case_id = str(uuid.UUID(saved.leads_to.strip("/").split("/")[1]))
    rosa.get(address)
    rosa.post(address, NOTE | {"do": "save", "next_step": AMENDED})
    return case_id


async def _trace(line: RunningLine, rosa: Visitor, contact: str, case_id: str) -> None:
    """Let Carmen find the case, say why, and read; and Rosa see that she did; and Luis find nothing."""
    carmen, luis = (Visitor(line).sign_in(f"{name}@demo.pe") for name in ("supervisora", "luis"))
    assert carmen.get("/supervision/").status == 200
    assert case_id in carmen.get("/casos/").text
    asked = carmen.get(f"/casos/{case_id}/").text
    assert NOTE["talked"] not in asked
    read = carmen.post(f"/casos/{case_id}/", {"reason": "high_risk"})
    assert read.status == 200
    for words in (*CALLER, FIRST, VOLUNTEER, NOTE["talked"], NOTE["risk_words"]):
        assert words in read.text
    assert "cambió la nota: próximo paso" in read.text
    assert re.search(r"<ins>.*jueves", read.text, re.DOTALL)
    assert "Carmen abrió el caso. Motivo: Riesgo alto" in rosa.get(f"/casos/{case_id}/").text
    trail = carmen.get("/supervision/auditoria/?revisar").text
    assert "El registro está entero." in trail
    assert case_id[:8] in trail
    for path in (f"/casos/{case_id}/", f"/casos/nota/{contact}/", f"/escritorio/persona/?contact={contact}"):
        assert luis.get(path).status == 404
    async with Voice(line, luis.cookie, desk=True) as other:
        for frame in ({"op": "look", "after": 0}, {"op": "say", "id": str(uuid.uuid4()), "text": "hola"}):
            await other.send(contact=contact, **frame)
            assert (await other.hear("refused"))["code"] == "not_yours"
        assert other.said() == []
    trail = carmen.get("/supervision/auditoria/").text
    assert trail.count("quiso abrir una conversación") == 3  # the note, the person, and the socket once
    assert "quiso leer un caso" in trail


# No word lies open ---------------------------------------------------------------------------------------------------


def _planted(*visitors: Visitor) -> list[str]:
    """Return what must lie nowhere in the clear: all that was said and written, and what identifies a caller."""
    phrases = [FIRST, *CALLER, VOLUNTEER, UNSENT, AMENDED, BROWSER, "203.0.113.77"]
    phrases += [text for name, text in NOTE.items() if name not in {"reason", "risk"}]
    names = ["Teófilo", "Casimira", "Qarwapata", "hermano", "no duermo"]
    return phrases + names + [cookie for visitor in visitors for cookie in visitor.cookies.values()]


def _nothing_lies_open(line: RunningLine, *visitors: Visitor) -> None:
    """Look for it in every table, in whatever files lie in the line's folder, and in all that it printed."""
    tables = list(_rows(line))
    line.stop()
    files = [path.read_bytes() for path in line.folder.rglob("*") if path.is_file() and "static" not in str(path)]
    assert any(b"rosa@demo.pe" in kept for _table, kept in tables)  # what is meant to be read is found
    for planted in _planted(*visitors):
        for wanted in {planted.encode(), planted.encode("unicode_escape")}:
            assert [table for table, kept in tables if wanted in kept] == [], planted
            assert not any(wanted in content for content in files), planted
            assert wanted not in line.output.encode(), planted
    assert sum(table == "chat_message" for table, _kept in tables) >= len(CALLER) + 2
    assert sum(table == "cases_noterevision" for table, _kept in tables) == 2
    assert any(table == "keystore_keyshare" for table, _kept in tables)


def _rows(line: RunningLine) -> Iterator[tuple[str, bytes]]:
    """Read every row of every table of both databases, as bytes."""
    if "DATABASE_URL" in line.environment:
        for name in ("DATABASE_URL", "HOTLINE_KEYSTORE_URL"):
            yield from _rows_of_server(line.environment[name])
    else:
        for path in line.folder.glob("*.sqlite3"):
            yield from _rows_of_file(str(path))


def _rows_of_file(path: str) -> Iterator[tuple[str, bytes]]:
    connection = sqlite3.connect(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  names from the database itself
            yield table, _as_bytes(row)
    connection.close()


def _rows_of_server(address: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(address) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                yield table, _as_bytes(row)


def _as_bytes(row: tuple[Any, ...]) -> bytes:
    return b"|".join(bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row)
