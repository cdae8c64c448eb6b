"""docs/PROTOCOL.md, reflection/protocol.py, the words of the page and static/js/circle_protocol.js say the same."""

import re
from pathlib import Path
from typing import Any

import msgspec

from reflection import phases, protocol, screen_words
from tests.house.source import read
from wire.frames import Refused

PART = read(Path("docs/PROTOCOL.md")).split("## A circle's socket", 1)[1].split("\n## ", 1)[0]


def documented(heading: str) -> dict[str, set[str]]:
    rows = PART.split(heading, 1)[1].split("\n\n", 2)[1].splitlines()[2:]
    table: dict[str, set[str]] = {}
    for row in rows:
        ops, fields, *_meaning = row.strip("|").split("|")
        named = set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", fields)))
        table |= dict.fromkeys(re.findall(r"`(\w+)`", ops), named)
    return table


def shapes(kinds: Any) -> dict[str, set[str]]:
    return {str(kind.__struct_config__.tag): {field.name for field in msgspec.structs.fields(kind)} for kind in kinds}


def test_the_document_has_every_frame_with_its_fields() -> None:
    assert documented("Member frames:") == shapes(protocol.CircleFrame.__args__)
    theirs = shapes(protocol._Out.__subclasses__()) | {"refused": {"code", "to", "id", "field"}}
    assert documented("Frames of the line:") == theirs


def test_the_document_and_the_page_know_every_refusal() -> None:
    listed = PART.split("Refusals of a circle, a closed list: ", 1)[1]
    assert tuple(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", listed))) == protocol.CODES
    assert set(screen_words.REFUSALS) == set(protocol.CODES)


def test_no_rule_refuses_with_a_code_outside_the_list() -> None:
    used = set()
    for name in ("phases", "live", "speaking", "errors", "consumers"):
        used |= set(
            re.findall(r'(?:return|code=|code =|else|Refused\() ?"([a-z_]+)"', read(Path(f"reflection/{name}.py")))
        )
    assert len(used) > 8
    of_pages = {"unknown", "leading", "already_there", "removed"}  # no frame leads to them
    assert used - of_pages <= set(protocol.CODES)
    assert Refused("not_your_turn").code in protocol.CODES


def test_the_script_sends_what_the_line_reads() -> None:
    source = read(Path("static/js/circle_protocol.js"))
    assert set(re.findall(r'\(\{ op: "(\w+)"', source)) == set(shapes(protocol.CircleFrame.__args__)) - {"say", "look"}
    theirs = {op: set(re.findall(r"(\w+)\??:", rest)) for op, rest in re.findall(r'\{\{op: "(\w+)"(.*?)\}\}', source)}
    ours = shapes(protocol._Out.__subclasses__()) | {"refused": {"code", "to", "id", "field"}}
    assert set(theirs) == set(ours)
    assert all(fields <= ours[op] for op, fields in theirs.items())


def test_every_phase_has_its_name_and_what_it_is_for() -> None:
    assert {phase.code for plan in phases.PLANS.values() for phase in plan} == set(screen_words.PHASES)
