"""The coordination's pages of applications: the list by state, and one page each with what can be done now."""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from roster import applications
from roster.application_forms import CheckForm, DeclineForm, InterviewForm, NoteForm
from roster.application_model import UNDER_WAY, Applicant, Application, ApplicationState
from roster.errors import ApplicationMoved
from roster.first_shift import FirstShift, first_shifts
from roster.models import Member
from roster.permissions import requires
from roster.same_licence import known_before

S = ApplicationState
ON_A_PAGE = 50
#: What the list shows by default: all that somebody still has to do something about.
OPEN = "en-curso"
SLUGS = {
    "recibidas": (S.RECEIVED,),
    "entrevista-acordada": (S.TO_INTERVIEW,),
    "entrevista-hecha": (S.INTERVIEWED,),
    "revisadas": (S.CHECKED,),
    "sin-primer-turno": (S.INVITED,),
    "en-turno": (S.ON_FIRST_SHIFT,),
    "no-esta-vez": (S.DECLINED,),
    "retiradas": (S.WITHDRAWN,),
}
NAMES = {
    OPEN: gettext_lazy("En curso"),
    "recibidas": gettext_lazy("Recibidas"),
    "entrevista-acordada": gettext_lazy("Con entrevista acordada"),
    "entrevista-hecha": gettext_lazy("Con entrevista hecha"),
    "revisadas": gettext_lazy("Revisadas"),
    "sin-primer-turno": gettext_lazy("Invitadas, sin primer turno"),
    "en-turno": gettext_lazy("Con primer turno"),
    "no-esta-vez": gettext_lazy("Esta vez no"),
    "retiradas": gettext_lazy("Retiradas"),
}
SHOWN = {OPEN: UNDER_WAY} | SLUGS
MOVED = gettext_lazy("No se hizo: la postulación cambió mientras tanto. Así está ahora.")
DONE = {
    "interview": gettext_lazy("La entrevista quedó acordada."),
    "interviewed": gettext_lazy("Quedó anotado que la entrevista se hizo."),
    "check": gettext_lazy("La colegiatura quedó revisada."),
    "invite": gettext_lazy("La invitación está en camino."),
    "decline": gettext_lazy("Quedó respondida."),
    "note": gettext_lazy("La nota quedó guardada, cerrada con clave."),
    "again": gettext_lazy("El correo está en camino otra vez."),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One application in the list."""

    application: Application
    applicant: Applicant | None
    first_shift: FirstShift | None

    @property
    def name(self) -> str:
        """Return whose it is, as far as that is still kept."""
        if self.applicant:
            return self.applicant.full_name
        return self.application.member.full_name if self.application.member else _("datos borrados")


def _rows(found: list[Application]) -> list[Row]:
    shifts = first_shifts(found)
    return [Row(one, one.applicant, shifts.get(one.pk)) for one in found]


@require_safe
@requires("application.manage")
def applications_page(request: HttpRequest) -> HttpResponse:
    """List the applications of one state, the longest without a step first."""
    chosen = request.GET.get("estado", OPEN)
    if chosen not in SHOWN:
        raise Http404
    counts = dict(Application.objects.order_by().values_list("state").annotate(Count("pk")))
    tabs = [(slug, NAMES[slug], sum(counts.get(one, 0) for one in states)) for slug, states in SHOWN.items()]
    found = Application.objects.filter(state__in=SHOWN[chosen]).select_related("member", "organisation")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("pagina"))
    context = {"tabs": tabs, "chosen": chosen, "name": NAMES[chosen], "page": page, "rows": _rows(list(page))}
    return render(request, "roster/applications.html", context)


@require_http_methods(["GET", "POST"])
@requires("application.manage")
def application_page(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """One application: who applies, what was done, what can be done now."""
    known = Application.objects.select_related("member", "organisation", "checked_by", "invitation")
    application, by = known.filter(pk=application_id).first(), request.user
    if application is None or not isinstance(by, Member):
        raise Http404
    refused: dict[str, forms.Form] = {}
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in DONE:
            raise Http404
        form = _form(do, request.POST)
        if form is None or form.is_valid():
            _act(request, application, by, do)
            return redirect("application", application_id=application_id)
        refused = {do: form}
    else:
        applications.read(application, by)
    return _page(request, application, refused)


def _form(do: str, data: Any) -> forms.Form | None:
    """Return the form of an act with what was sent; None for one that needs only its button."""
    kinds: dict[str, type[forms.Form]] = {
        "interview": InterviewForm,
        "check": CheckForm,
        "decline": DeclineForm,
        "note": NoteForm,
    }
    return kinds[do](data, prefix=do) if do in kinds else None


def _act(request: HttpRequest, application: Application, by: Member, do: str) -> None:
    form = _form(do, request.POST)
    data = form.cleaned_data if form and form.is_valid() else {}
    checked = {name: data.get(name) for name in ("licence_number", "seen_on", "course_on")}
    acts: dict[str, Callable[[], object]] = {
        "interview": lambda: applications.agree_interview(application, by, at=data["at"], where=data["where"]),
        "interviewed": lambda: applications.note_interview(application, by),
        "check": lambda: applications.check(application, by, **checked),  # type: ignore[arg-type]  # the form's kinds
        "invite": lambda: applications.invite(application, by),
        "decline": lambda: applications.decline(application, by, data["reason"]),
        "note": lambda: applications.keep_note(application, by, data["note"]),
        "again": lambda: applications.send_again(application, by),
    }
    try:
        acts[do]()
    except ApplicationMoved:
        messages.warning(request, MOVED)
    else:
        messages.success(request, DONE[do])


def _agreed(application: Application) -> dict[str, Any]:
    """Return day and hour of an interview that was agreed, for the form that changes it."""
    if application.interview_at is None:
        return {}
    at = timezone.localtime(application.interview_at)
    return {"day": at.date(), "hour": at.time()}


def _page(request: HttpRequest, application: Application, refused: dict[str, forms.Form]) -> HttpResponse:
    (row,) = _rows([application])
    applicant = row.applicant
    initial: dict[str, dict[str, Any]] = {"interview": {}, "check": {"seen_on": timezone.localdate()}, "note": {}}
    if applicant:
        initial["interview"] = {"where": applicant.where, **_agreed(application)}
        initial["check"]["licence_number"] = applicant.licence_number
        initial["note"] = {"note": applicant.note}
    context = {
        "row": row,
        "application": application,
        "applicant": applicant,
        "ends_at": applications.ends_at(application),
        "before": known_before(application, applicant) if applicant else None,
        "lookup": settings.LICENCE_LOOKUP,
        "interview": refused.get("interview") or InterviewForm(prefix="interview", initial=initial["interview"]),
        "check": refused.get("check") or CheckForm(prefix="check", initial=initial["check"]),
        "decline": refused.get("decline") or DeclineForm(prefix="decline"),
        "note": refused.get("note") or NoteForm(prefix="note", initial=initial["note"]),
        "interview_over": application.interview_at is not None and application.interview_at <= timezone.now(),
        "may_decline": application.member_id is None and application.is_under_way,
        "problems": bool(refused),
    }
    answer = render(request, "roster/application.html", context, status=400 if refused else 200)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
