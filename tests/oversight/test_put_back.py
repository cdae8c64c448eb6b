"""What was published stands again after a restore: no month is ever drawn twice."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from cases.models import MonthCounts
from hotline import public_figures
from oversight import publication
from oversight.models import MonthFigures
from roster.models import Member
from tests.oversight.past import came, each_day, lima
from tests.oversight.test_publication import SETTLED, accepted
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

MAY = datetime.date(2026, 5, 1)


@pytest.fixture
def published(settings: Settings, carmen: Member, client: Client, tmp_path: Path) -> Path:
    """Return the public file of a line that published a month."""
    settings.DEMO = False
    public_figures.KEPT.clear()
    accepted(came(each_day(28, 5, until=lima("2026-05-29T12:00"))), 1)
    publication.make_due(SETTLED)
    publication.let_out(MAY, carmen)
    file = tmp_path / "cifras.json"
    file.write_bytes(client.get("/campana/cifras/cifras.json").content)
    return file


def row() -> dict[str, Any]:
    """Return what stands of the month."""
    return dict(MonthFigures.objects.values("month", "rules", "made_on", "tables", "state", "decided_on").get())


@pytest.mark.parametrize("made_anew", [False, True])
def test_a_month_that_a_backup_lacks_stands_again_as_it_was_published(published: Path, made_anew: bool) -> None:  # noqa: FBT001
    before = row()
    MonthFigures.objects.all().delete()
    if made_anew:
        publication.make_due(SETTLED)
    call_command("put_back_figures", published)

    assert row() == before
    assert MonthCounts.objects.get().closed
    assert Entry.objects.filter(act="figures.put_back", subject="2026-05").count() == 1
    assert publication.make_due(SETTLED) == 0


def test_a_month_that_is_published_stays_as_it_is(published: Path) -> None:
    before = row()
    other = published.read_text(encoding="utf-8").replace('"cantidad": 1', '"cantidad": 2')
    published.write_text(other, encoding="utf-8")
    call_command("put_back_figures", published)

    assert row() == before
    assert not Entry.objects.filter(act="figures.put_back").exists()


def test_a_month_made_before_a_table_came_stands_again_without_it(published: Path) -> None:
    told = json.loads(published.read_text(encoding="utf-8"))
    month = told["meses"][0]
    month["reglas"] = "2026-1"
    month["tablas"] = [table for table in month["tablas"] if table["tabla"] != "helped"]
    published.write_text(json.dumps(told), encoding="utf-8")
    MonthFigures.objects.all().delete()
    call_command("put_back_figures", published)

    assert (row()["rules"], "helped" in row()["tables"]) == ("2026-1", False)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["meses"][0].update(inventado=True),
        lambda told: told["meses"][0]["tablas"][0]["filas"][0].update(cantidad=7),
        lambda told: told["meses"][0]["tablas"][0]["filas"][0].update(cantidad=15),
        lambda told: told["meses"][0]["tablas"].pop(),
        lambda told: told["meses"][0].update(reglas="2025-9"),
        lambda told: told.pop("meses"),
    ],
)
def test_a_file_that_the_line_cannot_have_published_is_refused_whole(published: Path, change: Any) -> None:
    told = json.loads(published.read_text(encoding="utf-8"))
    change(told)
    published.write_text(json.dumps(told), encoding="utf-8")
    MonthFigures.objects.all().delete()

    with pytest.raises(CommandError, match="no file of published figures"):
        call_command("put_back_figures", published)
    assert not MonthFigures.objects.exists()
