"""Imports point backwards along the path, and a few of them are reserved."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.source import APPS, PATH, ROOT, imports, modules, name_of, read, tree, under

Rule = Callable[[str, ast.Module], list[str]]
#: What only some may import, beside what import-linter's contracts reserve.
RESERVED = {
    "cryptography": "vault",
    "vault.keystore": "vault",
    "channels.layers": "wire.doorbell",
    "asgiref": "wire.doorbell",
    "redis": "wire.ring_layer",
}
LEVEL = {app: number for number, apps in enumerate(PATH) for app in apps}


def _is_below(name: str, top: str) -> bool:
    return name == top or name.startswith(f"{top}.")


def reserved(name: str, source: ast.Module) -> list[str]:
    """Return the imports that are reserved for another module."""
    return [
        f"{name}:{line} imports {what}"
        for line, what in imports(source)
        for wanted, owner in RESERVED.items()
        if _is_below(what, wanted) and not _is_below(name, owner)
    ]


def forward(name: str, source: ast.Module) -> list[str]:
    """Return the imports that point forward; unlike import-linter it sees ``import_module`` too."""
    room = name.split(".", 1)[0]
    lowest = LEVEL.get(room, -1)
    found = []
    for line, what in imports(source):
        other = what.split(".", 1)[0]
        knows = room in {other, "hotline"} or (other == "directory" and room in LEVEL)
        if other in APPS and not knows and LEVEL.get(other, lowest) >= lowest:
            found.append(f"{name}:{line} imports {what}")
    return found


def hidden(name: str, source: ast.Module) -> list[str]:
    """Return the import statements inside functions."""
    blocks = [node for node in ast.walk(source) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [node for block in blocks for node in ast.walk(block) if isinstance(node, ast.Import | ast.ImportFrom)]
    return sorted({f"{name}:{node.lineno}" for node in inside})


def signals(name: str, source: ast.Module) -> list[str]:
    """Return the imports of what one listens to signals with."""
    return [
        f"{name}:{line} imports {what}"
        for line, what in imports(source)
        if _is_below(what, "django.dispatch") or "signals" in what.split(".")
    ]


def relative(name: str, source: ast.Module) -> list[str]:
    """Return the relative imports."""
    return [f"{name}:{line}" for line, what in imports(source) if what.startswith(".")]


@pytest.mark.parametrize("rule", [reserved, forward, hidden, signals, relative])
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    assert [fault for path in modules() for fault in rule(name_of(path), tree(path))] == []


def test_tests_and_measuring_import_at_the_top_by_full_names() -> None:
    others = [(name_of(path), tree(path)) for folder in ("tests", "bench") for path in under(folder, ".py")]
    assert [fault for name, source in others for rule in (hidden, relative) for fault in rule(name, source)] == []


@pytest.mark.parametrize(
    ("rule", "name", "line"),
    [
        (reserved, "roster.totp", "from cryptography.hazmat.primitives import hashes"),
        (reserved, "chat.sealing", "import vault.keystore.models"),
        (reserved, "oversight.board", "from channels.layers import get_channel_layer"),
        (forward, "triage.actions", "from chat import actions"),
        (forward, "triage.actions", 'importlib.import_module("chat.actions")'),
        (forward, "vault.trail", "import wire.hub"),
        (forward, "consent.texts", "from roster.models import Member"),
        (forward, "campaign.views", "from directory import search"),
        (hidden, "chat.views", "def talk():\n    from triage import actions"),
        (signals, "cases.models", "from django.db.models.signals import post_save"),
        (signals, "cases.models", "from simple_history.signals import post_create_historical_record"),
        (signals, "roster.apps", "from allauth.account import signals"),
        (signals, "roster.apps", "from django.dispatch import receiver"),
        (relative, "cases.models", "from . import notes"),
    ],
)
def test_the_rule_sees_a_planted_fault(rule: Rule, name: str, line: str) -> None:
    assert rule(name, ast.parse(line)) != []


def test_whoever_shows_help_may_import_the_directory() -> None:
    assert forward("chat.journey", ast.parse("from directory import search")) == []


def _contracts_of_the_map() -> list[str]:
    table = read(Path("docs/ARCHITECTURE.md")).split("| Contract | Says |", 1)[1].split("\n\n", 1)[0]
    return [row.split("|")[1].strip() for row in table.splitlines()[2:]]


def test_the_map_names_the_contracts_that_are_configured() -> None:
    contracts = tomllib.loads(read(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    assert sorted(contract["name"] for contract in contracts) == sorted(_contracts_of_the_map())


def test_the_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
