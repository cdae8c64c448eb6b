"""Consent asked later, of a caller who came in by the danger door: asked, given, refused."""

from django.db import transaction
from django.db.models import QuerySet

from consent.models import ConsentReceipt
from triage.errors import NotAllowed
from triage.leaving import CALLER, LINE
from triage.models import Contact, EventKind
from triage.states import IN_ROOM, note


def _without_consent(contact: Contact) -> QuerySet[Contact]:
    return Contact.objects.filter(pk=contact.pk, state__in=IN_ROOM, consent=None)


@transaction.atomic
def ask_consent(contact: Contact) -> None:
    """Ask a caller who came without for their consent. Raises NotAllowed when it is given or asked, or they left."""
    if not _without_consent(contact).filter(consent_asked=False).update(consent_asked=True):
        raise NotAllowed
    contact.consent_asked = True
    note(contact, kind=EventKind.CONSENT_ASKED, actor=str(contact.volunteer_id or LINE))


@transaction.atomic
def consent_later(contact: Contact, receipt: ConsentReceipt) -> None:
    """Keep the yes of a caller who came without consent. Raises NotAllowed when there is one already."""
    if not _without_consent(contact).update(consent=receipt, consent_asked=False, age_band=receipt.age_band):
        raise NotAllowed
    contact.consent, contact.consent_asked, contact.age_band = receipt, False, receipt.age_band
    note(contact, kind=EventKind.CONSENT_GIVEN, actor=CALLER)


@transaction.atomic
def consent_refused(contact: Contact) -> None:
    """Keep the no; who is in danger is still listened to. Raises NotAllowed when nothing was asked."""
    if not _without_consent(contact).filter(consent_asked=True).update(consent_asked=False):
        raise NotAllowed
    contact.consent_asked = False
    note(contact, kind=EventKind.CONSENT_REFUSED, actor=CALLER)
