"""Counts by month what notes say of reason and region, for public figures: numbers sealed by the line, no rows.

Notes open for people alone, and no program ever reads them for this: a note is counted in the moment in which its
author saves it. What stands in the row are sums, so it says of no contact what was noted there. It is emptied when the
month's figures are made (oversight), and takes nothing from then on.
"""

import datetime
import json
import logging
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction

from cases.models import MonthCounts
from cases.notes import REASONS, REGIONS, NoteBody
from roster.hours import day_of
from triage.models import Contact
from vault import actions as vault
from vault.errors import Damaged

log = logging.getLogger(__name__)

SEALED_AS = "month-counts"

Noted = Counter[tuple[str, str]]  # («reason» or «region», its code) → how many


def month_of(contact: Contact) -> datetime.date:
    """Return the first day of the month, in Lima, in which a contact was opened."""
    return day_of(contact.opened_at).replace(day=1)


def _told(body: NoteBody) -> Iterator[tuple[str, str]]:
    if body.reason:
        yield "reason", body.reason
    if body.region:
        yield "region", body.region


def note_counts(contact: Contact, before: NoteBody | None, after: NoteBody) -> None:
    """Count a saved note of a real contact instead of what it said before; part of the caller's transaction.

    ``before`` is an empty body for a first note, and None where what was saved before does not open: then nothing
    changes, as it may be counted already. Of rehearsals, of practice and in a demonstration nothing is counted.
    """
    change = Noted(_told(after))
    if before is None or contact.rehearsal or settings.DEMO:
        return
    change.subtract(_told(before))
    if any(change.values()):
        _add(month_of(contact), change)


def _add(month: datetime.date, change: Noted) -> None:
    row = _locked(month)
    if row.closed:
        return
    try:
        noted = _opened(row)
    except Damaged:  # the month's figures will say that they have none; a note is saved all the same
        log.error("The counts of a month cannot be opened; they stay as they are.")
        return
    noted.update(change)
    row.sealed = _sealed(month, noted)
    row.save(update_fields=["sealed"])


def _locked(month: datetime.date) -> MonthCounts:
    """Return the month's row, locked: of two who count at the same moment one waits."""
    MonthCounts.objects.get_or_create(month=month)
    return MonthCounts.objects.select_for_update().get(month=month)


#: All that can be noted: each is written each time, as wide, so that the length of what is sealed tells nothing.
EVERY = (*(("reason", code) for code in REASONS), *(("region", code) for code in REGIONS if code))


def _sealed(month: datetime.date, noted: Noted) -> str:
    plain = {"month": month.isoformat(), "noted": [[*key, f"{noted[key]:07d}"] for key in EVERY]}
    return vault.seal_site_secret(SEALED_AS, json.dumps(plain), passing=True)


def _opened(row: MonthCounts) -> Noted:
    """Return what a row holds. Raises Damaged, for what belongs to another month too."""
    if not row.sealed:
        return Noted()
    plain = json.loads(vault.open_site_secret(SEALED_AS, row.sealed))
    if plain["month"] != row.month.isoformat():
        raise Damaged
    return Noted({(kind, code): int(count) for kind, code, count in plain["noted"]})


@transaction.atomic
def close_month(month: datetime.date) -> Noted | None:
    """Return what was noted in a month and empty its row: nothing is counted there from now on.

    None where it does not open. Closing again returns nothing noted.
    """
    row = _locked(month)
    try:
        noted = _opened(row)
    except Damaged:
        log.error("The counts of a month cannot be opened; its figures say nothing of reasons and regions.")
        noted = None
    row.sealed, row.closed = "", True
    row.save(update_fields=["sealed", "closed"])
    return noted
