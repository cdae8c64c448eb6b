"""What every test stands on: databases in files, a master key of its own, plain names of static files."""

import importlib
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core.cache import cache
from pytest_django import Settings
from pytest_django.plugin import blocking_manager_key

from hotline import catalogues, sweeper
from ops.stores import Redis
from tests import first_start, price
from tests.running_line import LightLine, Pair, RunningLine, own_databases
from triage import queue
from vault import holders
from vault.key_sources import KeyFile
from wire import clock

BATCH = 25  # conversations made at once

# Databases in files: several threads of one test share them as several threads of the line do.
for _alias, _database in configured.DATABASES.items():
    if _database["ENGINE"].endswith("sqlite3"):
        _database.setdefault("TEST", {})["NAME"] = str(configured.DATA / f"test-{_alias}.sqlite3")
price.make_cheap()
# The line counts attempts in a table; tests without a database count too.
configured.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--long``: the full matrices and the long fault runs too."""
    parser.addoption("--long", action="store_true", help="run the full matrices and the long fault runs too")


def _belongs(item: pytest.Item, *, long: bool) -> bool:
    kind = item.get_closest_marker("database")
    here = configured.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
    return (long or item.get_closest_marker("long") is None) and (kind is None or here.startswith(kind.args[0]))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long ones unless they were asked for, and what the other kind of database is for."""
    chosen = [item for item in items if _belongs(item, long=config.getoption("--long"))]
    if len(chosen) < len(items):
        kept = set(chosen)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = chosen


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Bring back what a migration brought, once a test of real transactions has emptied all tables."""
    yield
    kind = item.get_closest_marker("django_db")
    if kind is not None and kind.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            for name in ("0003_shifts_and_opening_hours", "0006_language_reviews"):
                importlib.import_module(f"roster.migrations.{name}").add_skills(apps, None)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """Serve a Redis of one's own."""
    server = Redis(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", autouse=True)
def _words_of_every_language() -> None:
    assert catalogues.compile_all(configured.LOCALE_PATHS[0]) == []


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Let Django take up the test databases that are there; it brings up to date what is not."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:  # noqa: ARG001
    """Put migrated test databases where Django looks for its own, instead of migrating in each process."""
    for variable, database in zip(first_start.MIGRATED, configured.DATABASES.values(), strict=True):
        name = database["TEST"]["NAME"] or f"test_{database['NAME']}"
        if database["ENGINE"].endswith("sqlite3"):
            first_start.bring_database(variable, Path(name))
        else:
            first_start.make_database(os.environ[variable], variable, name)


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()
    queue.forget_pace()
    clock.LINE = clock.Clock()


@pytest.fixture(autouse=True)
def _plain_static_names(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is collected for these tests


@pytest.fixture(autouse=True)
def _own_master_key(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "master.key"
    settings.REDIS_URL = ""  # what rings other nodes is tried with real nodes
    KeyFile(settings.KEY_FILE).make()
    holders.forget_all()


@pytest.fixture(autouse=True)
def _heads_in_the_same_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "beside", lambda work, *given: work(*given))  # a thread would wait for the test's


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve one line for all tests that need a real one; it has no callers but theirs."""
    with LightLine(tmp_path_factory.mktemp("line"), **own_databases()) as running:
        yield running


@pytest.fixture(scope="session")
def _pairs_at_hand() -> list[Pair]:
    return []


@pytest.fixture(scope="session")
def _waiting_at_hand() -> list[str]:
    return []


def _one_of(line: RunningLine, at_hand: list[Pair]) -> Pair:
    if not at_hand:
        at_hand.extend(line.pairs(BATCH))  # which takes hardly longer than one
    return at_hand.pop()


@pytest.fixture
def pair(line: RunningLine, _pairs_at_hand: list[Pair]) -> Pair:
    """Return a fresh conversation under way on that line."""
    return _one_of(line, _pairs_at_hand)


@pytest.fixture
def another(line: RunningLine, _pairs_at_hand: list[Pair]) -> Pair:
    """Return a second one, between other people."""
    return _one_of(line, _pairs_at_hand)


@pytest.fixture
def waiting(line: RunningLine, _waiting_at_hand: list[str]) -> str:
    """Return the Cookie header of a caller who waits on that line, where nobody is ready."""
    if not _waiting_at_hand:
        _waiting_at_hand.extend(made["caller"]["cookie"] for made in line.rehearse("waiting", BATCH))
    return _waiting_at_hand.pop()
