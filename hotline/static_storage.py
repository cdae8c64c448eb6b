"""Hashed names for static files and for the imports between JS modules; one style sheet where parts are imported."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTED_PART = re.compile(r'^@import "([\w./-]+)";\n', re.MULTILINE)


class _Whole:
    """A style sheet with its parts in it, in the place of the storage that holds the file with the imports."""

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


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Rewrites ``import … from "./x.js";`` too; only imports that end in a semicolon are found (a test says so).

    A style sheet that imports others is sent as one: on a poor line every further request costs a second.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, tuple[Any, str]], **options: Any) -> Iterator[Any]:
        """Put the parts into each style sheet, then hash and compress."""
        ours = [name for name in paths if name.startswith("css/") and name.endswith(".css")]
        whole = {name: (_Whole(_with_parts(name, paths)), name) for name in ours}
        yield from super().post_process({**paths, **whole}, **options)
