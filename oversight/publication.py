"""The verbs of public figures: made once of a month that is over, then let out or held back by a person; never changed.

What is made is what may be told (``oversight.disclosure``): the true counts are kept nowhere. Nothing draws again,
so that no average over several answers undoes what chance did.
"""

import datetime
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Min

from cases.month_counts import Noted, close_month
from oversight.disclosure import Published, chance, publish
from oversight.models import HoldReason, MonthFigures
from oversight.month_figures import following, month_counts
from oversight.public_tables import RULES, SHAPES
from roster.hours import day_of
from roster.models import Member
from triage.models import Contact
from vault import actions as vault
from wire import clock

#: After the end of a month: conversations end, people say how they feel, notes are written.
SETTLES = datetime.timedelta(days=7)

S = MonthFigures.State


def as_kept(told: Published) -> dict[str, dict[str, int | None]]:
    """Return what may be told as it is kept: table → row → a number, or None."""
    kept: dict[str, dict[str, int | None]] = {}
    for (table, row), count in told.items():
        kept.setdefault(table, {})[row] = count
    return kept


def due_months(today: datetime.date) -> list[datetime.date]:
    """Return the months that are over and settled and have no figures yet, the oldest first (two questions)."""
    first = Contact.objects.filter(rehearsal=False).aggregate(first=Min("opened_at"))["first"]
    if first is None:
        return []
    made = set(MonthFigures.objects.filter(invented=False).values_list("month", flat=True))
    month, due = day_of(first).replace(day=1), []
    while following(month) + SETTLES <= today:
        if month not in made:
            due.append(month)
        month = following(month)
    return due


def make_due(now: datetime.datetime) -> int:
    """Make the figures of every month that is due; return how many. In a demonstration nobody is counted."""
    if settings.DEMO:
        return 0
    return sum(_make(month, day_of(now)) for month in due_months(day_of(now)))


def _make(month: datetime.date, today: datetime.date) -> bool:
    """Make the figures of a month, once: of two nodes one keeps its row, and only that is ever seen."""
    try:
        with transaction.atomic():
            noted = close_month(month)
            told = publish(SHAPES, month_counts(month, noted or Noted()), _draw)
            MonthFigures.objects.create(month=month, rules=RULES, made_on=today, tables=as_kept(told))
            _record("line", "figures.make", month)
    except IntegrityError:
        return False
    return True


def _draw() -> int:
    return chance(secrets.SystemRandom())


def _record(actor: str, act: str, month: datetime.date, reason: str = "") -> None:
    vault.record(actor=actor, act=act, subject_kind="figures", subject=f"{month:%Y-%m}", reason=reason)


# A person says yes or no ----------------------------------------------------------------------------------------------


@transaction.atomic
def let_out(month: datetime.date, by: Member) -> bool:
    """Publish the figures of a month for good, as they are; say whether they were not yet."""
    return _decide(month, by, (S.MADE, S.HELD), S.PUBLISHED, "figures.publish")


@transaction.atomic
def hold_back(month: datetime.date, by: Member, reason: str) -> bool:
    """Keep the figures of a month from going out for now; say whether it changed anything. Published ones stay so.

    Raises ValueError for a reason that is not one of HoldReason.
    """
    return _decide(month, by, (S.MADE,), S.HELD, "figures.hold", HoldReason(reason))


def _decide(month: datetime.date, by: Member, begins: tuple[str, ...], state: str, act: str, reason: str = "") -> bool:
    standing = MonthFigures.objects.filter(month=month, invented=settings.DEMO, state__in=begins)
    if not standing.update(state=state, decided_by=by, decided_on=day_of(clock.now()), held_for=reason):
        return False
    _record(str(by.pk), act, month, reason)
    return True
