"""The documents a stranger meets first are there, whole and true."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.house.source import ROOT, read
from vault.management.commands import keys

#: Of the text as the Free Software Foundation publishes it.
LICENCE_SHA256 = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
DOCUMENTS = (
    "docs/ARCHITECTURE.md",
    "docs/CRYPTOGRAPHY.md",
    "docs/GLOSSARY.md",
    "docs/PERFORMANCE.md",
    "docs/PROTOCOL.md",
    "docs/QUEUE.md",
    "docs/RUNBOOK.md",
    "docs/SETTINGS.md",
    "docs/THREATS.md",
    "docs/TRANSLATING.md",
    "docs/TRIAGE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
)
LARGEST_PICTURE = 150_000  # bytes


def test_the_licence_is_the_whole_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == LICENCE_SHA256


def test_the_project_says_its_licence() -> None:
    project = tomllib.loads(read(Path("pyproject.toml")))["project"]
    assert project["license"] == "AGPL-3.0-or-later"
    assert "AGPL-3.0-or-later" in read(Path("README.md"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_readme_leads_to_every_document(name: str) -> None:
    assert f"({name})" in read(Path("README.md"))


def test_the_commands_of_the_documents_exist() -> None:
    named = set()
    for document in ("README.md", "CONTRIBUTING.md"):
        named |= set(re.findall(r"python3 dev\.py ([\w-]+)", read(Path(document))))
    offered = re.search(r"choices=\(([^)]*)\)", read(Path("dev.py")))
    assert offered
    assert {"run", "test"} <= named <= set(re.findall(r'"([\w-]+)"', offered.group(1)))


def test_the_acts_of_the_runbook_exist() -> None:
    named = set(re.findall(r"`keys (\w+)", read(Path("docs/RUNBOOK.md"))))
    assert {"check", "rotate", "rewrap"} <= named <= set(keys.ACTS)


def test_the_readme_says_what_must_be_backed_up() -> None:
    text = " ".join(read(Path("README.md")).split())
    assert "Losing the key file or the keystore loses every sealed word" in text
    assert "not for real callers" in text


def test_the_changelog_names_the_version_of_the_project() -> None:
    version = tomllib.loads(read(Path("pyproject.toml")))["project"]["version"]
    headings = re.findall(r"^## \[([^\]]+)\]", read(Path("CHANGELOG.md")), re.MULTILINE)
    assert headings[:2] == ["Unreleased", version]


def test_the_picture_of_the_readme_is_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", read(Path("README.md")))
    assert pictures != []
    assert [picture for picture in pictures if (ROOT / picture).stat().st_size > LARGEST_PICTURE] == []
