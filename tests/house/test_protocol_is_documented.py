"""docs/PROTOCOL.md, chat/protocol.py and static/js/protocol.js say the same."""

import ast
import json
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from chat import consumers, journey_pages, protocol, transcript
from chat.models import Speaker
from hotline import sockets
from roster.actions import LEASE
from roster.models import PresenceState
from tests.house.source import read, tree, under
from triage.models import ContactState
from wire import consumer, daphne_server, frames, guard

DOCUMENT = Path("docs/PROTOCOL.md")
TYPEDEF = re.compile(r"@typedef \{\{op: \"(\w+)\"(.*?)\}\} (\w+)")
UNION = re.compile(r"@typedef \{([\w|]+)\} (\w+)")
NOT_YET = "*not yet*"
Shapes = dict[str, tuple[frozenset[str], frozenset[str]]]  # op → fields always there, fields sometimes there


def _part(start: str, end: str = "\n\n") -> str:
    return read(DOCUMENT).split(start, 1)[1].split(end, 1)[0]


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _rows(heading: str) -> list[list[str]]:
    lines = _part(heading, "\n\n#").split("\n\n", 2)[1].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _documented(heading: str) -> dict[str, set[str]]:
    """Return op → fields of one table; what stands in brackets are values and remarks."""
    table: dict[str, set[str]] = {}
    for ops, fields, *_meaning in _rows(heading):
        named = set(_quoted(re.sub(r"\(.*?\)", "", fields)))
        table |= dict.fromkeys(_quoted(ops), named)
    return table


def _shapes(kinds: Iterable[type[msgspec.Struct]]) -> Shapes:
    shapes = {}
    for kind in kinds:
        fields = msgspec.structs.fields(kind)
        needed = frozenset(field.encode_name for field in fields if field.required)
        shapes[str(kind.__struct_config__.tag)] = (needed, frozenset(field.encode_name for field in fields) - needed)
    return shapes


def _refused() -> Shapes:
    refused = frames.Refused("too_fast", to="say", id="1", field="text")
    refused.contact = "1"
    fields = frozenset(json.loads(refused.encoded())) - {"op"}
    least = frozenset(json.loads(frames.Refused("too_fast").encoded())) - {"op"}
    return {"refused": (least, fields - least)}


def _union(kinds: object) -> Shapes:
    return _shapes(kinds.__args__)  # type: ignore[attr-defined]  # of a union of types


CALLER, DESK = _union(protocol.CallerFrame), _union(protocol.DeskFrame)
LINE = _shapes(protocol._Out.__subclasses__()) | _refused()


def _in_javascript(union: str) -> Shapes:
    source = read(Path("static/js/protocol.js"))
    members = next(kinds.split("|") for kinds, name in UNION.findall(source) if name == union)
    shapes = {}
    for op, rest, name in TYPEDEF.findall(source):
        if name in members:
            fields = re.findall(r"(\w+)(\??):", rest)
            sometimes = frozenset(field for field, mark in fields if mark)
            shapes[op] = (frozenset(field for field, _mark in fields) - sometimes, sometimes)
    return shapes


def _listed(name: str) -> list[str]:
    found = re.search(rf"export const {name} = (\[.*?\])", read(Path("static/js/protocol.js")), re.DOTALL)
    assert found, name
    return [str(one) for one in ast.literal_eval(found.group(1))]


def _fields(shapes: Shapes) -> dict[str, set[str]]:
    return {op: set(needed | sometimes) - {"contact"} for op, (needed, sometimes) in shapes.items()}


def test_the_document_has_every_frame_of_a_client_with_its_fields() -> None:
    assert _documented("Client frames") == _fields(DESK)
    assert _fields(CALLER).items() <= _fields(DESK).items()


def test_the_desk_names_the_contact_in_every_frame_about_one() -> None:
    about = {op for op, (needed, sometimes) in DESK.items() if "contact" in needed | sometimes}
    assert about == {"say", "look", "typing", "seen", "leave"}
    assert [op for op, (needed, sometimes) in CALLER.items() if "contact" in needed | sometimes] == []


def test_the_document_has_every_frame_of_the_line_with_its_fields() -> None:
    documented = {op: fields - {"contact"} for op, fields in _documented("Server frames").items()}
    ours = _fields(LINE)
    documented["typing"] -= {"seq"}  # the document tells typing and seen in one row
    assert documented == ours


@pytest.mark.parametrize(("union", "shapes"), [("CallerFrame", CALLER), ("DeskFrame", DESK)])
def test_javascript_sends_what_python_reads(union: str, shapes: Shapes) -> None:
    assert _in_javascript(union) == shapes


def test_javascript_reads_what_python_sends() -> None:
    theirs = _in_javascript("ServerFrame")
    assert _fields(theirs) == _fields(LINE)
    assert {op: needed - {"contact"} for op, (needed, _s) in theirs.items()} == {
        op: needed - {"contact"} for op, (needed, _s) in LINE.items()
    }


@pytest.mark.parametrize(("name", "shapes"), [("CALLER_OPS", CALLER), ("DESK_OPS", DESK), ("SERVER_OPS", LINE)])
def test_javascript_lists_the_same_frames(name: str, shapes: Shapes) -> None:
    assert sorted(_listed(name)) == sorted(shapes)


def test_the_list_of_refusals_is_the_same_everywhere() -> None:
    assert tuple(_quoted(re.sub(r"\(.*?\)", "", _part("Codes, a closed list: ", ". ")))) == protocol.CODES
    assert tuple(_listed("REFUSALS")) == protocol.CODES
    assert sorted(_listed("TRY_LATER")) == sorted(_quoted(_part("`not_saved` (storage failed). ", ": try")))


