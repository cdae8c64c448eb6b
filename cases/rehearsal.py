"""Removes what was rehearsed, from the cases down: notes and cases first, then the contacts and their people."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cases.models import (
    CarePlan,
    Case,
    CaseContact,
    FormerKey,
    Handover,
    Note,
    NoteRevision,
    OpeningRequest,
    Rescue,
    RescueStep,
)
from chat import rehearsal
from triage.models import Contact
from vault import actions as vault


@transaction.atomic
def _forget_cases(cases: QuerySet[Case]) -> list[uuid.UUID]:
    """Delete the rows of these cases and return their keys; the guards of these tables are for real ones."""
    ids, former = list(cases.values_list("pk", flat=True)), FormerKey.objects.filter(case__in=cases)
    keys = [*cases.values_list("key_id", flat=True), *former.values_list("key_id", flat=True)]
    notes = list(Note.objects.filter(case__in=ids).values_list("pk", flat=True))
    NoteRevision._base_manager.filter(note__in=notes).delete()  # noqa: SLF001
    for model in (CarePlan, Note, Handover, CaseContact, FormerKey, OpeningRequest):
        model._base_manager.filter(case__in=ids).delete()  # noqa: SLF001
    Case._base_manager.filter(pk__in=ids).delete()  # noqa: SLF001
    Note.history.filter(id__in=notes).delete()
    Case.history.filter(id__in=ids).delete()
    return keys


def _forget_rescues(**which: Any) -> None:
    RescueStep._base_manager.filter(**{f"rescue__{name}": value for name, value in which.items()}).delete()  # noqa: SLF001
    Rescue._base_manager.filter(**which).delete()  # noqa: SLF001


def clear() -> int:
    """Remove everything that was rehearsed; return the number of contacts removed."""
    _forget_rescues(contact__rehearsal=True, contact__practice_for=None)
    for key_id in _forget_cases(Case.objects.filter(volunteer__rehearsal=True)):
        vault.destroy_key(key_id)
    return rehearsal.clear()


def forget_contacts(contacts: QuerySet[Contact]) -> int:
    """Delete these contacts, all of them rehearsed or practised, from the cases down; return how many."""
    ids = list(contacts.filter(rehearsal=True).values_list("pk", flat=True))
    _forget_rescues(contact__in=ids)
    for key_id in _forget_cases(Case.objects.filter(pk__in=CaseContact.objects.filter(contact__in=ids).values("case"))):
        vault.destroy_key(key_id)
    return rehearsal.forget_contacts(Contact.objects.filter(pk__in=ids))
