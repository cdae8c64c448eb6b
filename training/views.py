"""Training on screen: choose a scripted caller, see how far one is, look back at a practice, answer it."""

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from roster.models import Member, Role
from roster.permissions import may, requires
from training import actions, answering, checklist, scenarios
from training.answering import Filled
from training.checklist import Item
from training.errors import BadAnswer, NotFinished, NotNow, NotYours
from training.models import Practice, PracticeState
from vault.errors import CannotOpen

SHOWN = 100  # practices, and trainees, on one page

WHY_NOT: dict[str, Promise] = {
    "not_yours": gettext_lazy("Con esta cuenta no se practica."),
    "practising": gettext_lazy("Ya tienes una práctica en curso: síguela en el escritorio, o déjala."),
    "ready": gettext_lazy("Estás recibiendo a personas. Ponte en pausa en el escritorio y vuelve aquí."),
    "talking": gettext_lazy("Tienes una conversación abierta. Cuando termine, puedes practicar."),
    "unknown": gettext_lazy("Ese guion no está. Elige uno de la lista."),
}
PROBLEMS: dict[str, Promise] = {
    "marks": gettext_lazy("Marca cada fila con una de las tres opciones, o déjala vacía."),
    "words": gettext_lazy("Escribe unas palabras para quien practicó: hasta 4000 letras."),
    "empty": gettext_lazy("La lista está vacía. Marca al menos una fila o escribe unas palabras."),
    "passed": gettext_lazy("Elige si la práctica cuenta como aprobada o conviene repetirla."),
    "role_plays": gettext_lazy("Elige un número del 1 al 10."),
    "shut": gettext_lazy("Tu llavero no abre esta práctica, así que no se guardó nada."),
    "late": gettext_lazy("No se guardó: alguien respondió esta práctica antes, o ya no se puede cambiar."),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Trainee:
    """One trainee as supervision sees them: how many scenarios they passed, and whether that is enough."""

    member: Member
    passed: int
    enough: bool


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


# The overview -------------------------------------------------------------------------------------------------------


@require_GET
@requires("practice.see")
def overview(request: HttpRequest) -> HttpResponse:
    """To a volunteer their own practices and the scenarios; to supervision what waits; to the coordination how many.

    For the script of the board, how many practices wait for supervision.
    """
    member, needed = _member(request), actions.role_plays_needed()
    if request.headers.get("X-Fragment") == "1":
        return _waiting_count(request, member)
    context: dict[str, Any] = {"needed": needed}
    actions.settle(member)
    if may(member, "practice.begin"):
        context |= _of_volunteer(member)
    if may(member, "practice.answer"):
        context |= {"waiting": _named(answering.waiting_for_answer()[:SHOWN])}
    if may(member, "practice.answer") or may(member, "practice.require"):
        context |= {"trainees": _trainees(member, needed), "may_finish": may(member, "training.finish")}
    context["may_require"] = may(member, "practice.require")
    return render(request, "training/overview.html", context)


def _waiting_count(request: HttpRequest, member: Member) -> HttpResponse:
    count = answering.waiting_for_answer().count() if may(member, "practice.answer") else 0
    return render(request, "training/_waiting.html", {"count": count}) if count else HttpResponse(status=204)


def _named(practices: Any) -> list[tuple[Practice, str]]:
    """Return practices with the titles of their scenarios; one that is no longer offered keeps its code."""
    known = scenarios.current()
    return [(one, known[one.scenario].title if one.scenario in known else one.scenario) for one in practices]


def _of_volunteer(member: Member) -> dict[str, Any]:
    mine = list(Practice.objects.filter(member=member)[:SHOWN])
    passed = {one.scenario for one in mine if one.passed}
    why = actions.why_not_now(member)
    return {
        "begins": True,
        "why_not": WHY_NOT.get(why),
        "scenarios": [(one.written, one.code in passed) for one in scenarios.current().values()],
        "mine": _named(mine),
        "running": next((one for one in mine if one.state == PracticeState.RUNNING), None),
        "passed": actions.role_plays_passed(member),
    }


def _trainees(member: Member, needed: int) -> list[Trainee]:
    """Return the volunteers whose training is not noted as finished."""
    passed = Count("practices__scenario", filter=Q(practices__passed=True), distinct=True)
    rows = Member.objects.filter(role=Role.VOLUNTEER, is_active=True, trained_on=None, rehearsal=member.rehearsal)
    found = rows.annotate(passed_ones=passed).order_by("alias", "pk")[:SHOWN]
    return [Trainee(one, one.passed_ones, one.passed_ones >= needed) for one in found]


# Beginning and leaving ----------------------------------------------------------------------------------------------


@require_POST
@requires("practice.begin")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a practice and go to the desk, where the scripted caller is offered."""
    try:
        actions.begin(_member(request), request.POST.get("scenario", ""))
    except NotNow as not_now:
        messages.warning(request, str(WHY_NOT[not_now.why]))
        return redirect("practices")
    return redirect("desk")


@require_POST
@requires("practice.begin")
def leave(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    """Leave a practice that runs."""
    try:
        actions.leave(_member(request), practice_id)
    except NotYours:
        raise Http404 from None
    messages.success(request, _("Dejaste la práctica. No pasa nada: puedes empezar otra cuando quieras."))
    return redirect("practices")


@require_GET
@requires("practice.see")
def notices(request: HttpRequest) -> HttpResponse:
    """Tell a trainee's desk which of their practices is over, was answered, or was answered by nobody."""
    member = _member(request)
    actions.settle(member)
    told = _named(answering.to_look_back(member))
    return render(request, "training/_notices.html", {"told": told})


# Looking back -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires("practice.see")
def practice(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    """One practice that is over: its words, the list, the supervisor's answer; a form for whoever's turn it is.

    What is refused stays in the form; where there is no form any more, because somebody was first, it is shown to copy.
    """
    member, problem = _member(request), ""
    actions.settle(member)
    try:
        found = answering.find(member, practice_id)
    except NotYours:
        raise Http404 from None
    if request.method == "POST":
        problem = _fill(request, member, found)
        if not problem:
            return redirect("practice", practice_id=practice_id)
    read = answering.read(found, member)
    own, given = found.member_id == member.pk, request.POST.dict()
    if own:
        answering.look_back(read.practice)
    fills, choices = _fills(read, own=own), _choices()
    context = {"read": read, "own": own, "problem": PROBLEMS.get(problem), "given": given}
    context |= {"fills": fills, "choices": choices, "limit": answering.WORDS_LIMIT}
    context["rows"] = [(row, _chosen(row, given if problem else None, own=own)) for row in read.rows]
    if problem and not fills:
        context["refused"] = [(item.words, label) for item, label in _refused(given, dict(choices))]
    return render(request, "training/practice.html", context, status=400 if problem else 200)


def _choices() -> list[tuple[str, str]]:
    return [("yes", _("Sí")), ("no", _("No")), ("unsure", _("No sé"))]


def _chosen(row: answering.Row, given: Mapping[str, str] | None, *, own: bool) -> str:
    """Return what stands marked in a form: what was given and refused, or what the trainee keeps."""
    if given is not None:
        return given.get(f"item_{row.item.code}", "")
    return row.own if own else ""


def _refused(given: Mapping[str, str], labels: Mapping[str, str]) -> list[tuple[Item, str]]:
    """Return what was marked in a form that came too late, as its writer marked it."""
    marks = ((item, given.get(f"item_{item.code}", "")) for item in checklist.in_force().items)
    return [(item, labels[mark]) for item, mark in marks if mark in labels]


def _fills(read: answering.ReadPractice, *, own: bool) -> str:
    """Return which form stands below: the trainee's «own» list, the supervisor's «answer», or none."""
    open_still = read.practice.state == PracticeState.OVER and read.practice.passed is None
    if read.transcript is None or not open_still:
        return ""
    return "own" if own else "answer"


def _fill(request: HttpRequest, member: Member, found: Practice) -> str:
    """Keep what a form holds; return the code of what is wrong with it, or nothing."""
    fields: Mapping[str, str] = request.POST.dict()
    try:
        if found.member_id == member.pk:
            answering.keep_own_check(found, member, answering.filled_from(fields))
            messages.success(
                request, _("Tu lista quedó guardada, cerrada con clave. Supervisión la verá al responder.")
            )
        else:
            _answer(request, member, found, answering.filled_from(fields, words_needed=True))
    except BadAnswer as bad:
        return bad.field
    except NotYours:
        return "late"
    except CannotOpen:
        return "shut"
    return ""


def _answer(request: HttpRequest, member: Member, found: Practice, filled: Filled) -> None:
    passed = request.POST.get("passed", "")
    if passed not in {"yes", "no"}:
        raise BadAnswer("passed")
    answering.answer(found, member, filled, passed=passed == "yes")
    messages.success(request, _("Tu devolución quedó guardada. %(who)s ya puede leerla.") % {"who": found.member.alias})


# Finishing ----------------------------------------------------------------------------------------------------------


@require_POST
@requires("training.finish")
def finish(request: HttpRequest) -> HttpResponse:
    """Note that a trainee has finished their training."""
    try:
        trainee = Member.objects.filter(pk=uuid.UUID(request.POST.get("member", ""))).first()
    except ValueError:
        trainee = None
    if trainee is None:
        raise Http404
    try:
        actions.finish_training(trainee, _member(request))
    except NotYours:
        raise Http404 from None
    except NotFinished:
        messages.warning(request, _("Todavía no: faltan prácticas aprobadas, o ya estaba anotado."))
        return redirect("practices")
    messages.success(request, _("Anotado: %(who)s terminó la formación.") % {"who": trainee.alias})
    return redirect("practices")


@require_POST
@requires("practice.require")
def require(request: HttpRequest) -> HttpResponse:
    """Set how many passed practices are asked for."""
    try:
        actions.require(_member(request), request.POST.get("role_plays", ""))
    except BadAnswer:
        messages.warning(request, str(PROBLEMS["role_plays"]))
    else:
        messages.success(request, _("Guardado. Vale desde ahora para todas las personas en formación."))
    return redirect("practices")
