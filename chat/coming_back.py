"""The verbs of a return code: made for a caller who agreed, and leading back to their conversation."""

import time

from django.core.cache import cache
from django.db import transaction

from chat import actions
from chat.models import WayBack
from triage import actions as triage
from triage.errors import NotAllowed
from triage.models import Contact, ContactState
from vault import actions as vault
from vault.actions import ReturnCode
from vault.errors import CannotOpen
from wire import clock

CODES_AN_HOUR, HOUR = 5, 3600
LEADS_NOWHERE = (ContactState.CONSENT, ContactState.WITHDRAWN)


def make_code(contact: Contact) -> ReturnCode:
    """Return a code with which the caller of this contact comes back, in place of the one before; kept nowhere.

    Raises triage.errors.NotAllowed while they have not agreed, have taken it back, or made five this hour;
    vault.errors.CannotOpen when the contact is not theirs to open.
    """
    if contact.consent_id is None or contact.state in LEADS_NOWHERE or _too_many(contact):
        raise NotAllowed
    code = vault.fresh_return_code()
    found_by, bearer = vault.bearer_of(code)
    with transaction.atomic():  # not before: the code's work waits for its turn without a connection in hand
        vault.case_key_for(contact.key, contact.holder)
        vault.pass_to(contact.key, bearer, by=contact.holder)
        WayBack.objects.update_or_create(contact=contact, defaults={"found_by": found_by, "made_at": clock.now()})
    return code


def _too_many(contact: Contact) -> bool:
    """Count one more code of a contact, and say whether it is one too many in this hour: each takes work."""
    key = f"codes:{contact.pk}:{int(time.time()) // HOUR}"
    cache.add(key, 0, 2 * HOUR)
    return cache.incr(key) > CODES_AN_HOUR


def contact_of_code(typed: str, caller: vault.Holder) -> Contact | None:
    """Return the contact to which a code leads, opened for ``caller`` from now on; None for any other text.

    A code that nobody has takes as long as one that somebody has: about 0.2 s.
    """
    code = vault.read_return_code(typed)
    if code is None:
        return None
    found_by, bearer = vault.bearer_of(code)
    way = WayBack.objects.select_related("contact__key").filter(found_by=found_by).first()
    if way is None or way.contact.state in LEADS_NOWHERE:
        return None
    contact = way.contact
    try:
        with transaction.atomic():
            vault.case_key_for(contact.key, bearer)
            vault.pass_to(contact.key, caller, by=bearer)
    except CannotOpen:
        return None  # erased, by whomever or by time
    contact.holder = caller
    return contact


@transaction.atomic
def come_back(contact: Contact) -> None:
    """The caller is here again: whoever had left waits again, at the front of their class; else nothing moves."""
    if triage.come_back(contact):
        actions.line_says(contact, "came_back")
