"""The shipped texts in a folder of one's own, to be changed as a communicator changes them."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from campaign import content, page_file, safe_messaging

Edit = Callable[[str, str, str], content.Page]


@pytest.fixture
def plain_static_names(settings: Settings) -> None:
    """Serve static files by their plain names: nothing is collected for these tests."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def _forget() -> None:
    for kept in (content.pages, content.shown, content.help_lines, content.checklist):
        kept.cache_clear()


@pytest.fixture
def own_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a copy of the texts that the pages are read from."""
    shutil.copytree(content.CONTENT, tmp_path / "content")
    monkeypatch.setattr(content, "CONTENT", tmp_path / "content")
    monkeypatch.setattr(safe_messaging, "CONTENT", tmp_path / "content")
    _forget()
    yield tmp_path / "content" / content.LANGUAGE
    _forget()


@pytest.fixture
def edit(own_texts: Path) -> Edit:
    """Return a function that replaces words in the file of a page, and returns the page as it is read then."""

    def change(slug: str, before: str, after: str) -> content.Page:
        path = own_texts / f"{slug.replace('-', '_')}.md"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        _forget()
        return content.read(path)

    return change


@pytest.fixture
def approve(edit: Edit) -> Callable[[str], None]:
    """Return a function by which a person approves a text: every point ticked, the text as it stands reviewed."""

    def tick(slug: str) -> None:
        mark = content.pages()[slug].mark
        edit(slug, f'review = "{page_file.NOT_YET}"', f'review = "Ana Pérez, psicóloga, 2026-12-01, texto {mark}"')
        page = edit(slug, f'= "{page_file.NOT_YET}"', '= "Ana Pérez, 2026-12-01"')
        assert page.waits_for == ()

    return tick


def words_of(html: str) -> str:
    """Return what a reader of a page is told, tags and their texts for machines apart."""
    spoken = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    attributes = " ".join(re.findall(r'(?:content|aria-label|title|alt)="([^"]*)"', spoken))
    return " ".join(f"{re.sub('<[^>]+>', ' ', spoken)} {attributes}".split())
