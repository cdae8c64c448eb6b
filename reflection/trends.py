"""How the group is, for the coordination: whole months that are over, ten people or more who said yes, rounded.

A member's own page adds rounded values to a sum without names, once a month. Nothing of it can be taken back, as
nothing says whose it was; so it is said before. What somebody learns who compares copies of the database of one day
and the next, and knows who was there between, is said in docs/THREATS.md.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise

from reflection.check_ins import Reading
from reflection.models import TrendTally
from reflection.questionnaires import FORMS, Form, Score

AT_LEAST = 10  # people (domain text 3.2); fewer are not shown at all
STEP = 5  # to which a mean is rounded before it is shown


class Shown(NamedTuple):
    """One figure of one month: what it measures, the mean of 0 to 100 in steps of STEP, and which end is good."""

    month: datetime.date
    form: str
    name: Promise
    mean: int
    good_high: bool


def month_of(day: datetime.date) -> datetime.date:
    """Return the first day of a month."""
    return day.replace(day=1)


def may_join(found: Iterable[Reading], form: Form, today: datetime.date) -> bool:
    """Say whether a member's values of a form are still to be given this month, by what their own space says."""
    return not any(one.kind == form.code and one.joined and month_of(one.day) == month_of(today) for one in found)


@transaction.atomic
def join(form: Form, scores: Sequence[Score], today: datetime.date) -> None:
    """Add the rounded values of somebody who said yes to their month."""
    month = month_of(today)
    for one in scores:
        measure = f"{form.code}.{one.scale.code}"
        TrendTally.objects.get_or_create(month=month, measure=measure)
        same = TrendTally.objects.filter(month=month, measure=measure)
        same.update(given=F("given") + 1, total=F("total") + one.rounded)


def rounded_mean(given: int, total: int) -> int:
    """Return a mean in steps of STEP, half upwards."""
    return (2 * total + STEP * given) // (2 * STEP * given) * STEP


def shown(today: datetime.date) -> list[Shown]:
    """Return what the coordination sees: months that are over, in which AT_LEAST gave; the newest first."""
    rows = TrendTally.objects.filter(month__lt=month_of(today), given__gte=AT_LEAST).order_by("-month", "measure")
    names = {f"{form.code}.{scale.code}": (form, scale) for form in FORMS.values() for scale in form.scales}
    found = ((row, *names[row.measure]) for row in rows if row.measure in names)
    return [
        Shown(row.month, form.name, scale.name, rounded_mean(row.given, row.total), scale.good_high)
        for row, form, scale in found
    ]
