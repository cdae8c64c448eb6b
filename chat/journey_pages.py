"""What each page of the caller's journey shows."""

import uuid
from typing import Any

import msgspec
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat import actions, earlier_plans, meanwhile
from chat.protocol import CODES, Idle, More
from chat.safety_plans import Plan, plan_of
from chat.snapshot import READABLE, Page, page_after, state_for_caller
from chat.transcript import AT_ONCE
from consent import texts
from consent.models import AgeBand
from directory.search import all_places, lines_now, regions
from triage import actions as triage
from triage import questions
from triage.models import Contact, ContactState, Helped
from triage.reception import Reception, reception
from vault.errors import CannotOpen

#: In the session alone: others use this telephone too, so its pages cover themselves and end with how to erase traces.
SHARED = "shared"
#: There too: the contact to which a code led; whoever comes back to one that is over is not asked as if it ended now.
CAME_BACK = "came_back"
ROOM = frozenset({ContactState.WAITING, ContactState.TALKING, ContactState.ASLEEP})


def refusal_words(code: str) -> str:
    """Return what the page says when a message was not taken."""
    words = {
        "empty": _("Todavía no escribiste nada. Cuando quieras, escribe y toca «Enviar»."),
        "too_long": _("Tu mensaje es muy largo para enviarlo de una vez. Divídelo en dos: aquí sigue, completo."),
        "not_open": _("Esta conversación ya terminó, por eso el mensaje no salió. Puedes empezar otra cuando quieras."),
        "bad_field": _(
            "El mensaje tiene un signo que no podemos guardar, o tu código para volver. Bórralo y envíalo de nuevo."
        ),
    }
    return words.get(code, _("No pudimos guardar tu mensaje. Aquí sigue: inténtalo de nuevo en un momento."))


def of_session(request: HttpRequest) -> dict[str, Any]:
    """Return what a page of the journey knows from the session.

    Whether others use this telephone, whether that was asked yet (the danger door asks nothing), and the plan of the
    conversation before, which its caller may bring along.
    """
    return {
        "came_back": CAME_BACK in request.session and request.session[CAME_BACK] == request.session.get("contact"),
        "shared": request.session.get(SHARED, False),
        "shared_asked": SHARED in request.session,
        "earlier": earlier_plans.earlier_plan(request.session),
    }


def consent_text() -> texts.ConsentText:
    """Return the text that this page shows, or showed when its form was sent: an address has one language."""
    return texts.in_language(get_language())


def is_here(contact: Contact) -> None:
    """Note that the caller's page is alive."""
    triage.touch_caller(contact.pk)
    actions.keep_within_reach(contact.pk, contact.holder)


def as_dict(frame: msgspec.Struct) -> dict[str, Any]:
    """Return a frame as a plain dict for JSON."""
    plain: dict[str, Any] = msgspec.to_builtins(frame)
    return plain


def polled_frames(page: Page | None) -> list[dict[str, Any]]:
    """Return what a caller without a socket misses: said …, state, then idle or more."""
    if page is None:
        return []
    said = [as_dict(message.frame(for_desk=False)) for message in page.messages]
    reached = page.messages[-1].seq if page.messages else page.last
    more = len(page.messages) >= AT_ONCE and reached < page.last
    end = More(after=reached) if more else Idle(last=reached, state=page.state)
    return [*said, as_dict(state_for_caller(page.contact)), as_dict(end)]


def thread_context(contact: Contact) -> dict[str, Any]:
    """Return what the refreshing page without JavaScript shows: the newest 100 messages and the state."""
    page = page_after(contact.pk, max(0, contact.last_seq - AT_ONCE), contact.holder)
    return {
        "contact": contact,
        "messages": page.messages if page else [],
        "now": state_for_caller(contact),
        "over": actions.is_over(contact),
    }


def _reception(*, rehearsal: bool) -> Reception | None:
    """Return who answers now; None when the database does not say, and the page stands without it."""
    try:
        return reception(rehearsal=rehearsal)
    except DatabaseError:
        return None


def _room_context(contact: Contact) -> dict[str, Any]:
    is_here(contact)
    asked = contact.consent_asked and contact.consent_id is None
    words: dict[str, Any] = {
        "refusals": [(code, refusal_words(code)) for code in CODES],
        "meanwhile": meanwhile.in_language(get_language()),
    }
    if contact.state == ContactState.WAITING:
        words["reception"] = _reception(rehearsal=contact.rehearsal)
    return words | thread_context(contact) | {"consent": consent_text() if asked else None}


def _plan(contact: Contact) -> Plan | None:
    """Return what was agreed; None where nothing of the contact opens any more."""
    try:
        return plan_of(contact) if contact.state in READABLE else None
    except CannotOpen:
        return None


def _farewell_context(contact: Contact) -> dict[str, Any]:
    messages = thread_context(contact)["messages"] if contact.state in READABLE else []
    return {
        "plan": _plan(contact),
        "regions": regions(all_places()),
        "receipt": contact.consent,
        "messages": messages,
        "readings": actions.readings_of(contact),
        "helped_words": reversed(Helped.choices),
    }


def _of_its_state(contact: Contact | None) -> dict[str, Any]:
    if contact is None or contact.state == ContactState.CONSENT:
        return {"consent": consent_text(), "reception": _reception(rehearsal=False)}
    if contact.state == ContactState.QUESTIONS:
        said = contact.age_band if contact.age_band != AgeBand.UNSAID else ""
        return {"questions": questions.in_language(get_language()), "age_said": said}
    return _room_context(contact) if contact.state in ROOM else _farewell_context(contact)


#: The form of each page in which something may have been typed, and what it does: changing the language brings it
#: along, and the Enter key still does what it did (templates/components/languages.html).
TYPED_IN: dict[ContactState | None, tuple[str, str]] = {
    None: ("agree-form", "agree"),
    ContactState.CONSENT: ("agree-form", "agree"),
    ContactState.QUESTIONS: ("questions-form", "answer"),
    **dict.fromkeys(ROOM, ("composer", "say")),
}


def context(contact: Contact | None) -> dict[str, Any]:
    """Return what the page of this contact's state shows."""
    on_all_pages = {"contact": contact, "lines": lines_now(), "text": "", "say_id": str(uuid.uuid4())}
    state = ContactState(contact.state) if contact else None
    typed_in, typed_does = TYPED_IN.get(state, ("", ""))
    return on_all_pages | {"typed_in": typed_in, "typed_does": typed_does} | _of_its_state(contact)
