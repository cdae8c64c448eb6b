"""What was agreed and the safety plan on screen: the caller's own page and file, and its part of the desk."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import journey, journey_pages, plan_drafts, safety_plans
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


def _fields(request: HttpRequest) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a form holds, and what stood in it before. Raises PlanTooLong."""
    return safety_plans.fields_from(request.POST), safety_plans.fields_from(request.POST, SHOWN)


def _write(request: HttpRequest, contact: Contact, member: Member | None = None) -> Plan:
    plan = safety_plans.write_plan(contact, *_fields(request), member)
    plan_drafts.forget_begun(contact, member)
    return plan


def _keep_begun(request: HttpRequest, contact: Contact, member: Member | None = None) -> JsonResponse:
    """Keep what a form holds and nobody saved yet. Raises Http404 where there is nothing to write into any more."""
    try:
        plan_drafts.keep_begun(contact, *_fields(request), member)
    except PlanTooLong as error:
        return JsonResponse({"kept": False, "problem": _too_long(error)}, status=400)
    except (NotAllowed, CannotOpen):
        raise Http404 from None
    return JsonResponse({"kept": True})


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
    journey_pages.is_here(contact)
    if request.method != "POST":
        return _begun_or_plan(request, contact, plan)
    act = OTHER_ACTS.get(request.POST.get("do", ""))
    if act is not None:
        act(request, contact)
        return redirect("agreed")
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


#: What the buttons of the page do beside saving what stands in it.
OTHER_ACTS: dict[str, Callable[[HttpRequest, Contact], None]] = {
    "bring": journey.bring,
    "forget": lambda _request, contact: plan_drafts.forget_begun(contact),
}


@require_POST
def agreed_draft(request: HttpRequest) -> HttpResponse:
    """Keep what the caller is writing into their plan, sealed; it is saved, and read by others, with «Guardar»."""
    contact, _plan = _own(request)
    journey_pages.is_here(contact)
    return _keep_begun(request, contact)


def _begun_or_plan(request: HttpRequest, contact: Contact, plan: Plan) -> HttpResponse:
    """Show the plan, and in its form what was begun and not saved."""
    begun = plan_drafts.begun(contact)
    if begun is None:
        return _page(request, contact, plan, plan.form, saved="listo" in request.GET)
    form = [(name, words, begun.given[name]) for name, words in PLAN_FIELDS.items()]
    return _page(request, contact, plan, form, begun=begun)


def _page(
    request: HttpRequest, contact: Contact, plan: Plan, form: list[Any], status: int = 200, **shown: Any
) -> HttpResponse:
    begun = shown.get("begun")
    stood = begun.shown if begun else plan.fields
    context = {
        "contact": contact,
        "plan": plan,
        "form": [(name, words, text, stood[name]) for name, words, text in form],
        "limit": PLAN_LIMIT,
        "lines": lines_now(),
        "theirs": {},
    }
    return render(request, "chat/agreed.html", context | journey_pages.of_session(request) | shown, status=status)


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
    return _at_desk(request, contact, member, plan, problem)


@require_POST
@requires("desk.open")
def desk_agreed_draft(request: HttpRequest) -> HttpResponse:
    """Keep what the member is writing into a plan with its person, sealed; the person sees it once it is saved."""
    member, contact = mine(request, request.POST.get("contact", ""))
    return _keep_begun(request, contact, member)


def _at_desk(request: HttpRequest, contact: Contact, member: Member, plan: Plan, problem: str) -> HttpResponse:
    begun = plan_drafts.begun(contact, member) if request.method != "POST" else None
    given, stood = (begun.given, begun.shown) if begun else (plan.fields, plan.fields)
    form = [(name, words, request.POST.get(name, given[name]), stood[name]) for name, words in PLAN_FIELDS.items()]
    context = {"contact": contact, "plan": plan, "form": form, "limit": PLAN_LIMIT, "problem": problem, "begun": begun}
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
