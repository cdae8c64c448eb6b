"""What was agreed and the safety plan on screen: the caller's own page and file, and its part of the desk."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chat import journey, safety_plans
from chat.desk_views import mine, wants_json
from chat.safety_plans import KEPT, PLAN_FIELDS, PLAN_LIMIT, TALKS, Plan, PlanChanged, PlanTooLong
from directory.search import lines_now
from roster.models import Member
from roster.permissions import requires
from triage.access import contact_of
from triage.errors import NotAllowed
from triage.models import Contact
from vault.errors import CannotOpen

SHOWN = "was_"  # in front of the names of what stood in the form before it was changed


def _too_long(error: PlanTooLong) -> str:
    return _("«%(field)s» es muy largo. Acórtalo; lo demás sigue aquí.") % {"field": PLAN_FIELDS[error.field]}


def _write(request: HttpRequest, contact: Contact, member: Member | None = None) -> Plan:
    shown, given = safety_plans.fields_from(request.POST, SHOWN), safety_plans.fields_from(request.POST)
    return safety_plans.write_plan(contact, given, shown, member)


# The caller ---------------------------------------------------------------------------------------------------------


def _own(request: HttpRequest) -> tuple[Contact, Plan]:
    """Return the caller's contact and its plan. Raises Http404 where there is nothing to read any more."""
    contact = contact_of(request.session)
    if contact is None or contact.state not in KEPT:
        raise Http404
    try:
        return contact, safety_plans.plan_of(contact)
    except CannotOpen:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def agreed(request: HttpRequest) -> HttpResponse:
    """Show the caller what was agreed and their plan, and take what they write into it; works by plain forms alone."""
    contact, plan = _own(request)
    journey.is_here(contact)
    if request.method != "POST":
        return _page(request, contact, plan, plan.form, saved="listo" in request.GET)
    as_given = [(name, words, request.POST.get(name, "")) for name, words in PLAN_FIELDS.items()]
    try:
        _write(request, contact)
    except PlanTooLong as error:
        return _page(request, contact, plan, as_given, 400, problem=_too_long(error))
    except PlanChanged as error:
        problem = _(
            "Mientras escribías, quien te acompaña cambió lo mismo. Lo tuyo sigue aquí; junta los dos y guarda."
        )
        return _page(request, contact, plan, as_given, 409, problem=problem, theirs=error.fields)
    except (NotAllowed, CannotOpen):
        raise Http404 from None
    return redirect(f"{reverse('agreed')}?listo=si")


def _page(
    request: HttpRequest, contact: Contact, plan: Plan, form: list[Any], status: int = 200, **shown: Any
) -> HttpResponse:
    context = {
        "contact": contact,
        "plan": plan,
        "form": [(name, words, text, plan.fields[name]) for name, words, text in form],
        "limit": PLAN_LIMIT,
        "lines": lines_now(),
        "theirs": {},
    }
    return render(request, "chat/agreed.html", context | journey.of_session(request) | shown, status=status)


@require_GET
def agreed_text(request: HttpRequest) -> HttpResponse:
    """The same as a plain file, under a name that says nothing."""
    _contact, plan = _own(request)
    parts = [f"{words}\n{text}" for words, text in plan.told]
    parts += ["\n".join(f"{line.number}: {line.for_whom}" for line in lines_now())]
    response = HttpResponse("\n\n".join(parts) + "\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="apuntes.txt"'
    return response


# The desk -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires("desk.open")
def desk_agreed(request: HttpRequest) -> HttpResponse:
    """Show and write the plan of one of the member's conversations, as a fragment of the desk or as a page."""
    given: Any = request.POST if request.method == "POST" else request.GET
    member, contact = mine(request, given.get("contact", ""))
    problem = ""
    try:
        if request.method == "POST":
            problem = _write_at_desk(request, contact, member)
        plan = safety_plans.plan_of(contact)
    except CannotOpen:
        raise Http404 from None
    address = f"{reverse('desk_agreed')}?contact={contact.pk}"
    if wants_json(request):
        told = {"kept": False, "problem": problem} if problem else {"kept": True, "next": address}
        return JsonResponse(told, status=400 if problem else 200)
    if request.method == "POST" and not problem:
        return redirect(address)
    return _at_desk(request, contact, plan, problem)


def _at_desk(request: HttpRequest, contact: Contact, plan: Plan, problem: str) -> HttpResponse:
    form = [(name, words, request.POST.get(name, text), text) for name, words, text in plan.form]
    context = {"contact": contact, "plan": plan, "form": form, "limit": PLAN_LIMIT, "problem": problem}
    context["live"] = contact.state in TALKS
    part = "X-Fragment" in request.headers
    template = "chat/_desk_agreed.html" if part else "chat/desk_agreed_page.html"
    return render(request, template, context, status=400 if problem else 200)


def _write_at_desk(request: HttpRequest, contact: Contact, member: Member) -> str:
    """Write as a form asks; return why not, or nothing."""
    try:
        _write(request, contact, member)
    except PlanTooLong as error:
        return _too_long(error)
    except PlanChanged as error:
        now = "; ".join(f"«{PLAN_FIELDS[name]}»: {text or '–'}" for name, text in error.fields.items())
        return _("La persona cambió lo mismo mientras escribías. Ahora dice: %(now)s. Junta los dos y guarda.") % {
            "now": now
        }
    except NotAllowed:
        return _("La conversación ya terminó: desde ahora el plan lo cambia la persona.")
    return ""
