"""Lets the line say its own words in conversations, numbered and rung like everybody else's."""

from django.db.models import F

from chat.models import Message, Speaker
from triage.models import Contact
from wire import clock, doorbell


def line_says(contact: Contact, key: str, **params: str) -> None:
    """Add the line's own words to a conversation; runs in the caller's transaction."""
    line_says_to([contact], key, params)


def line_says_to(contacts: list[Contact], key: str, params: dict[str, str]) -> None:
    """Add the same words to several conversations; runs in the caller's transaction."""
    now = clock.now()
    rows = Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).order_by("pk")
    last = dict(rows.select_for_update(no_key=True).values_list("pk", "last_seq"))
    Contact.objects.filter(pk__in=last).update(last_seq=F("last_seq") + 1)
    for contact in contacts:
        contact.last_seq = last[contact.pk] + 1
    Message.objects.bulk_create(
        Message(contact_id=contact.pk, seq=contact.last_seq, by=Speaker.LINE, line_key=key, line_params=params, at=now)
        for contact in contacts
    )
    doorbell.ring(*(f"contact:{contact.pk}" for contact in contacts))
