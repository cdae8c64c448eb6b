"""Hashed names for static files and for the imports between JS modules; style sheets whole, both without remarks."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTED_PART = re.compile(r'^@import "([\w./-]+)";\n', re.MULTILINE)
OURS = re.compile(r"css/.*\.css|js/(?!vendor/).*\.js")
#: Types and reasons are for who reads the source; they were a third of what a caller's phone had to fetch.
REMARK = re.compile(r"[ \t]*/\*.*?\*/\n?", re.DOTALL)


class _Whole:
    """A text made of files, in the place of the storage that holds them."""

    def __init__(self, text: str) -> None:
        self._text = text

    def open(self, _path: str) -> "ContentFile[bytes]":
        """Open the whole text."""
        return ContentFile(self._text.encode())


def _with_parts(name: str, files: Mapping[str, tuple[Any, str]]) -> str:
    """Return a style sheet with each ``@import "part.css";`` at the start of a line replaced by that part."""
    storage, path = files[name]
    with storage.open(path) as file:
        text = file.read().decode()
    folder = posixpath.dirname(name)

    def part(found: re.Match[str]) -> str:
        return _with_parts(posixpath.normpath(posixpath.join(folder, found[1])), files)

    return IMPORTED_PART.sub(part, text)


def _sent(name: str, files: Mapping[str, tuple[Any, str]]) -> _Whole:
    """Return one of our scripts or style sheets as browsers get it (a test compares the code of both)."""
    return _Whole(REMARK.sub("", _with_parts(name, files)))


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Rewrites ``import … from "./x.js";`` too; only imports that end in a semicolon are found (a test says so).

    A style sheet that imports others is sent as one: on a poor line every further request costs a second.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, tuple[Any, str]], **options: Any) -> Iterator[Any]:
        """Put the parts into each style sheet, take out the remarks, then hash and compress."""
        ours = [name for name in paths if OURS.fullmatch(name)]
        yield from super().post_process({**paths, **{name: (_sent(name, paths), name) for name in ours}}, **options)
