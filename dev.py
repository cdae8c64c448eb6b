"""The two commands of a newcomer: ``python3 dev.py run`` and ``python3 dev.py test`` (and ``lint``); no package needed.

It keeps an environment of its own in ``.venv`` with exactly the locked packages, and touches nothing else of the
machine except, as root and where apt-get is there, Debian packages that a command cannot do without.
"""

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
CHROMIUM = Path("/usr/bin/chromium")
#: The same without a window of its own: it takes a third of the time.
HEADLESS = Path("/usr/bin/chromium-headless-shell")
#: The checker of the JavaScript's types, pinned by the digest of its archive.
TYPESCRIPT = "typescript@5.9.3"
TYPESCRIPT_SHA512 = (
    "8e5d6f6733c38a72ebf5e52ddc9feded5e8580d130f508ef04f772b33f4a7d00"
    "c3e357d0ac2d98e2f290762694a454f86d795bd511e12e9a7cc2d9ba3394e04b"
)
TYPESCRIPT_FOLDER = ROOT / ".node"
MINUTE = 60.0
#: Tests that start the servers they need themselves, or need none.
BRING_THEIR_OWN = ("bench", "house", "ops")
#: Counting which branches are covered costs a third of a run's time: a long run does, once.
COUNTED = ("--cov", "--cov-report=")
#: Tests of rules without rows, and of lines that bring servers or files of their own: no other database changes them.
ON_ANY_DATABASE = tuple(
    f"{room}/test_{name}.py"
    for room, names in {
        "campaign": "cards check_campaign content dates page_file safe_messaging",
        "cases": "differences",
        "chat": "reader",
        "consent": "texts",
        "faults": "checker nemesis",
        "hotline": "addresses colours plain_language redaction servers_away service_manager start static_storage",
        "oversight": "demand disclosure staffing",
        "reflection": "absences moments phases protocol questionnaires schedule",
        "roster": "holidays shift_rules",
        "training": "checklist scenarios signs",
        "triage": "attention erlang hard_conversations instruments lexicon patterns phrase_report phrases questions "
        "reminding resemblance routing simulation spelling urgency",
        "vault": "key_sources return_codes sealing",
        "wire": "aside consumer daphne_server frames guard hub writer",
    }.items()
    for name in names.split()
)


class Stopped(Exception):
    """Something a person has to see to; its text is one sentence."""


# The environment ----------------------------------------------------------------------------------------------------


def say(sentence: str) -> None:
    """Tell the person at the keyboard."""
    print(sentence, file=sys.stderr, flush=True)


def digest_of(lock: str) -> str:
    """Return what an environment depends on: the lock, the interpreter, and where the checkout stands."""
    parts = (ROOT.joinpath("requirements", lock).read_bytes(), sys.version.encode(), str(ROOT).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed() -> dict[str, str]:
    """Return what the environment says of itself: lock → digest."""
    try:
        found: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the lock under which one process at a time builds the environment. Raises Stopped."""
    try:
        with (ROOT / ".venv.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        message = f"The folder {ROOT} cannot be written ({error.strerror}); clone the project where you may write."
        raise Stopped(message) from None


def may_install() -> bool:
    """Say whether Debian packages can be installed without asking anybody."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def quietly(*command: str) -> bool:
    """Run a program of Debian's that must ask nothing; say whether it succeeded."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, stdout=subprocess.DEVNULL, env=variables, check=False).returncode == 0


def need(package: str, why: str) -> None:
    """Install a Debian package where that is allowed. Raises Stopped with the line to type where it is not."""
    line = f"apt-get install {package}"
    if may_install():
        say(f"installing {package} ({why}) …")
        if quietly("apt-get", "update", "-q") and quietly("apt-get", "install", "-y", "-q", package):
            return
    message = f"{package} is missing ({why}). Install it and try again: sudo {line}"
    raise Stopped(message)


def make_environment() -> None:
    """Make an empty environment. Raises Stopped."""
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode:
        need("python3-venv", "Python's own venv module")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        message = f"The environment {VENV} could not be made: {last_line(made.stderr or made.stdout)}"
        raise Stopped(message)


def last_line(text: str) -> str:
    """Return the last line that names an error, or else the last one that says anything."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return [*["no reason was given"], *lines, *errors][-1]


def prepare(lock: str) -> None:
    """Have the environment hold what a lock names; without network when nothing changed. Raises Stopped."""
    if installed().get(lock) == digest_of(lock):
        return
    with alone():
        if installed().get(lock) == digest_of(lock):
            return
        say(f"preparing .venv from requirements/{lock} (once; under a minute) …")
        if digest_of("run.txt") not in installed().values():
            make_environment()
        install(lock)
        locks = {lock, "run.txt"}  # what development needs contains what running needs
        STAMP.write_text(json.dumps({**installed(), **{name: digest_of(name) for name in locks}}))


def install(lock: str) -> None:
    """Install exactly what the lock names, each package checked by its hash. Raises Stopped."""
    requirements = ROOT / "requirements" / lock
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    done = subprocess.run(
        [str(PYTHON), "-m", "pip", "install", *options, "-r", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"The packages of requirements/{lock} could not be installed: {last_line(done.stderr)}"
        raise Stopped(message)


# run ----------------------------------------------------------------------------------------------------------------


def run() -> int:
    """Serve the demonstration until somebody stops it."""
    prepare("run.txt")
    os.environ.setdefault("HOTLINE_DEMO", "1")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "hotline"])


# languages ----------------------------------------------------------------------------------------------------------


def i18n_report(more: list[str]) -> int:
    """Say how far each language of the callers' pages is translated (``docs/TRANSLATING.md``)."""
    prepare("run.txt")
    os.chdir(ROOT)
    os.environ.setdefault("HOTLINE_DEMO", "1")
    os.execv(PYTHON, [str(PYTHON), "-m", "hotline", "i18n-report", *more])


# cluster ------------------------------------------------------------------------------------------------------------


def need_nginx() -> None:
    """Have nginx, which Debian keeps out of people's PATH. Raises Stopped."""
    if shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") is None:
        need("nginx", "the proxy before several nodes")


def cluster(more: list[str]) -> int:
    """Serve what a real deployment has, on this machine, until somebody stops it (``ops/cluster.py``)."""
    prepare("dev.txt")
    need_nginx()
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "ops.cluster", *more])


