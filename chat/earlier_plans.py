"""The plan of the conversation before: its caller finds it in the next one, and brings it along if they wish.

Until they do, nobody sees it there: it stays sealed under the key of its own conversation, which opens for its caller.
"""

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from chat.safety_plans import PLAN_FIELDS, PLAN_LIMIT, Plan, may_write, plan_of, write_plan
from triage.access import EARLIER, contact_of
from triage.errors import NotAllowed
from triage.models import Contact
from vault.errors import CannotOpen


def _opened(contact: Contact | None) -> Plan | None:
    """Return a plan that says something; None where there is none, or it opens no more."""
    if contact is None:
        return None
    try:
        plan = plan_of(contact)
    except CannotOpen:
        return None
    return plan if plan.told else None


def remember(session: SessionBase, contact: Contact) -> None:
    """Let the next conversation of this session find the plan of this one; without any, that of before stays."""
    if _opened(contact) is not None:
        session[EARLIER] = str(contact.pk)


def forget(session: SessionBase) -> None:
    """Let nothing of this session lead to the plan of before: somebody else may hold the telephone next."""
    session.pop(EARLIER, None)


def earlier_plan(session: SessionBase) -> Plan | None:
    """Return the plan that may be brought along, or None."""
    return _opened(contact_of(session, EARLIER)) if EARLIER in session else None


def _joined(here: str, before: str) -> str:
    """Return a field of both: nothing twice, and what would be too long stays as it is here."""
    if before in here:
        return here
    both = f"{here}\n{before}".strip()
    return both if len(both) <= PLAN_LIMIT else here


@transaction.atomic
def bring(session: SessionBase, contact: Contact) -> None:
    """Write the earlier plan into this conversation's, which whoever accompanies it reads too; the line says so.

    Raises NotAllowed where there is nothing to bring or nowhere to write, CannotOpen where this contact does not open.
    """
    before = earlier_plan(session)
    if before is None or not may_write(contact):
        raise NotAllowed
    here = plan_of(contact)
    given = {name: _joined(here.fields[name], before.fields[name]) for name in PLAN_FIELDS}
    write_plan(contact, given, here.fields, brought=True)
    del session[EARLIER]
