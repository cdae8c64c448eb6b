"""The caller's one address: shows the page of the contact's state, and carries it on by plain forms."""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from chat import actions, coming_back, journey, journey_pages
from chat.saying import Outcome, Saying
from chat.snapshot import page_after
from consent import texts
from directory.search import lines_now
from triage import actions as triage
from triage.access import contact_of, give_secret
from triage.errors import NotAllowed
from triage.models import Contact, ContactState
from vault.errors import CannotOpen, KeyUnavailable
from wire.frames import Refused, client_id, spoken_text

logger = logging.getLogger(__name__)

#: Name of the buttons by which a page with something typed into it is asked for in another language.
CHANGES_LANGUAGE = "in_language"

PAGES = {
    None: "chat/consent.html",
    ContactState.CONSENT: "chat/consent.html",
    ContactState.QUESTIONS: "chat/questions.html",
    ContactState.WAITING: "chat/room.html",
    ContactState.TALKING: "chat/room.html",
    ContactState.ASLEEP: "chat/room.html",
    ContactState.ENDED: "chat/farewell.html",
    ContactState.LEFT: "chat/farewell.html",
    ContactState.WITHDRAWN: "chat/farewell.html",
}


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _page(request: HttpRequest, contact: Contact | None, status: int = 200, **extra: Any) -> HttpResponse:
    state = ContactState(contact.state) if contact else None
    context = journey_pages.context(contact) | journey_pages.of_session(request) | extra
    return render(request, PAGES[state], context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: HttpRequest) -> HttpResponse:
    """Show where the caller stands, or take one step of their journey (``do`` names it)."""
    if texts.unfilled():
        return render(request, "chat/not_open.html", {"lines": lines_now()}, status=503)
    contact = contact_of(request.session)
    if request.method != "POST":
        give_secret(request.session)  # before the first tap, so that two taps at once open with the same
        return _page(request, contact)
    changes = CHANGES_LANGUAGE in request.POST
    answer = _in_other_language if changes else ANSWERS.get(request.POST.get("do", ""))
    if answer is not None:
        return answer(request, contact)
    step = journey.STEPS.get(request.POST.get("do", ""))
    if step is None:
        return _page(request, contact, 400, problem=_("No entendimos ese paso. Aquí sigues, no perdiste nada."))
    try:
        step(request, contact)
    except journey.Mistake as mistake:
        return _page(request, contact, 400, problem=mistake.words, given=request.POST, text=mistake.text)
    return redirect("talk")


def _in_other_language(request: HttpRequest, contact: Contact | None) -> HttpResponse:
    """Show the same page in the language of this address; what was typed into it, and not sent, comes along."""
    if contact is not None:
        triage.choose_language(contact, get_language())
    return _page(request, contact, given=request.POST, text=request.POST.get("text", ""))


def _show_code(request: HttpRequest, contact: Contact | None) -> HttpResponse:
    """Show a return code this once: it is in this answer and nowhere else."""
    try:
        if contact is None:
            raise NotAllowed
        code = coming_back.make_code(contact)
    except (NotAllowed, CannotOpen):
        return _page(request, contact, 409, problem=_("Ahora no podemos darte un código para esta conversación."))
    context = {"code": code, "contact": contact, "lines": lines_now()}
    return render(request, "chat/code.html", context | journey_pages.of_session(request))


def _say(request: HttpRequest, contact: Contact | None) -> HttpResponse:
    """Take one message by plain form; without JavaScript the page comes back with the text still in the box."""
    text = request.POST.get("text", "").replace("\r\n", "\n")  # a form's line ends
    outcome = _try_to_say(contact, request.POST.get("id") or str(uuid.uuid4()), text)
    if _wants_json(request):
        return _as_frames(outcome, request.POST.get("id", ""))
    if outcome.spoken:
        return redirect("talk")
    status = 503 if outcome.code == "not_saved" else 409 if contact else 400
    return _page(request, contact, status, problem=journey_pages.refusal_words(outcome.code), text=text)


#: What does not lead back to the page of the contact's state, but has an answer of its own.
ANSWERS: dict[str, Callable[[HttpRequest, Contact | None], HttpResponse]] = {"say": _say, "code": _show_code}


def _try_to_say(contact: Contact | None, given_id: str, text: str) -> Outcome:
    if contact is None:
        return Outcome(code="not_open")
    try:
        said_as, who = client_id(given_id), contact.holder
        saying = Saying(contact_id=contact.pk, by="caller", client_id=said_as, text=spoken_text(text), holder=who)
        return actions.say(saying)
    except Refused as refused:
        return Outcome(code=refused.code, field=refused.field or "")
    except (DatabaseError, KeyUnavailable):
        logger.exception("a message sent by plain form was not saved")
        return Outcome(code="not_saved")


def _as_frames(outcome: Outcome, given_id: str) -> JsonResponse:
    if outcome.spoken:
        return JsonResponse({"frames": [journey_pages.as_dict(outcome.spoken.frame(for_desk=False))]})
    refused = {"op": "refused", "code": outcome.code, "to": "say", "id": given_id, "field": outcome.field}
    return JsonResponse({"frames": [{name: value for name, value in refused.items() if value}]})


@require_safe
def thread(request: HttpRequest) -> HttpResponse:
    """The conversation alone: a page that refreshes itself for who has no JavaScript, frames for who has no socket."""
    contact = contact_of(request.session)
    if contact is None:
        return _no_thread(request, 410)
    if texts.unfilled() and not contact.rehearsal:
        return _no_thread(request, 503)
    journey_pages.is_here(contact)
    if not _wants_json(request):
        return render(request, "chat/thread.html", journey_pages.thread_context(contact))
    page = page_after(contact.pk, _number(request.GET.get("after", "")), contact.holder)
    return JsonResponse({"frames": journey_pages.polled_frames(page)})


def _no_thread(request: HttpRequest, status: int) -> HttpResponse:
    return JsonResponse({"frames": []}, status=status) if _wants_json(request) else redirect("talk")


def _number(given: str) -> int:
    """Return a message's number as a client gave it; what is none counts as 0, from where everything is shown."""
    return int(given) if given.isdecimal() and len(given) < 16 else 0


def _is_only_fetched_ahead(request: HttpRequest) -> bool:
    purposes = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return "prefetch" in purposes or "preview" in purposes


def gone() -> HttpResponse:
    """Return the answer that leaves us behind: to the neutral site, with nothing of ours kept by the browser."""
    response = redirect(settings.EXIT_URL)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Strict")
    return response


@csrf_exempt  # no token is older than somebody's need to go; from another site the cookie, SameSite=Strict, never comes
@require_http_methods(["GET", "POST"])
def leave_now(request: HttpRequest) -> HttpResponse:
    """Quick exit: end the caller's session and leave; whatever breaks here, ``hotline.errors`` leaves all the same.

    A link without script comes by GET, the page's own request by POST. A browser that only fetches ahead ends nothing.
    """
    if _is_only_fetched_ahead(request):
        return HttpResponse(status=503)
    contact = contact_of(request.session)
    try:
        request.session.flush()  # before another tab is told, and asks again with the same cookie
    finally:
        if contact is not None:
            actions.leave_suddenly(contact)
    return gone()
