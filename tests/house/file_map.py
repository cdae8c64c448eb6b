"""Writes the file map of docs/ARCHITECTURE.md from each file's first sentence: ``python -m tests.house.file_map``."""

import re
from pathlib import Path

from tests.house.source import APPS, ROOT, files, read, sentence_of, tree, under

MAP = Path("docs/ARCHITECTURE.md")
BEGIN, END = "<!-- file map: python -m tests.house.file_map -->", "<!-- end of the file map -->"
UNTOLD = {"__init__.py", "apps.py"}  # each app has them, and they say the same everywhere
COMMENT = re.compile(r"\A/\*\*[\s*]*(.*?)(?:\*/|\n\s*\*\s*\n|\n\s*\*\s*@)", re.DOTALL)
SENTENCE_ENDS = re.compile(r"(?<=[.»])\s+(?=[A-ZÁÉÍÓÚ])")


def at_the_top() -> list[Path]:
    """Return the programs beside the rooms."""
    return [path for path in files() if path.suffix == ".py" and len(path.parts) == 1]


def _first(text: str) -> str:
    return SENTENCE_ENDS.split(text.strip(), maxsplit=1)[0]


def sentence(path: Path) -> str:
    """Return the sentence with which a Python or JavaScript file says what it is for, or nothing."""
    if path.suffix == ".py":
        return _first(sentence_of(tree(path))).replace("``", "`")
    found = COMMENT.match(read(path))
    text = re.sub(r"\s*\n\s*\*\s*", " ", found.group(1)) if found else ""
    return re.sub(r"(<\w+>)", r"`\1`", _first(text))


def _lines(folder: str, paths: list[Path]) -> list[str]:
    told = [path for path in paths if path.name not in UNTOLD and "migrations" not in path.parts]
    return [f"- `{path.relative_to(folder).as_posix()}` — {sentence(path)}" for path in told]


def written() -> str:
    """Return the map as it should stand between its two marks."""
    parts = ["\n".join(_lines(".", at_the_top()))]
    for app in sorted(APPS):
        head = f"**`{app}/`** — {sentence(Path(app, '__init__.py'))}"
        parts.append("\n".join([head, "", *_lines(app, under(app, ".py"))]))
    head = f"**`bench/`** — {sentence(Path('bench', '__init__.py'))}"
    parts.append("\n".join([head, "", *_lines("bench", under("bench", ".py"))]))
    parts.append(
        "\n".join(
            [
                "**`static/js/`** — What the pages do in the browser.",
                "",
                *_lines("static/js", under("static/js", ".js")),
            ]
        )
    )
    return "\n\n".join(parts)


def standing() -> str:
    """Return the map as it stands in the document."""
    return read(MAP).split(BEGIN, 1)[1].split(END, 1)[0].strip()


def main() -> None:
    """Write the map anew."""
    before, rest = read(MAP).split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    (ROOT / MAP).write_text(f"{before}{BEGIN}\n\n{written()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
