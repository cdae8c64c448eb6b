"""Migrations are complete, can be taken back, and are named after what they do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests import first_start
from tests.house.source import APPS, ROOT, under

#: Takes every migration of ours back, the last first, on a line whose tables stand; prints what is left.
BACK_AND_FORTH = """
import gc
import django
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

gc.set_threshold(50_000, 20, 100)
django.setup()
for alias in ("default", "keystore"):
    executor = MigrationExecutor(connections[alias])
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    executor.migrate([(label, None) for label in {labels!r}])
    tables = connections[alias].introspection.table_names()
    print(*[table for table in tables if table.split("_")[0] in {labels!r}])
    call_command("migrate", database=alias, verbosity=0)
"""


@pytest.mark.django_db(databases=["default", "keystore"])
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_step_can_be_taken_back() -> None:
    loader = MigrationLoader(None)
    ours = [migration for (app, _name), migration in loader.disk_migrations.items() if app in {*APPS, "keystore"}]
    assert len(ours) >= 9
    assert [f"{one.app_label}.{one.name}" for one in ours if not all(step.reversible for step in one.operations)] == []


@pytest.mark.timeout(300)  # a hundred and thirty, twice more
def test_all_of_them_run_forth_and_back_and_forth(tmp_path: Path) -> None:
    first_start.bring_databases(tmp_path, people=False)  # forth: this run did it, from nothing
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "hotline.settings",
        "HOTLINE_DEMO": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/line.sqlite3",
        "HOTLINE_KEYSTORE_URL": f"sqlite:///{tmp_path}/keystore.sqlite3",
    }
    script = BACK_AND_FORTH.format(labels=sorted(MigrationLoader(None).migrated_apps & {*APPS, "keystore"}))
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []


def test_each_name_says_what_it_does() -> None:
    names = [path.stem for app in APPS for path in under(app, ".py") if path.parent.name == "migrations"]
    numbered = [name for name in names if name != "__init__"]
    assert [name for name in numbered if not re.fullmatch(r"\d{4}_(?!auto_)[a-z][a-z0-9_]+", name)] == []
