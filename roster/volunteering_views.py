"""``/voluntariado/``: what volunteering asks and gives, the form to apply, and where one's own application stands."""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roster import applications
from roster.application_forms import ApplicationForm
from roster.application_model import Application
from roster.errors import ApplicationMoved

#: Applications of everybody together in one minute, so that no program fills the list; of one browser in an hour.
A_MINUTE, AN_HOUR = 20, 5
HOUR, MINUTE = 3600, 60
IN_DEMO = "(demostración)"


@require_http_methods(["GET", "POST"])
def volunteering(request: HttpRequest) -> HttpResponse:
    """Show what volunteering is with the form, or take an application in; with each problem what was typed."""
    if not _is_open():
        return _page(request, None, 503)
    form = ApplicationForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, 400 if form.errors else 200)
    if _too_many(request):
        problem = _("Llegaron muchas a la vez. Espera unos minutos y envía otra vez: lo que escribiste sigue aquí.")
        form.add_error(None, problem)
        return _page(request, form, 429)
    data = form.cleaned_data
    applications.receive(
        form.applicant(),
        hours_a_week=data["hours_a_week"],
        skills=data["skills"],
        organisation=data["organisation"],
    )
    return redirect("application_received")


def _is_open() -> bool:
    """Say whether there is somebody responsible whom the page can name (Ley 29733 art. 18); a demonstration says so."""
    who = settings.CONTROLLER
    return bool(settings.DEMO or (who["name"].strip() and who["address"].strip() and who["contact"].strip()))


def _page(request: HttpRequest, form: ApplicationForm | None, status: int) -> HttpResponse:
    context = {"form": form, "write_to": settings.PRESS_CONTACT, **_notice()}
    return render(request, "roster/volunteering.html", context, status=status)


def _notice() -> dict[str, object]:
    who = {name: value or IN_DEMO for name, value in settings.CONTROLLER.items()}
    return {"controller": who, "days": settings.APPLICATIONS_KEPT}


def _too_many(request: HttpRequest) -> bool:
    """Count an application, and say whether it is one too many, of this browser or of all."""
    key = f"applications:{int(time.time()) // MINUTE}"
    cache.add(key, 0, 2 * MINUTE)
    recent = [at for at in request.session.get("applied", ()) if at > time.time() - HOUR]
    request.session["applied"] = [*recent, int(time.time())]
    return cache.incr(key) > A_MINUTE or len(recent) >= AN_HOUR


@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """Say what comes next, the same to everybody: it does not tell who had applied before."""
    return render(request, "roster/application_received.html", {"days": settings.APPLICATIONS_KEPT})


@require_http_methods(["GET", "POST"])
def own_application(request: HttpRequest, token: str) -> HttpResponse:
    """Show an applicant where their application stands, or take it back; by the link in their mail."""
    application = applications.of_token(token)
    if application is None:
        raise Http404
    if request.method == "POST":
        return _withdraw(request, application, token)
    return _own_page(request, application)


def _withdraw(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    try:
        applications.withdraw(application)
    except ApplicationMoved:
        application.refresh_from_db()
        problem = _("Algo cambió mientras tanto. Mira cómo quedó y, si todavía quieres retirarla, prueba otra vez.")
        return _own_page(request, application, problem, 409)
    return redirect("own_application", token=token)


def _own_page(request: HttpRequest, application: Application, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"application": application, "applicant": application.applicant, "problem": problem, **_notice()}
    answer = render(request, "roster/own_application.html", context, status=status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
