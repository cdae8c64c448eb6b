"""What tests of stage B ask: who opens a contact, whose keys are whose, and a volunteer who is lost."""

import datetime

from django.utils import timezone

from hotline.sweeper import sweep
from roster.models import Member, Presence
from tests.vault.keys import elsewhere
from triage.models import Contact
from vault import actions as vault
from vault.errors import KeyUnavailable
from vault.models import StaffKey


def opens(contact: Contact, holder: vault.Holder) -> bool:
    """Say whether somebody who holds nothing open can open a contact's key."""
    elsewhere()
    try:
        vault.open_key(contact.key_id, holder)
    except KeyUnavailable:
        return False
    return True


def lose(contact: Contact, member: Member) -> None:
    """Let the lease of a contact's volunteer run out, so that it waits again."""
    Presence.objects.filter(member=member).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    sweep("test")
    assert Contact.objects.get(pk=contact.pk).volunteer is None


def staff_key_of(member: Member) -> StaffKey:
    """Return a member's keys as the row has them."""
    return StaffKey.objects.get(member=member.pk)