def test_every_refusal_has_its_words_for_both_sides() -> None:
    desk = set(re.findall(r'id="refused-(\w+)"', read(Path("templates/chat/_desk_refusals.html"))))
    assert set(protocol.CODES) - desk == set()
    assert [code for code in protocol.CODES if not str(journey_pages.refusal_words(code)).strip()] == []


def test_no_code_refuses_with_a_word_outside_the_list() -> None:
    used = set()
    for path in [*under("wire", ".py"), *under("chat", ".py")]:
        for node in ast.walk(tree(path)):
            match node:
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=str(code)), *_]):
                    used.add(code)
    assert used
    assert used - set(protocol.CODES) == set()


def _closing_codes() -> set[int]:
    constants = (node for path in [*under("wire", ".py"), *under("chat", ".py")] for node in ast.walk(tree(path)))
    return {
        node.value
        for node in constants
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and 4400 <= node.value < 4600
    }


def test_the_close_codes_are_the_same_everywhere() -> None:
    found = re.search(r"export const CLOSED = \{(.*?)\}", read(Path("static/js/protocol.js")), re.DOTALL)
    assert found
    assert {int(code) for code in re.findall(r"\d{4}", found.group(1))} == _closing_codes()
    assert {int(code) for code in _quoted(_part("Close codes: "))} == _closing_codes()


def test_the_words_of_the_fields_are_the_same_everywhere() -> None:
    table = {ops: fields for ops, fields, *_meaning in _rows("Server frames")}
    states = _part("## A contact's states\n\n")
    assert _quoted(re.findall(r"`by` \((.*?)\)", table["`said`"])[0]) == Speaker.values
    assert _quoted(re.findall(r"`state` \((.*?)\)", table["`presence`"])[0]) == PresenceState.values
    assert set(_quoted(states)) == set(ContactState.values)


def test_javascript_knows_the_same_words() -> None:
    source = read(Path("static/js/protocol.js"))
    for name, values in (("Speaker", Speaker.values), ("ContactState", ContactState.values)):
        found = re.search(rf"@typedef \{{([^}}]*)\}} {name}\n", source)
        assert found
        assert re.findall(r'"(\w+)"', found.group(1)) == values


def test_the_figures_are_those_of_the_code() -> None:
    caller, desk = guard.CALLER_PACE, guard.DESK_PACE
    sentences = (
        f"has at most {frames.LONGEST_FRAME:,} bytes",
        f"1 to {frames.LONGEST_TEXT:,} Unicode code points",
        f"{transcript.AT_ONCE} `said` were sent",
        f"may send {caller.burst} frames at once and {caller.rate} a second, a desk {desk.burst} and {desk.rate};",
        f"{guard.REFUSED_MOST} refused in {guard.REFUSED_WITHIN:.0f} s close with 4429",
        f"a third `bad_frame` in {guard.BAD_WITHIN:.0f} s with 4400",
        f"at most {consumer.MOST_UNSENT // 1024} KiB wait",
        f"after {daphne_server.SILENT_AFTER:.0f} s without any frame",
        f"at most once in {consumers.TYPING_EVERY:.0f} s a seat",
        f"counts as lost {LEASE} s after their last frame",
    )
    assert [sentence for sentence in sentences if sentence not in read(DOCUMENT)] == []
    assert (guard.BAD_MOST, consumers.SOCKETS_PER_CALLER) == (3, 8)  # «a third», «a ninth»
    assert frames.HIGHEST_SEQ == 2**53 - 1
    assert f"export const LONGEST_TEXT = {frames.LONGEST_TEXT};" in read(Path("static/js/protocol.js"))


def test_the_subprotocol_is_the_same_everywhere() -> None:
    assert f"Version `{consumer.SUBPROTOCOL}`" in read(DOCUMENT)
    assert f'export const SUBPROTOCOL = "{consumer.SUBPROTOCOL}";' in read(Path("static/js/protocol.js"))


def _answers(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _address(cell: str) -> str:
    filled = {"<id>": "00000000-0000-0000-0000-000000000000", "<month>": "2026-10", "…": "como-ayudamos/"}
    for part, given in filled.items():
        cell = cell.replace(part, given)
    return cell


def _addresses(*, not_yet: bool) -> list[str]:
    found = []
    for cell, _who, what in _rows("## Addresses"):
        if (NOT_YET in what) == not_yet:
            found += [*_quoted(cell), *(one for one in _quoted(what) if one.startswith("/"))]
    return [_address(cell) for cell in found]


def test_every_address_of_the_document_answers() -> None:
    assert [address for address in _addresses(not_yet=False) if not _answers(address)] == []


def test_what_the_document_puts_off_does_not_answer_yet() -> None:
    assert [address for address in _addresses(not_yet=True) if _answers(address)] == []


def test_the_sockets_are_where_the_document_says() -> None:
    ours = {f"/{pattern.pattern}" for pattern in sockets.urlpatterns}
    assert ours == {address for address in _quoted(_part("## Sockets\n\n")) if address.startswith("/ws/")}


def test_a_command_exists_unless_the_document_says_not_yet() -> None:
    known = get_commands()
    commands = [line for line in _part("## Commands that other programs call", "\n#").splitlines() if line[:2] == "- "]
    called = {_quoted(line)[0].split()[3]: NOT_YET not in line for line in commands}
    assert called == {name: name.replace("-", "_") in known for name in called}  # people type a hyphen
    assert {"rehearse", "audit", "keys"} <= set(called)
