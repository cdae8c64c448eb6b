"""Removes what was rehearsed, from the cases down: notes and cases first, then the contacts and their people."""

import uuid

from django.db import transaction

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
from vault import actions as vault


@transaction.atomic
def _clear_cases() -> list[uuid.UUID]:
    """Remove the rows of rehearsed cases and return their keys; the guards of these tables are for real ones."""
    cases = Case.objects.filter(volunteer__rehearsal=True)
    former = FormerKey.objects.filter(case__in=cases)
    keys = [*cases.values_list("key_id", flat=True), *former.values_list("key_id", flat=True)]
    NoteRevision._base_manager.filter(note__case__in=cases).delete()  # noqa: SLF001
    for model in (CarePlan, Note, Handover, CaseContact, FormerKey, OpeningRequest):
        model._base_manager.filter(case__in=cases).delete()  # noqa: SLF001
    RescueStep._base_manager.filter(rescue__contact__rehearsal=True).delete()  # noqa: SLF001
    Rescue._base_manager.filter(contact__rehearsal=True).delete()  # noqa: SLF001
    Case._base_manager.filter(volunteer__rehearsal=True).delete()  # noqa: SLF001
    Note.history.filter(author__rehearsal=True).delete()
    Case.history.filter(volunteer__rehearsal=True).delete()
    return keys


def clear() -> int:
    """Remove everything that was rehearsed; return the number of contacts removed."""
    for key_id in _clear_cases():
        vault.destroy_key(key_id)
    return rehearsal.clear()
