"""What ``python3 dev.py test`` leaves out of one part is proved in another."""

import re

import pytest

import dev
from tests.house.source import ROOT

#: How a test comes by rows of the database that its part of the run is about.
ASKS_FOR_ROWS = re.compile(
    r"django_db|own_databases|: (Pair|Cluster)\b|\b(transactional_)?db: None|mark\.database\(.postgresql"
)


@pytest.mark.parametrize("name", dev.ON_ANY_DATABASE)
def test_what_is_tried_on_one_database_alone_asks_for_none(name: str) -> None:
    assert ASKS_FOR_ROWS.search((ROOT / "tests" / name).read_text(encoding="utf-8")) is None
