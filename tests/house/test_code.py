"""The code says what it is for, in the words of the field."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.source import files, modules, name_of, read, sentence_of, tree, under

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared", "base", "core", "lib"}
#: Words that docs/GLOSSARY.md gives up for others; none of them names anything of ours.
GIVEN_UP = {"patient", "guest", "ticket", "agent", "tenant", "dispatch", "receiver", "usuario", "paciente"}
LONGEST = {".py": 400, ".js": 650}  # lines; an entry module of a page binds everything on it
IMPOSED = {"get_http_user_agent"}  # allauth's name
DOCUMENT = re.compile(r"\b([\w-]+\.md)\b")
CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[str, ast.Module], list[str]]


def without_sentence(name: str, source: ast.Module) -> list[str]:
    """Return the module if it does not begin with one sentence."""
    sentence = sentence_of(source)
    return [] if sentence.endswith(".") and len(sentence) <= 200 else [name]


def _public(body: list[ast.stmt]) -> list[Named]:
    found: list[Named] = []
    for node in body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += _public(node.body)
    return found


def undocumented(name: str, source: ast.Module) -> list[str]:
    """Return the public classes, functions and methods without a docstring."""
    return [f"{name}:{node.lineno} {node.name}" for node in _public(source.body) if not ast.get_docstring(node)]


def foreign_words(name: str, source: ast.Module) -> list[str]:
    """Return the names that use a word the glossary gives up."""
    names = [name.rsplit(".", 1)[-1]]
    for node in ast.walk(source):
        match node:
            case ast.ClassDef(name=own) | ast.FunctionDef(name=own) | ast.AsyncFunctionDef(name=own):
                names.append(own)
            case ast.arg(arg=own) | ast.Name(id=own, ctx=ast.Store()):
                names.append(own)
    return [own for own in names if set(CAPITALS.sub("_", own).lower().split("_")) & GIVEN_UP and own not in IMPOSED]


def missing_documents(name: str, text: str) -> list[str]:
    """Return the documents that a text names and that this repository does not hold."""
    held = {path.name for path in files() if path.suffix == ".md"}
    return [f"{name} names {document}" for document in DOCUMENT.findall(text) if document not in held]


@pytest.mark.parametrize("rule", [without_sentence, undocumented, foreign_words])
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    ours = [*modules(), *under("bench", ".py")]
    assert [fault for path in ours for fault in rule(name_of(path), tree(path))] == []


def test_every_test_module_says_what_it_is_about() -> None:
    assert [fault for path in under("tests", ".py") for fault in without_sentence(str(path), tree(path))] == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (without_sentence, "import os"),
        (without_sentence, '"""Things"""'),
        (undocumented, "def open_key(): ..."),
        (undocumented, 'class Key:\n    """A key."""\n    def open(self): ...'),
        (foreign_words, "class PatientRecord: ..."),
        (foreign_words, "def take(first_ticket): ..."),
    ],
)
def test_the_rule_sees_a_planted_fault(rule: Rule, source: str) -> None:
    assert rule("cases.models", ast.parse(source)) != []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in files() if path.stem.lower() in VAGUE and path.suffix in {".py", ".js"}] == []


def test_every_module_can_be_read_in_one_sitting() -> None:
    ours = [*modules(), *under("bench", ".py"), *under("static/js", ".js"), *under("tests", ".py")]
    lines = {path: read(path).count("\n") for path in ours}
    assert {str(path): count for path, count in lines.items() if count > LONGEST[path.suffix]} == {}


def test_code_names_only_documents_that_are_here() -> None:
    kinds = {".py", ".js", ".css", ".html", ".toml"}
    ours = [path for path in files() if path.suffix in kinds and path.parts[0] != "tests"]
    assert [fault for path in ours for fault in missing_documents(str(path), read(path))] == []
    assert missing_documents("x", "see nowhere.md") != []


def _says_how(path: Path) -> bool:
    names = {path.stem, path.stem.replace("_", "-")}  # people type a hyphen, modules have none
    return any(f"python -m hotline {name}" in sentence_of(tree(path)) for name in names)


def test_a_command_says_how_it_is_called() -> None:
    commands = [path for path in modules() if "commands" in path.parts and path.name != "__init__.py"]
    silent = [path for path in commands if not _says_how(path)]
    assert silent == []
    assert Path("vault/management/commands/keys.py") in commands


def _glossary() -> list[list[str]]:
    rows = [line.strip("|").split("|") for line in read(Path("docs/GLOSSARY.md")).splitlines() if line[:2] == "| "]
    return [[cell.strip() for cell in row] for row in rows[1:]]


def test_every_word_of_the_glossary_is_used_in_the_code() -> None:
    code = "\n".join(read(path) for path in modules()).lower()
    words = [word for row in _glossary() for word in row[0].split(", ")]
    assert len(words) > 30
    assert [word for word in words if word not in code and word.replace(" ", "_") not in code] == []


def test_every_word_of_the_glossary_for_the_screen_is_on_a_page() -> None:
    seen = {".html", ".py", ".toml", ".md"}
    pages = "\n".join(read(path) for path in files() if path.suffix in seen and path.parts[0] not in {"docs", "tests"})
    words = [word for row in _glossary() for word in re.findall(r'"([^"]+)"', row[2])]
    assert [word for word in words if word.lower() not in pages.lower()] == []
