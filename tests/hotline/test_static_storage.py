"""What browsers are sent of our style sheets and scripts: whole, small, under names that change with the content."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.templatetags.static import static
from pytest_django import Settings

from hotline import preparation

READER = Path("tests/house/javascript.cjs")
ROOT = Path(configured.BASE_DIR)


@pytest.fixture(autouse=True)
def _as_the_line_does(settings: Settings, tmp_path: Path) -> None:
    hashed = {"BACKEND": "hotline.static_storage.HashedStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": hashed}
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # ours alone
    settings.STATIC_ROOT = tmp_path / "collected"


@pytest.fixture
def collected(settings: Settings) -> Path:
    """Collect our static files as a start of the line does; return the folder."""
    call_command("collectstatic", interactive=False, verbosity=0)
    return Path(settings.STATIC_ROOT)


def sent(folder: Path, name: str) -> str:
    """Return a file as it is sent, under its hashed name."""
    return (folder / static(name).removeprefix("/static/")).read_text(encoding="utf-8")


def code_of(paths: list[Path]) -> list[tuple[list[str], list[str]]]:
    """Return the names and the strings of scripts, in their order."""
    command = ["node", "--expose-internals", str(READER), *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    scripts = json.loads(done.stdout)
    assert all(not script["problem"] for script in scripts)
    return [(script["names"], [one["text"] for one in script["strings"]]) for script in scripts]


def test_a_page_of_a_caller_fetches_one_style_sheet_with_all_its_parts(collected: Path) -> None:
    sheet = sent(collected, "css/caller.css")

    assert "@import" not in sheet
    assert all(part in sheet for part in ("--ground:", ":focus-visible", ".button--primary", ".masthead", ".line"))
    assert "/*" not in sheet


def test_a_changed_part_changes_the_name_of_the_whole(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "css").mkdir(parents=True)
    (source / "css" / "whole.css").write_text('@import "part.css";\np { color: red }\n', encoding="utf-8")
    settings.STATICFILES_DIRS = [source]
    names = []
    for colour in ("green", "blue"):
        (source / "css" / "part.css").write_text(f"a {{ color: {colour} }}\n", encoding="utf-8")
        call_command("collectstatic", interactive=False, verbosity=0)
        settings.STORAGES = {**settings.STORAGES}  # the names are read anew, as at a start
        names.append(static("css/whole.css"))
        assert f"color: {colour}" in sent(Path(settings.STATIC_ROOT), "css/whole.css")

    assert len(set(names)) == 2


def test_every_script_is_sent_with_all_of_its_code_and_none_of_its_remarks(collected: Path) -> None:
    names = [path.relative_to(ROOT / "static").as_posix() for path in (ROOT / "static" / "js").rglob("*.js")]
    ours = [name for name in names if "/vendor/" not in name]
    written = code_of([ROOT / "static" / name for name in ours])
    carried = code_of([collected / static(name).removeprefix("/static/") for name in ours])

    for name, before, after in zip(ours, written, carried, strict=True):
        assert before[0] == after[0], name
        assert [text for text in before[1] if not text.endswith(".js")] == [
            text for text in after[1] if not text.endswith(".js")
        ], name
        assert "/**" not in sent(collected, name)


def test_every_import_between_scripts_leads_to_a_hashed_file_that_is_there(collected: Path) -> None:
    found = 0
    for path in (ROOT / "static" / "js").rglob("*.js"):
        name = path.relative_to(ROOT / "static").as_posix()
        at = collected / static(name).removeprefix("/static/")
        for target in re.findall(r'^import .* from "([^"]+)";$', at.read_text(encoding="utf-8"), re.MULTILINE):
            found += 1
            file = collected / target.removeprefix("/static/") if target.startswith("/") else at.parent / target
            assert re.search(r"\.[0-9a-f]{12}\.js$", target), f"{name}: {target}"
            assert file.is_file(), f"{name}: {target}"
    assert found > 10


def test_a_start_copies_only_what_has_changed_since_the_last_one(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    settings.STATICFILES_DIRS = [source]
    (source / "a.txt").write_text("uno", encoding="utf-8")

    def copies() -> dict[str, int]:
        preparation.collect_static()
        return {path.name: path.stat().st_mtime_ns for path in Path(settings.STATIC_ROOT).glob("a.*")}

    first = copies()
    assert copies() == first
    (source / "a.txt").write_text("otro", encoding="utf-8")
    assert set(copies()) > set(first)
