"""Callers whose page has gone silent: who is asked «still there?», and the sign of life that answers it."""

import datetime
import uuid

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from triage import routing
from triage.models import Contact, ContactState
from triage.states import ring

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
    now = timezone.now()
    asked = Contact.objects.filter(pk=contact_id, still_there_asked_at__isnull=False)
    if asked.update(caller_seen_at=now, still_there_asked_at=None):
        ring(Contact.objects.get(pk=contact_id))
        return
    stale = Q(caller_seen_at__lt=now - TOUCH_EVERY) | Q(caller_seen_at=None)
    Contact.objects.filter(stale, pk=contact_id).update(caller_seen_at=now)
