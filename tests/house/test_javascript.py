"""The scripts run on old phones, show no words of their own, and keep nothing in the browser."""

import dataclasses
import functools
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT, read, under

READER = Path("tests/house/javascript.cjs")
Rule = Callable[["Script"], list[str]]
WORDS = re.compile(r"[áéíóúüñÁÉÍÓÚÑ¿¡«»]|[^\W\d_]{2,} +[^\W\d_]{2,}")
ONE_WORD = re.compile(r"[A-ZÁÉÍÓÚ][a-záéíóúñ]{2,}[.…:]?")
#: Names of keys, headers and modes.
NOT_SHOWN = {"use strict", "Accept", "Enter", "Escape", "Shift", "Tab"}
KEPT = {
    "localStorage",
    "sessionStorage",
    "indexedDB",
    "cookie",
    "cookieStore",
    "caches",
    "serviceWorker",
    "openDatabase",
}
PAGE = {"document", "window", "fetch", "WebSocket", "navigator", "location"}
#: They would let words become code or markup.
DANGEROUS = {"eval", "Function", "outerHTML", "innerHTML", "insertAdjacentHTML", "importScripts"}


@dataclasses.dataclass(frozen=True)
class Script:
    """What a script says of itself once parsed as ECMAScript 2019."""

    path: str
    problem: str
    strings: list[dict[str, Any]]
    names: list[str]
    imports: list[dict[str, Any]]


def parsed(paths: list[Path]) -> list[Script]:
    """Parse scripts with the parser that comes with Node."""
    command = ["node", "--expose-internals", str(READER), *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [Script(**facts) for facts in json.loads(done.stdout)]


@functools.cache
def scripts() -> list[Script]:
    """Return the scripts of the pages."""
    return parsed([path for path in under("static/js", ".js") if "vendor" not in path.parts])


def too_new(script: Script) -> list[str]:
    """Return what an ECMAScript 2019 parser stumbles over."""
    return [f"{script.path}: {script.problem}"] if script.problem else []


def spoken(script: Script) -> list[str]:
    """Return the strings that a person would read; errors and selectors are for machines and developers."""
    shown = [one for one in script.strings if not one["within"] and one["text"] not in NOT_SHOWN]
    said = [one for one in shown if WORDS.search(one["text"]) or ONE_WORD.fullmatch(one["text"])]
    return [f"{script.path}:{one['line']} {one['text']!r}" for one in said]


def keeping(script: Script) -> list[str]:
    """Return the names by which a browser would keep something, or run or mark up words."""
    return [f"{script.path}: {name}" for name in script.names if name in KEPT | DANGEROUS]


def unfound(script: Script) -> list[str]:
    """Return the imports that the hashing of file names would leave alone: it wants «./…» and a semicolon."""
    return [
        f"{script.path}:{one['line']} {one['from']}"
        for one in script.imports
        if not one["semicolon"] or not re.match(r"\.\.?/.*\.js$", one["from"])
    ]


RULES = (too_new, spoken, keeping, unfound)


@pytest.mark.parametrize("rule", RULES)
def test_every_script_keeps_the_rule(rule: Rule) -> None:
    assert len(scripts()) > 10
    assert [fault for script in scripts() for fault in rule(script)] == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (too_new, "const name = member?.alias;"),
        (too_new, "const name = alias ?? full;"),
        (too_new, "class Line { open = true; }"),
        (too_new, "const line = await import('./line.js');"),
        (spoken, "label.textContent = 'Enviado';"),
        (spoken, "label.textContent = `faltan ${n} por leer`;"),
        (keeping, "localStorage.setItem('draft', text);"),
        (keeping, "document.cookie = 'a=b';"),
        (keeping, "place.innerHTML = text;"),
        (unfound, 'import { pause } from "./socket.js"\n'),
        (unfound, 'import { pause } from "https://elsewhere.example/socket.js";'),
    ],
)
def test_a_planted_fault_is_seen(rule: Rule, source: str, tmp_path: Path) -> None:
    planted = tmp_path / "planted.js"
    planted.write_text(source, encoding="utf-8")
    assert [fault for script in parsed([planted]) for fault in rule(script)] != []


def test_a_script_that_calls_itself_pure_touches_no_page() -> None:
    heads = {path: read(path).split("*/", 1)[0] for path in under("static/js", ".js")}
    pure = {str(path) for path, head in heads.items() if re.search(r"\bpure\b", head, re.IGNORECASE)}
    assert "static/js/conversation.js" in pure
    touching = {script.path: PAGE & set(script.names) for script in scripts() if script.path in pure}
    assert {path: names for path, names in touching.items() if names} == {}


def test_what_is_right_passes(tmp_path: Path) -> None:
    good = tmp_path / "good.js"
    good.write_text(
        'import { pause } from "./socket.js";\n'
        'const box = document.querySelector("form textarea");\n'
        'if (!box) throw new Error("a composer needs a box");\n'
        'box.value = "";\n',
        encoding="utf-8",
    )
    assert [fault for script in parsed([good]) for rule in RULES for fault in rule(script)] == []
