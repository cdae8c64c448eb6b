"""What somebody has begun to write into a safety plan: kept sealed until it is saved, and shown to its writer alone."""

import dataclasses
import json
from collections.abc import Mapping

from django.db import transaction

from chat.models import PlanDraft
from chat.safety_plans import PLAN_BUCKET, PLAN_FIELDS, may_write
from chat.sealing import plan_draft_context
from roster.models import Member
from triage.errors import NotAllowed
from triage.models import Contact
from vault import actions as vault
from wire import clock


@dataclasses.dataclass(frozen=True, slots=True)
class Begun:
    """What was begun: each field as it was written, and as it stood in the form before."""

    given: dict[str, str]
    shown: dict[str, str]


@transaction.atomic
def keep_begun(
    contact: Contact, given: Mapping[str, str], shown: Mapping[str, str], member: Member | None = None
) -> None:
    """Keep what a form holds that is not saved yet, in place of what was kept before; the same as shown keeps nothing.

    ``member`` is who writes; without one the caller does. The plan stays as it is. Raises triage.errors.NotAllowed
    where they may not write the plan, vault.errors.CannotOpen where the contact does not open for them.
    """
    locked = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk=contact.pk).first()
    if locked is None or not may_write(locked, member):
        raise NotAllowed
    if given == shown:
        forget_begun(contact, member)
        return
    key = vault.case_key_for(contact.key, contact.holder)
    plain = json.dumps({"given": given, "shown": shown}, ensure_ascii=False, sort_keys=True).encode()
    writer = member.pk if member else None
    sealed = key.seal(plan_draft_context(contact.pk, writer), plain, pad_to=PLAN_BUCKET)
    PlanDraft.objects.update_or_create(
        contact_id=contact.pk, member=writer, defaults={"body": sealed, "saved_at": clock.now()}
    )


def begun(contact: Contact, member: Member | None = None) -> Begun | None:
    """Open what this writer has begun and not saved; None where there is nothing. Raises vault.errors.CannotOpen."""
    writer = member.pk if member else None
    row = PlanDraft.objects.filter(contact=contact.pk, member=writer).first()
    if row is None:
        return None
    key = vault.case_key_for(contact.key, contact.holder)
    stored = json.loads(key.unseal(plan_draft_context(contact.pk, writer), bytes(row.body)))
    given, shown = ({name: stored[part].get(name, "") for name in PLAN_FIELDS} for part in ("given", "shown"))
    return Begun(given, shown)


def forget_begun(contact: Contact, member: Member | None = None) -> None:
    """Keep nothing of it any more: it was saved, or thrown away."""
    PlanDraft.objects.filter(contact=contact.pk, member=member.pk if member else None).delete()