# bench --------------------------------------------------------------------------------------------------------------


def bench(more: list[str]) -> int:
    """Measure the line beside its yardsticks (``bench/``)."""
    prepare("bench.txt")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "bench", *more])


# test ---------------------------------------------------------------------------------------------------------------


def step(name: str, command: list[str], **variables: str) -> bool:
    """Run one part, say how long it took, and return whether it passed.

    A suite starts this code a hundred times: Python keeps what it compiled, whatever the environment asks for.
    """
    say(f"\n== {name}")
    began = time.monotonic()
    inherited = {variable: value for variable, value in os.environ.items() if variable != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=ROOT, env={**inherited, **variables}, check=False)
    say(f"== {name}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s")
    return done.returncode == 0


def pytest(*arguments: str) -> list[str]:
    """Return the command for one run of the suite: three at once, in random order.

    They wait more than they compute. Each begins with whole files, whose line then starts once; whoever is done first
    takes over from the others.
    """
    return [str(PYTHON), "-m", "pytest", "-n", "3", "--dist", "worksteal", *arguments]


def need_browser() -> None:
    """Have a real Chromium, the quick one where it can be had. Raises Stopped."""
    if HEADLESS.exists() or (CHROMIUM.exists() and not may_install()):
        return
    try:
        need(HEADLESS.name, "the pages are tried in a real browser")
    except Stopped:
        if not CHROMIUM.exists():
            raise


def need_what_is_tried_with() -> None:
    """Have the programs without which some tests could only be skipped. Raises Stopped."""
    need_browser()
    if shutil.which("node") is None:
        need("nodejs", "the JavaScript is tried by itself")
    if shutil.which("faketime") is None:
        need("faketime", "clocks jump in the middle of a conversation")
    need_nginx()


