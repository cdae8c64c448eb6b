"""``/volver/``: somebody types their return code and finds their conversation again; nothing is said of a wrong one."""

import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chat import coming_back, journey, journey_pages
from chat.views import CHANGES_LANGUAGE
from consent import texts
from directory.search import lines_now
from triage import actions as triage
from triage.access import give_secret, holder_in
from triage.models import ContactState
from vault.actions import read_return_code

#: Tries of all callers together in one minute: the codes cannot be guessed, and the work of trying them is bounded.
A_MINUTE = 60
#: Wrong codes of one browser in an hour, after which it waits.
WRONG_AN_HOUR = 5
HOUR, MINUTE = 3600, 60
LONGEST_SHOWN = 200  # letters of what was typed that come back, to be put right
NO_CODE = _("Eso no parece un código. Son siete palabras, o cinco grupos de letras y números. Revísalo, por favor.")
NOWHERE = _(
    "Ese código no abre ninguna conversación. Revísalo, por favor. Si pasaron 30 días o se borraron tus palabras, "
    "ya no hay nada que abrir."
)
TOO_MANY = _(
    "Hubo muchos intentos. Espera unos minutos y prueba otra vez. También puedes empezar una conversación nueva ahora."
)


@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or lead back."""
    if texts.unfilled():
        return render(request, "chat/not_open.html", {"lines": lines_now()}, status=503)
    if request.method != "POST" or CHANGES_LANGUAGE in request.POST:
        return _page(request)
    typed = request.POST.get("code", "")
    if read_return_code(typed) is None:
        return _page(request, 400, NO_CODE)
    if _too_many(request):
        return _page(request, 429, TOO_MANY)
    give_secret(request.session)
    contact = coming_back.contact_of_code(typed, holder_in(request.session))
    if contact is None:
        _count_wrong(request)
        return _page(request, 404, NOWHERE)
    journey.remember(request, contact)
    if contact.state == ContactState.ENDED:
        request.session[journey_pages.CAME_BACK] = str(contact.pk)
    request.session[journey_pages.SHARED] = request.POST.get(journey_pages.SHARED) == "yes"
    coming_back.come_back(contact)
    triage.route()
    return redirect("talk")


def _page(request: HttpRequest, status: int = 200, problem: str | Promise = "") -> HttpResponse:
    typed = request.POST.get("code", "")[:LONGEST_SHOWN]
    context = {"problem": problem, "typed": typed, "typed_in": "code-form", "lines": lines_now(), "given": request.POST}
    return render(request, "chat/come_back.html", context, status=status)


def _too_many(request: HttpRequest) -> bool:
    """Count a try, and say whether it is one too many, of this browser or of all callers."""
    key = f"return:{int(time.time()) // MINUTE}"
    cache.add(key, 0, 2 * MINUTE)
    wrong = [at for at in request.session.get("wrong", ()) if at > time.time() - HOUR]
    return cache.incr(key) > A_MINUTE or len(wrong) >= WRONG_AN_HOUR


def _count_wrong(request: HttpRequest) -> None:
    recent = [at for at in request.session.get("wrong", ()) if at > time.time() - HOUR]
    request.session["wrong"] = [*recent, int(time.time())]
