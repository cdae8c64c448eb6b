"""What instruments said in the conversations of a case, a line each: on its page, and small beside who returns."""

import dataclasses
import datetime
import uuid

from django.db import transaction

from cases import actions
from cases.access import contact_for_note
from cases.models import Case
from roster.models import Member
from triage import actions as triage
from triage.models import ContactState
from vault.models import DataKey


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """One use of an instrument: its day, its name, and its line (None: it does not open, or is ``erased``)."""

    contact_id: uuid.UUID
    at: datetime.datetime
    name: str
    line: str | None
    erased: bool


def results_of(case: Case) -> list[Result]:
    """Open the results of all conversations of a case, newest first; whoever calls this knows who may, and notes it."""
    found = []
    for contact in case.contacts.filter(instruments__isnull=False).distinct().select_related("key"):
        contact.holder = case.holder
        erased = contact.key.state != DataKey.State.ACTIVE
        found += [Result(contact.pk, use.at, use.name, use.line, erased) for use in triage.uses_of(contact)]
    return sorted(found, key=lambda one: one.at, reverse=True)


@transaction.atomic
def _opened(member: Member, case: Case, contact_id: uuid.UUID) -> list[Result]:
    case.holder = member.holder
    found = [one for one in results_of(case) if one.contact_id != contact_id]
    if found:
        actions.record_reading(member, case, "")
    return found


def earlier_results(member: Member, contact_id: uuid.UUID) -> list[Result]:
    """Return what was found in earlier conversations of the case of one that goes on, newest first.

    None are found for a member who does not lead the case: their own conversation's stand with its level. What is
    shown leaves the trace of a case that was opened. Raises NotYours or Withdrawn, as the note of the same conversation
    does, and leaves the trace of an attempt: call it outside transactions.
    """
    contact = contact_for_note(member, contact_id)
    if contact.state not in {ContactState.TALKING, ContactState.ASLEEP}:
        return []
    own = Case.objects.living().of(member).select_related("key", "volunteer")
    case = own.filter(contacts=contact).first()
    return _opened(member, case, contact_id) if case else []