def test(more: list[str], *, long: bool) -> int:
    """Prove everything: on SQLite, on PostgreSQL and Redis, in Chromium, and the JavaScript by itself."""
    began = time.monotonic()
    prepare("bench.txt" if long else "dev.txt")  # a long run also tries the measuring
    need_what_is_tried_with()
    for old in ROOT.glob(".coverage*"):
        old.unlink()
    more = [*more, *(["--long"] if long else [])]
    servers = [str(PYTHON), "-m", "tests.servers"]
    counted = COUNTED if long else ()
    without_browser, once = ["--ignore", "tests/browser"], (*BRING_THEIR_OWN, *ON_ANY_DATABASE)
    with tempfile.TemporaryDirectory(prefix="line-first-start-") as first_start:
        os.environ["TESTED_FIRST_START"] = first_start  # what fresh lines begin with is made once for all parts
        ahead = subprocess.Popen([str(PYTHON), "-m", "tests.first_start"], cwd=ROOT)
        results = [
            step("JavaScript", ["node", "--test", *map(str, sorted(ROOT.glob("tests/js/*.test.js")))]),
            step("on SQLite", pytest(*counted, *without_browser, *more), COVERAGE_FILE=".coverage.sqlite"),
            step(
                "on PostgreSQL and Redis",
                [*servers, *pytest(*without_browser, *(f"--ignore=tests/{name}" for name in once), *more)],
            ),
            step("in Chromium", pytest("tests/browser", *more)),
        ]
        ahead.wait()
    if long:
        step("branch coverage", [str(PYTHON), "-m", "coverage", "combine", "--quiet"])
        step("branch coverage", [str(PYTHON), "-m", "coverage", "report"])
    verdict = "Everything passed" if all(results) else "Something FAILED"
    say(f"\n{verdict} in {(time.monotonic() - began) / MINUTE:.1f} min.")
    return 0 if all(results) else 1


# lint ---------------------------------------------------------------------------------------------------------------


def typescript() -> Path:
    """Return the checker of types, fetched once and held to its digest. Raises Stopped."""
    program = TYPESCRIPT_FOLDER / "package" / "bin" / "tsc"
    if program.exists():
        return program
    if shutil.which("npm") is None:
        need("npm", "the types of the JavaScript are checked")
    TYPESCRIPT_FOLDER.mkdir(exist_ok=True)
    packed = subprocess.run(
        ["npm", "pack", "--silent", TYPESCRIPT], cwd=TYPESCRIPT_FOLDER, capture_output=True, text=True, check=False
    )
    if packed.returncode:
        message = f"{TYPESCRIPT} could not be fetched: {last_line(packed.stderr)}"
        raise Stopped(message)
    archive = TYPESCRIPT_FOLDER / last_line(packed.stdout)
    if hashlib.sha512(archive.read_bytes()).hexdigest() != TYPESCRIPT_SHA512:
        message = f"{archive.name} is not the archive whose digest stands in dev.py; it was not unpacked."
        raise Stopped(message)
    with tarfile.open(archive) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)  # not in Debian 12's own Python, 3.11.2
        tar.extractall(TYPESCRIPT_FOLDER)  # noqa: S202  known by its digest
    return program


def lint() -> int:
    """Hold the code to the rules of the house."""
    prepare("dev.txt")
    if shutil.which("node") is None:
        need("nodejs", "the types of the JavaScript are checked")
    tools = VENV / "bin"
    templates = [str(path) for path in sorted(ROOT.glob("templates/**/*.html"))]
    results = [
        step("ruff", [str(tools / "ruff"), "check", "."]),
        step("ruff format", [str(tools / "ruff"), "format", "--check", "."]),
        step("mypy", [str(tools / "mypy"), "."]),
        step("import contracts", [str(tools / "lint-imports"), "--no-logo"]),
        step("form of the templates", [str(tools / "djade"), "--check", "--target-version", "5.2", *templates]),
        step("templates", [str(tools / "djlint"), "templates", "--lint", "--quiet"]),
        step("public texts", [str(PYTHON), "-m", "hotline", "check-campaign"]),
        step("types of the JavaScript", ["node", str(typescript()), "-p", "jsconfig.json"]),
    ]
    return 0 if all(results) else 1


#: What takes further words.
PASSED_ON = {"cluster": cluster, "bench": bench, "i18n-report": i18n_report}


def main() -> int:
    """Do what was asked for; what cannot be done is one sentence and exit code 1."""
    if sys.version_info < OLDEST_PYTHON:
        say("Python 3.11 or newer is needed.")
        return 1
    parser = argparse.ArgumentParser(
        description="run: serve the demonstration; test: prove everything; lint: rules; cluster: several nodes; "
        "bench: how fast it is; i18n-report: how far each language is."
    )
    parser.add_argument("command", choices=("run", "test", "lint", "cluster", "bench", "i18n-report"))
    parser.add_argument("--long", action="store_true", help="test: the full matrices and the long fault runs too")
    asked, more = parser.parse_known_args()
    try:
        if asked.command == "test":
            return test(more, long=asked.long)
        if asked.command in PASSED_ON:
            return PASSED_ON[asked.command](more)
        return run() if asked.command == "run" else lint()
    except Stopped as stopped:
        say(str(stopped))
    except KeyboardInterrupt:
        say("Stopped.")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
