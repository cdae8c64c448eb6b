"""How the group is, for the coordination: whole months that are over, ten people or more who said yes, rounded.

A member's own page adds rounded values to a sum without names, once a month. Nothing of it can be taken back, as
nothing says whose it was; so it is said before. Nothing is shown while a month lasts, and nothing of a month changes
once it is over: what is shown of it is the same each day. What is left to whoever compares copies of the database is
said in docs/THREATS.md.
"""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise

from reflection.models import TrendGift, TrendTally
from reflection.questionnaires import FORMS, Form, Score
from roster.models import Member
from vault import actions as vault

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


@transaction.atomic
def join(member: Member, form: Form, scores: Sequence[Score], today: datetime.date) -> bool:
    """Add the rounded values of somebody who said yes to their month, once; say whether it was now.

    Whoever deletes what they answered, or their space, and answers again has given already: ten are ten people.
    """
    month = month_of(today)
    tallies = [_locked(month, f"{form.code}.{one.scale.code}") for one in scores]
    what = f"{form.code} {month.isoformat()}"
    gifts = TrendGift.objects.filter(month=month, form=form.code).values_list("voucher", flat=True)
    if any(vault.vouches_for_gift(bytes(one), member.pk, what) for one in gifts):
        return False
    TrendGift.objects.create(month=month, form=form.code, voucher=vault.vouch_for_gift(member.pk, what))
    for row, one in zip(tallies, scores, strict=True):
        TrendTally.objects.filter(pk=row.pk).update(given=F("given") + 1, total=F("total") + one.rounded)
    return True


def _locked(month: datetime.date, measure: str) -> TrendTally:
    """Return the row of a measure, locked: of two who give at the same moment one waits."""
    TrendTally.objects.get_or_create(month=month, measure=measure)
    return TrendTally.objects.select_for_update().get(month=month, measure=measure)


def forget_who_gave(now: datetime.datetime) -> int:
    """Let go of who gave to months that are over; return how many."""
    done, _each = TrendGift.objects.filter(month__lt=month_of(timezone.localtime(now).date())).delete()
    return done


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
