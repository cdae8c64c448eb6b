"""What was agreed in a conversation and the plan to stay safe: written by caller and volunteer, kept by the caller.

The steps are generic and in nobody's words but the caller's (safety planning as Stanley and Brown describe it; their
form is theirs and is not used). Names and hints of the fields wait for the clinical lead's yes.
"""

import dataclasses
import datetime
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.line_voice import line_says
from chat.models import SafetyPlan, Speaker
from chat.sealing import plan_context
from roster.models import Member
from triage.errors import NotAllowed
from triage.models import Contact, ContactState
from vault import actions as vault
from wire import clock

PLAN_BUCKET = 1024  # bytes
PLAN_LIMIT = 1_000  # code points in each field
#: Each field and what it is called, in the order in which one goes through them.
PLAN_FIELDS: dict[str, Promise] = {
    "agreed": _("Lo que acordamos"),
    "signs": _("Cómo me doy cuenta de que se viene un mal momento"),
    "alone": _("Lo que puedo hacer por mi cuenta para calmarme"),
    "company": _("Personas y lugares que me distraen o me hacen bien"),
    "people": _("A quiénes puedo pedirles ayuda, y cómo los ubico"),
    "professionals": _("Profesionales, lugares y líneas que me pueden atender"),
    "safe_place": _("Qué hago para que el lugar donde estoy sea más seguro"),
    "reason": _("Algo por lo que quiero seguir"),
}
TALKS = (ContactState.TALKING, ContactState.ASLEEP)
#: States in which its caller reads and writes it.
KEPT = (ContactState.WAITING, *TALKS, ContactState.ENDED)


class PlanTooLong(Exception):
    """A field is longer than its limit; ``field`` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class PlanChanged(Exception):
    """The other side changed the same fields meanwhile; ``fields`` are what stands in them now."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """A plan in the clear: its fields by name (all of them, perhaps empty), who wrote last and when; 0: none yet."""

    fields: dict[str, str]
    revision: int = 0
    by: str = ""
    at: datetime.datetime | None = None

    @property
    def told(self) -> list[tuple[Promise, str]]:
        """The fields that say something, each with what it is called."""
        return [(words, self.fields[name]) for name, words in PLAN_FIELDS.items() if self.fields[name]]

    @property
    def form(self) -> list[tuple[str, Promise, str]]:
        """All fields: name, what it is called, what stands in it."""
        return [(name, words, self.fields[name]) for name, words in PLAN_FIELDS.items()]


def fields_from(given: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """Return the fields of a form whose names begin with ``prefix``. Raises PlanTooLong."""
    written = {name: given.get(prefix + name, "").replace("\r\n", "\n").strip() for name in PLAN_FIELDS}
    for name, text in written.items():
        if len(text) > PLAN_LIMIT:
            raise PlanTooLong(name)
    return written


def merged(stored: Mapping[str, str], shown: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return what stands after a form that showed ``shown`` comes with ``given``, field by field; pure.

    Both may write at once: a field that only one of them changed is theirs. One that both changed counts where the
    new words contain the stored ones (somebody joined the two). Raises PlanChanged for any other.
    """
    clash = {
        name: stored[name]
        for name in PLAN_FIELDS
        if given[name] != shown[name] and stored[name] not in (shown[name], given[name])
        if stored[name] not in given[name]
    }
    if clash:
        raise PlanChanged(clash)
    return {name: given[name] if given[name] != shown[name] else stored[name] for name in PLAN_FIELDS}


def plan_of(contact: Contact) -> Plan:
    """Open the plan of a contact; whoever calls this has made sure who may read it. Raises vault.errors.CannotOpen."""
    row = SafetyPlan.objects.filter(contact=contact.pk).first()
    return _opened(contact, row)


def _opened(contact: Contact, row: SafetyPlan | None) -> Plan:
    if row is None:
        return Plan(dict.fromkeys(PLAN_FIELDS, ""))
    key = vault.case_key_for(contact.key, contact.holder)
    stored: dict[str, Any] = json.loads(key.unseal(plan_context(contact.pk, row.revision), bytes(row.body)))
    return Plan({name: stored.get(name, "") for name in PLAN_FIELDS}, row.revision, row.by, row.at)


@transaction.atomic
def write_plan(
    contact: Contact,
    given: Mapping[str, str],
    shown: Mapping[str, str],
    member: Member | None = None,
    *,
    brought: bool = False,
) -> Plan:
    """Keep what a form says, sealed under the contact's key, and return the plan as it stands now.

    ``shown`` is what stood in the form before it was changed. ``member`` writes while they talk; without one the
    caller does, also while waiting and after the end. The same words again change nothing. The line says in the
    conversation that somebody wrote, once until the other does, or that it was ``brought`` from another conversation.
    Raises PlanChanged, NotAllowed, CannotOpen.
    """
    locked = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk=contact.pk).first()
    if locked is None or not may_write(locked, member):
        raise NotAllowed
    row = SafetyPlan.objects.filter(contact=contact.pk).first()
    before = _opened(contact, row)
    fields = merged(before.fields, shown, given)
    if fields == before.fields:
        return before
    after = _keep(contact, before.revision + 1, fields, member)
    if brought:
        line_says(contact, "plan_brought")
    elif member and before.by != after.by:
        line_says(contact, "plan_written", name=member.alias)
    elif before.by != after.by and locked.state in TALKS:
        line_says(contact, "plan_changed")
    return after


def may_write(contact: Contact, member: Member | None = None) -> bool:
    """Say whether this contact's plan may be written by a member, or without one by the caller."""
    if member is None:
        return contact.state in KEPT
    return contact.state in TALKS and contact.volunteer_id == member.pk


def _keep(contact: Contact, number: int, fields: dict[str, str], member: Member | None) -> Plan:
    by, now = Speaker.VOLUNTEER if member else Speaker.CALLER, clock.now()
    key = vault.case_key_for(contact.key, contact.holder)
    plain = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()
    sealed = key.seal(plan_context(contact.pk, number), plain, pad_to=PLAN_BUCKET)
    SafetyPlan.objects.update_or_create(
        contact_id=contact.pk, defaults={"revision": number, "body": sealed, "by": by, "at": now}
    )
    vault.record(
        actor=str(member.pk) if member else "caller",
        act="contact.safety_plan",
        subject_kind="contact",
        subject=str(contact.pk),
        reason=f"v{number}",
    )
    return Plan(fields, number, by, now)
