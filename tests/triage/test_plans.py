"""However many wait, the first of each level and an offered contact are found by an index, and nobody else is read."""

from typing import Any

import pytest
from django.db import connection

from tests.cast import make_crowd
from triage import actions, queue
from triage.models import Contact, Offer

pytestmark = pytest.mark.django_db(databases="__all__")
CROWD = 3_000
FIRST = 40


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _first_of(level: str) -> Any:
    waiting = Contact.objects.filter(state="waiting", urgency=level).only(*queue.NEEDED)
    return waiting.order_by(*queue.EARLIER)[:FIRST]


def test_the_first_of_a_level_are_read_by_the_index_in_its_order() -> None:
    make_crowd(CROWD, "DE")
    _analyse()
    plan = _first_of("D").explain()
    assert "triage_contact_order" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.database("postgresql")
def test_postgresql_stops_reading_after_the_first() -> None:
    make_crowd(CROWD, "DE")
    _analyse()
    plan = _first_of("D").explain(analyze=True)
    (read,) = [line for line in plan.splitlines() if "Index Scan using triage_contact_order" in line]
    assert f"rows={FIRST}" in read.split("actual")[1]


def test_hands_that_are_kept_for_the_urgent_do_not_make_the_router_read_everybody(
    make_volunteer: Any, django_assert_num_queries: Any
) -> None:
    for _number in range(10):
        make_volunteer()
    make_crowd(500, "D")
    actions.route()
    for offer in Offer.objects.filter(state="open").select_related("member"):
        actions.accept(offer.member, offer.pk)
    while Offer.objects.filter(state="open").exists() or _routed():
        for offer in Offer.objects.filter(state="open").select_related("member"):
            actions.accept(offer.member, offer.pk)
    # Whether anybody waits, the volunteers, five levels, the offers, what is passed on: nothing a second time.
    with django_assert_num_queries(13):
        actions.route()


def _routed() -> bool:
    actions.route()
    return Offer.objects.filter(state="open").exists()
