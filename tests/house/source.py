"""Finds the project's own files and reads them, for the tests about the code itself."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The rooms, from the lowest to the highest; a room knows only those before it (docs/ARCHITECTURE.md).
PATH = (
    ("vault", "wire"),
    ("consent", "roster"),
    ("triage",),
    ("chat",),
    ("cases",),
    ("oversight", "training"),
    ("reflection",),
    ("hotline",),
)
ALONE = ("directory", "campaign")
APPS = tuple(app for level in PATH for app in level) + ALONE


@functools.cache
def files() -> tuple[Path, ...]:
    """Return every file of the project, committed or about to be, as paths under ROOT."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()))


def under(folder: str, suffix: str) -> list[Path]:
    """Return the project's files of one kind below a folder."""
    return [path for path in files() if path.suffix == suffix and path.as_posix().startswith(f"{folder}/")]


@functools.cache
def read(path: Path) -> str:
    """Return the text of a file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def modules() -> list[Path]:
    """Return the Python files of the rooms, without migrations."""
    return [path for app in APPS for path in under(app, ".py") if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    """Return the dotted name of a module."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(read(path), str(path))


def sentence_of(source: ast.Module) -> str:
    """Return the first paragraph of a module's docstring in one line; ours is one sentence."""
    return (ast.get_docstring(source) or "").split("\n\n", 1)[0].replace("\n", " ")


def imports(source: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything imported, also by ``import_module``: ``from a import b`` is ``a.b``."""
    for node in ast.walk(source):
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom():
                start = f"{'.' * node.level}{node.module or ''}"
                yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield node.lineno, name
