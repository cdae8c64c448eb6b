"""Callers whose page has gone silent: who is asked «still there?», and the sign of life that answers it."""

import datetime
import uuid

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from triage import routing
from triage.models import Contact, ContactState
from triage.states import ring
from wire import clock

TOUCH_EVERY = datetime.timedelta(seconds=10)
ASKED_AT_ONCE = 200


@transaction.atomic
def ask_still_there(now: datetime.datetime) -> list[Contact]:
    """Note that waiting callers whose page has been silent for a while are being asked, for the board too.

    The place is kept. Return whom to ask now: up to ASKED_AT_ONCE of those not asked yet, locked.
    """
    silent = Q(caller_seen_at__lt=now - routing.PAGE_SILENT_AFTER)
    due = Contact.objects.filter(silent, state=ContactState.WAITING, still_there_asked_at=None).order_by("pk")
    asked = list(_locked(due)[:ASKED_AT_ONCE])
    Contact.objects.filter(pk__in=[contact.pk for contact in asked]).update(still_there_asked_at=now)
    for contact in asked:
        ring(contact)
    return asked


def _locked(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Lock these; one that is locked elsewhere just now is left out."""
    skip = connection.features.has_select_for_update_skip_locked
    return contacts.select_for_update(skip_locked=skip, no_key=True)


def touch_caller(contact_id: uuid.UUID) -> None:
    """Note that the caller's page is alive; writes at most once in ten seconds, and answers «still there?»."""
    touch_callers([contact_id])


@transaction.atomic
def touch_callers(ids: list[uuid.UUID]) -> list[None]:
    """Do so for many callers in one transaction; a contact that is locked just now waits for its next sign of life."""
    now = clock.now()
    fresh = Q(caller_seen_at__range=(now - TOUCH_EVERY, now))  # not after now: so it stands where the clock went back
    stale = ~fresh | Q(caller_seen_at=None)
    asked = Q(still_there_asked_at__isnull=False)
    due = Contact.objects.filter(stale | asked, pk__in=ids).order_by("pk")
    answering = {contact.pk: contact for contact in _locked(due)}
    Contact.objects.filter(pk__in=answering).update(caller_seen_at=now, still_there_asked_at=None)
    for contact in answering.values():
        if contact.still_there_asked_at is not None:
            ring(contact)
    return [None] * len(ids)
