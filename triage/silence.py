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


def silent_pages(now: datetime.datetime) -> QuerySet[Contact]:
    """Return the waiting callers whose page has been silent for a while and who were not asked «still there?» yet."""
    silent = Q(caller_seen_at__lt=now - routing.PAGE_SILENT_AFTER)
    return Contact.objects.filter(silent, state=ContactState.WAITING, still_there_asked_at=None)


@transaction.atomic
def ask_still_there(contact: Contact, now: datetime.datetime) -> bool:
    """Note that this caller is being asked, for the board too; the place is kept. Say whether it was due."""
    if not silent_pages(now).filter(pk=contact.pk).update(still_there_asked_at=now):
        return False
    ring(contact)
    return True


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
    skip = connection.features.has_select_for_update_skip_locked
    answering = {contact.pk: contact for contact in due.select_for_update(skip_locked=skip, no_key=True)}
    Contact.objects.filter(pk__in=answering).update(caller_seen_at=now, still_there_asked_at=None)
    for contact in answering.values():
        if contact.still_there_asked_at is not None:
            ring(contact)
    return [None] * len(ids)
