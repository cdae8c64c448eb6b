"""What is committed is ours to publish: no secret, no machine, no registry; every package pinned by its hash."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.house.source import APPS, ROOT, files, imports, modules, read, tree

#: In pieces, so that this file does not find itself.
NOT_HERE = {
    "a folder of one machine": re.compile(r"(?<![\w.])/(?:work|home|root|mnt|Users|tm" + r"p)/\w|\b[A-Z]:\\\\"),
    "a registry of packages": re.compile(
        r"--(?:extra-)?index-" + r"url|--find-" + r"links|registry\.npm" + r"js|python" + r"hosted|pypi\.or" + r"g"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + r"KEY-----"),
}
BINARY = {".png", ".ico", ".mo", ".woff2"}
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w, -]+\])?==([^\s;\\]+)")
PROVIDED_AS = {
    "PIL": "pillow",
    "allauth": "django-allauth",
    "asgiref": "django",
    "autobahn": "daphne",
    "csp": "django-csp",
    "markdown_it": "markdown-it-py",
    "simple_history": "django-simple-history",
    "twisted": "daphne",
}
#: Named in settings or needed by what is imported.
CONFIGURED = {"argon2-cffi", "psycopg"}


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def misplaced(text: str) -> list[str]:
    """Return what must not be published in a text, with its line."""
    return [
        f"{number}: {what}"
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in NOT_HERE.items()
        if pattern.search(line)
    ]


def test_nothing_that_git_ignores_is_committed() -> None:
    assert _git("ls-files", "--cached", "--ignored", "--exclude-standard") == []


def test_no_file_names_a_machine_a_registry_or_a_key() -> None:
    texts = {path: read(path) for path in files() if path.suffix not in BINARY}
    assert [f"{path}:{fault}" for path, text in texts.items() for fault in misplaced(text)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "DATA = '/ho" + "me/somebody/var'",
        "cd /wo" + "rk/main",
        "--index-" + "url https://example.invalid/simple",
        "-----BEGIN RSA PRIVATE " + "KEY-----",
    ],
)
def test_a_planted_trace_is_seen(planted: str) -> None:
    assert misplaced(planted) != []


def test_addresses_of_our_own_pages_are_no_folders() -> None:
    assert misplaced("see /escritorio/ and https://example.org/home/x and sqlite:////absolute") == []


def _wanted(name: str) -> dict[str, str]:
    """Return package → version of one ``.in`` file."""
    found = {}
    for line in read(Path("requirements", name)).splitlines():
        match = REQUIREMENT.match(line)
        if match:
            found[match.group(1).lower()] = match.group(2)
        else:
            assert line.startswith(("#", "-r ")) or not line.strip(), f"{name}: {line} is not pinned"
    return found


def _locked(name: str) -> dict[str, tuple[str, int]]:
    """Return package → version and number of hashes of one lock."""
    found: dict[str, tuple[str, int]] = {}
    package = ""
    for line in read(Path("requirements", name)).splitlines():
        match = REQUIREMENT.match(line)
        if match:
            package = match.group(1).lower()
            found[package] = (match.group(2), 0)
        if "--hash=sha256:" in line:
            version, hashes = found[package]
            found[package] = (version, hashes + 1)
        elif not match:
            assert re.match(r"\s*(#|$)", line), f"{name}: {line}"
    return found


#: A lock and those whose packages it holds too.
LOCKS = {"run": (), "dev": ("run",), "bench": ("run", "dev")}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_with_its_hashes(name: str) -> None:
    locked = _locked(f"{name}.txt")
    assert {package for package, (_version, hashes) in locked.items() if not hashes} == set()
    wanted = {package: version for one in (*LOCKS[name], name) for package, version in _wanted(f"{one}.in").items()}
    assert {package: locked[package][0] for package in wanted} == wanted


@pytest.mark.parametrize(("wider", "narrower"), [("dev", "run"), ("bench", "dev")])
def test_a_wider_lock_starts_from_the_packages_of_the_narrower(wider: str, narrower: str) -> None:
    more, less = _locked(f"{wider}.txt"), _locked(f"{narrower}.txt")
    assert {package: more[package][0] for package in less} == {name: version for name, (version, _n) in less.items()}


def test_every_library_that_is_imported_is_asked_for_and_every_one_asked_for_is_used() -> None:
    asked = {package.split("[")[0] for package in _wanted("run.in")}
    floors = tomllib.loads(read(Path("pyproject.toml")))["project"]["dependencies"]
    assert {re.split(r"[\[>=]", floor)[0].lower() for floor in floors} == asked
    top = {what.split(".")[0] for path in modules() for _line, what in imports(tree(path))}
    used = {PROVIDED_AS.get(name, name).replace("_", "-") for name in top - set(APPS)}
    assert asked - used - CONFIGURED == set()
    assert used & set(_locked("run.txt")) - asked == set()
