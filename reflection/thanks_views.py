"""Notes of thanks: leave one, read one's own, put one away, delete it for good."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reflection import spaces, thanks, unlocked
from reflection.doors import count, for_opened, member_of, too_often
from reflection.own_errors import NoThanksTaken, NothingWritten, SpaceShut, TooLong
from reflection.spaces import Opened
from roster.permissions import requires


def _page(request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
    member, opened = member_of(request), unlocked.opened_in(request)
    space = opened.space if opened else spaces.of(member)
    notes = thanks.received(opened) if opened else []
    context = {
        "colleagues": thanks.colleagues(member),
        "space": space,
        "open": opened is not None,
        "notes": [one for one in notes if not one.hidden],
        "hidden": [one for one in notes if one.hidden],
        "waits": space is not None and thanks.waits(space),
        "most": thanks.LIMIT,
    }
    if opened:
        thanks.see(opened, notes)
    return render(request, "reflection/thanks.html", context | shown, status=status)


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def notes_of_thanks(request: HttpRequest) -> HttpResponse:
    """Show one's notes of thanks, and leave one for a colleague."""
    if request.method == "GET":
        return _page(request)
    given = {"text": request.POST.get("text", ""), "to": request.POST.get("to", "")}
    problem = _("Hoy dejaste muchas notas. Sigue mañana, por favor.")
    if not too_often(request, "thanks"):
        problem = _given(request, **given)
    if problem:
        return _page(request, 400, problem=problem, **given)
    count(request, "thanks")
    messages.success(request, _("Tu nota quedó guardada. Solo quien la recibe la abre."))
    return redirect("thanks")


def _given(request: HttpRequest, to: str, text: str) -> str:
    """Leave a note; return what keeps it from being left, or nothing."""
    named, with_copy = (request.POST.get(name) == "yes" for name in ("named", "with_copy"))
    today = timezone.localdate()
    try:
        thanks.give(member_of(request), uuid.UUID(to), text, day=today, named=named, with_copy=with_copy)
    except (ValueError, NoThanksTaken, SpaceShut):
        return _("Elige a quién, por favor: esa persona no recibe notas ahora.")
    except NothingWritten:
        return _("Todavía no hay nada escrito.")
    except TooLong as error:
        return _("Es muy larga: caben %(most)s letras.") % {"most": error.most}
    return ""


@require_POST
@for_opened
def note_of_thanks(request: HttpRequest, opened: Opened, thanks_id: uuid.UUID) -> HttpResponse:
    """Put a note away, show it again, or delete it for good."""
    match request.POST.get("do", ""):
        case "delete":
            found = thanks.delete(opened, thanks_id)
        case "hide" | "show" as act:
            found = thanks.hide(opened, thanks_id, hidden=act == "hide")
        case _:
            found = False
    if not found:
        raise Http404
    return redirect("thanks")
