"""The care plan on screen: its page, and what the desk shows of it when a conversation begins."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import care_plans
from cases.care_plans import PLAN_FIELDS, PLAN_LIMIT, PlanBody
from cases.errors import BadNote, NotYet, NotYours, ReasonMissing, Stale, Withdrawn
from cases.models import Case
from cases.results import earlier_results
from cases.views import ask_why, case_to_read, member_of
from roster.models import Member
from roster.permissions import requires
from vault.errors import CannotOpen


@require_GET
@requires("note.write")
def plan_of_contact(request: HttpRequest) -> HttpResponse:
    """Show the plan in force and earlier results to whoever leads a conversation, as a fragment; or nothing."""
    try:
        member, contact_id = member_of(request), uuid.UUID(request.GET.get("contact", ""))
        plan, earlier = care_plans.plan_for(member, contact_id), earlier_results(member, contact_id)
    except (ValueError, NotYours, Withdrawn):
        raise Http404 from None
    return render(request, "cases/_plan_for_desk.html", {"plan": plan, "earlier": earlier})


@require_http_methods(["GET", "POST"])
@requires("case.list_own")
def care_plan(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Show and write the care plan of a case: the volunteer's own, or any to a supervisor who says why."""
    member = member_of(request)
    try:
        found, reason = case_to_read(request, member, case_id)
        if request.method == "POST" and request.POST.get("do") == "save":
            return _save(request, member, found, reason)
        return _page(request, found, reason)
    except ReasonMissing:
        return ask_why(request, "case")
    except NotYet as not_yet:
        return render(request, "cases/not_yet.html", {"not_yet": not_yet}, status=403)
    except (NotYours, CannotOpen):
        raise Http404 from None


def _page(request: HttpRequest, case: Case, reason: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    versions = care_plans.read_plan(member_of(request), case, reason)
    newest = versions[0] if versions else None
    body = newest.body if newest and newest.body else PlanBody()
    fields = [(name, words, getattr(body, name)) for name, words in PLAN_FIELDS.items()]
    context = {
        "case": case,
        "reason": reason,
        "versions": versions,
        "seen": newest.revision if newest else 0,
        "fields": fields,
        "limit": PLAN_LIMIT,
    }
    return render(request, "cases/plan.html", context | shown, status=status)


def _given(request: HttpRequest) -> list[tuple[str, Any, str]]:
    return [(name, words, request.POST.get(name, "")) for name, words in PLAN_FIELDS.items()]


def _save(request: HttpRequest, member: Member, case: Case, reason: str) -> HttpResponse:
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    try:
        saved = care_plans.save_plan(member, case, care_plans.body_from(request.POST.dict()), seen=number)
    except BadNote as error:
        problem = _("El plan está vacío. Escribe al menos una frase.")
        if len(request.POST.get(error.field, "")) > PLAN_LIMIT:
            problem = _("«%(field)s» es muy largo. Acórtalo; lo demás sigue aquí.") % {
                "field": PLAN_FIELDS[error.field]
            }
        return _page(request, case, reason, status=400, problem=problem, fields=_given(request))
    except Stale:
        problem = _(
            "Alguien guardó este plan después de que abriste la página. Lo tuyo sigue en el formulario; lo guardado "
            "está debajo. Junta los dos y guarda otra vez."
        )
        return _page(request, case, reason, status=409, problem=problem, fields=_given(request))
    return _page(request, case, reason, saved=saved)
