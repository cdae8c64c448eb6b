"""What tests of stage B ask: who opens a contact, whose keys are whose, and a volunteer who is lost."""

import datetime

from django.utils import timezone

from hotline.sweeper import sweep
from roster import actions as roster
from roster.models import Member, Presence, Role
from tests.cast import make_member
from tests.vault.keys import elsewhere
from triage.models import Contact
from vault import actions as vault
from vault.errors import KeyUnavailable
from vault.models import StaffKey


def joined(name: str, password: str, role: str = Role.VOLUNTEER) -> Member:
    """Invite somebody, who joins and has not signed in yet; a volunteer is checked."""
    email = f"{name.lower()}@ensayo.pe"
    path = roster.invite(role=role, email=email)
    token = path.rstrip("/").rsplit("/", 1)[-1]
    member = roster.take_invitation(token, email=email, alias=name, full_name=name, password=password)
    if role == Role.VOLUNTEER:
        roster.check_licence(member, make_member(Role.COORDINATOR))
        member.trained_on = timezone.localdate()
        member.save(update_fields=["trained_on"])
    return member


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
