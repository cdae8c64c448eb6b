"""Counts one month of the line for the public tables, from its rows; what comes out is not for publication yet."""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Min, Q

from cases.month_counts import Noted
from oversight.disclosure import Cell
from oversight.public_tables import REASON_GROUPS, SHAPES
from roster.hours import at_midnight
from triage.models import WITHOUT_NOTE, Contact, EventKind, Helped

MINUTE = datetime.timedelta(minutes=1)
#: The end of each band of waiting, in minutes, and its row; the last has no end.
ANSWERED_BANDS = ((2, "up_to_2"), (5, "up_to_5"), (15, "up_to_15"))
GIVEN_UP_BANDS = ((5, "up_to_5"),)


def following(month: datetime.date) -> datetime.date:
    """Return the first day of the next month."""
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def _band(waited: datetime.timedelta, bands: tuple[tuple[int, str], ...]) -> str:
    return next((row for end, row in bands if waited <= end * MINUTE), "longer")


def _change(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return "unknown"
    return "better" if after < before else "not_better"


def _helped(said: int | None) -> str:
    if said is None:
        return "unknown"
    return "yes" if said == Helped.YES else "little_or_no"


class Visit(NamedTuple):
    """What is read of one contact; ``answered_at`` is when the first volunteer accepted it."""

    queued_at: datetime.datetime | None
    answered_at: datetime.datetime | None
    caller_seen_at: datetime.datetime | None
    left_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    ending: str
    distress_before: int | None
    distress_after: int | None
    helped: int | None


def _rows_of(visit: Visit) -> Iterator[Cell]:
    """Tell in which rows a visit counts."""
    if visit.queued_at is None:
        yield "contacts", "before_asking"
    elif visit.answered_at is None:
        yield "contacts", "gave_up"
        stayed = visit.caller_seen_at or visit.left_at or visit.ended_at or visit.queued_at
        yield "waits_given_up", _band(stayed - visit.queued_at, GIVEN_UP_BANDS)
    elif visit.ending in WITHOUT_NOTE:
        yield "contacts", "no_conversation"
    else:
        yield "contacts", "talked"
        yield "waits", _band(visit.answered_at - visit.queued_at, ANSWERED_BANDS)
        yield "change", _change(visit.distress_before, visit.distress_after)
        yield "helped", _helped(visit.helped)


def _of_visits(month: datetime.date) -> Iterator[Cell]:
    real = Contact.objects.filter(rehearsal=False)
    opened = real.filter(opened_at__gte=at_midnight(month), opened_at__lt=at_midnight(following(month)))
    first = Min("events__at", filter=Q(events__kind=EventKind.ACCEPTED))
    for row in opened.annotate(answered_at=first).values_list(*Visit._fields).iterator(chunk_size=1000):
        yield from _rows_of(Visit(*row))


def _of_notes(noted: Noted) -> Iterator[tuple[Cell, int]]:
    groups = {code: group for group, codes in REASON_GROUPS.items() for code in codes}
    for (kind, code), count in noted.items():
        if kind == "region":
            yield ("regions", code), count
        elif code in groups:
            yield ("reasons", groups[code]), count


def month_counts(month: datetime.date, noted: Noted) -> dict[Cell, int]:
    """Count a month of real contacts, by when they were opened in Lima (one question), with what notes said of it.

    Every row of every table is there, and what is counted and never told. Practice is a rehearsal, and both are left
    out.
    """
    found = Counter(_of_visits(month))
    for cell, count in _of_notes(noted):
        found[cell] += count
    counts = {(shape.code, row): max(0, found[shape.code, row]) for shape in SHAPES for row in shape.rows}
    for shape in SHAPES:
        if shape.rest and shape.of:
            inside = sum(counts[shape.code, row] for row in shape.rows)
            counts[shape.code, shape.rest] = max(0, counts[shape.of] - inside)
    return counts
