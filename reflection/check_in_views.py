"""How a member is: the question on the desk, their own page with its curves, and the longer questionnaires."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from reflection import check_ins, follow_ups, form_wordings, moments, spaces, trends, unlocked
from reflection.check_ins import QUESTIONS, Reading
from reflection.curve import Curve, drawn
from reflection.doors import for_opened, member_of, wants_json
from reflection.models import OwnSpace
from reflection.moments import HEAVY, Asked, Span
from reflection.own_errors import SpaceShut, Unanswered, UnknownForm
from reflection.questionnaires import FORMS, Form, Key, form_of, scores, taken
from reflection.spaces import Opened
from roster.models import Member, Shift
from roster.permissions import requires
from wire import clock

DONE = "checked in"  # in the session: what was answered or left out, and of which shift
KEPT = 9  # of these: three shifts
SKIP, HEARD = "skip", "heard"
KEPT_WHILE_SHUT = gettext_lazy("Guardado, solo para ti. Tu espacio se había cerrado: ábrelo para verlo.")


# On the desk --------------------------------------------------------------------------------------------------------


def _asked_now(request: HttpRequest, member: Member) -> list[Asked]:
    """Return what may be asked of a member now and was neither answered nor left out of this shift, in this session."""
    now = clock.now()
    near = Shift.objects.filter(
        member=member, starts_at__lte=now + moments.BEFORE, ends_at__gt=now - moments.AFTER
    ).values_list("starts_at", "ends_at")
    done = request.session.get(DONE, ())
    return [one for one in moments.asked((Span(*one) for one in near), now) if one.name not in done]


def _leave_out(request: HttpRequest, done: Iterable[Asked]) -> None:
    kept = [*request.session.get(DONE, ()), *(one.name for one in done)]
    request.session[DONE] = kept[-KEPT:]


def is_heavy(moment: str, value: int) -> bool:
    """Say whether help and a pause are offered after this answer."""
    return value >= 4 if moment == HEAVY else value <= 2


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def check_in(request: HttpRequest) -> HttpResponse:
    """Ask, on the desk, how a member arrives or leaves; nothing (204) when it is not the time. Take one answer."""
    member = member_of(request)
    asked = _asked_now(request, member)
    due = not asked and follow_ups.is_due(member, timezone.localdate())
    if request.method == "POST":
        told = _heard(member) if request.POST.get("do") == HEARD else _answered(request, member, asked)
        again = f"{reverse('check_in')}?dicho={told}"
        return JsonResponse({"next": again}) if wants_json(request) else redirect("reflection")
    told = request.GET.get("dicho", "")
    if not asked and not due and told not in {"kept", "heavy"}:
        return HttpResponse(status=204)
    context = {
        "moment": asked[0].moment if asked else "",
        "question": QUESTIONS[asked[0].moment][0] if asked else "",
        "answers": list(enumerate(QUESTIONS[asked[0].moment][1], 1)) if asked else (),
        "space": spaces.of(member),
        "told": told,
        "follow_up": due,
    }
    return render(request, "reflection/_check_in_now.html", context)


def _heard(member: Member) -> str:
    """Let the question of how somebody goes on be gone until its next time; nothing is said of it."""
    follow_ups.asked(member, timezone.localdate())
    return ""


def _answered(request: HttpRequest, member: Member, asked: list[Asked]) -> str:
    """Keep an answer, or leave the moment out; return what is said of it: kept, heavy, or nothing."""
    if request.POST.get("do") == SKIP:
        _leave_out(request, asked)
        return ""
    moment, value = request.POST.get("moment", ""), request.POST.get("value", "")
    space = spaces.of(member)
    if space is None or moment not in QUESTIONS or value not in {"1", "2", "3", "4", "5"}:
        return ""
    try:
        check_ins.answer(space, moment, int(value), timezone.localdate())
    except SpaceShut:
        return ""
    _leave_out(request, (one for one in asked if one.moment == moment))
    return "heavy" if is_heavy(moment, int(value)) else "kept"


# One's own page -----------------------------------------------------------------------------------------------------


def curves(found: list[Reading]) -> list[dict[str, Any]]:
    """Return each curve with its name, its readings (the oldest first) and its ends; those of one value are tables."""
    oldest_first = found[::-1]
    shown = [*_question_curves(oldest_first), *_form_curves(oldest_first)]
    return [one for one in shown if one["rows"]]


def _question_curves(found: list[Reading]) -> Iterator[dict[str, Any]]:
    for moment, (question, words) in QUESTIONS.items():
        rows = [(one, one.day, one.value, one.words, False) for one in found if one.kind == moment]
        curve = drawn([row[1:3] for row in rows], check_ins.LOWEST, check_ins.HIGHEST)
        yield _shown(question, rows, curve, (words[0], words[-1]))


def _form_curves(found: list[Reading]) -> Iterator[dict[str, Any]]:
    for form in FORMS.values():
        scores = [(one, score) for one in found if one.kind == form.code for score in one.scores]
        for scale in form.scales:
            of_scale = [(one, score) for one, score in scores if score.scale is scale]
            rows = [(one, one.day, score.points, score.words, score.heavy) for one, score in of_scale]
            ends = (of_scale[0][1].least, of_scale[0][1].most) if of_scale else (0, 1)
            yield _shown(f"{form.name}: {scale.name}", rows, drawn([row[1:3] for row in rows], *ends), ends)


def _shown(name: Any, rows: list[Any], curve: Curve, ends: tuple[Any, Any]) -> dict[str, Any]:
    shown = {"name": name, "rows": rows, "curve": curve if len(rows) > 1 else None, "low": ends[0], "high": ends[1]}
    return shown | {"told": _told(name, rows)}


def _told(name: Any, rows: list[Any]) -> str:
    """Return a curve in one sentence, for whoever does not see it; the table beside it says each value."""
    if not rows:
        return ""
    (_one, began, least, at_first, _heavy), (_last, ended, most, at_last, _late) = rows[0], rows[-1]
    told = {"name": name, "began": f"{began:%d/%m/%Y}", "ended": f"{ended:%d/%m/%Y}", "n": len(rows)}
    told |= {"first": at_first or least, "last": at_last or most}
    return _("%(name)s Del %(began)s (%(first)s) al %(ended)s (%(last)s), %(n)s respuestas.") % told


def _help_offered(found: list[Reading]) -> bool:
    """Say whether the latest answer of any kind was heavy: then help and a pause are offered first."""
    latest = {one.kind: one for one in found[::-1]}.values()
    return any(
        is_heavy(one.kind, one.value) if one.kind in QUESTIONS else any(score.heavy for score in one.scores)
        for one in latest
    )


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def how_i_am(request: HttpRequest) -> HttpResponseBase:
    """Show a member how they have been, what may help, and what they can answer; take an answer, or delete.

    An answer is kept while the space is shut too: it is sealed without being opened.
    """
    if request.method == "POST" and unlocked.opened_in(request) is None:
        return _answered_while_shut(request, member_of(request))
    return _how_i_am(request)


def _answered_while_shut(request: HttpRequest, member: Member) -> HttpResponse:
    if _answered(request, member, _asked_now(request, member)):
        messages.success(request, KEPT_WHILE_SHUT)
    elif spaces.of(member) is not None:
        messages.warning(request, _("Tu espacio se había cerrado, y no se cambió nada. Ábrelo y hazlo otra vez."))
    return redirect("how_i_am")


@for_opened
def _how_i_am(request: HttpRequest, opened: Opened) -> HttpResponse:
    if request.method == "POST":
        return _changed(request, opened)
    found, today = check_ins.readings(opened), timezone.localdate()
    context = {
        "questions": [(moment, question, list(enumerate(words, 1))) for moment, (question, words) in QUESTIONS.items()],
        "forms": [form for form in FORMS.values() if form_wordings.wording_of(form.code)],
        "curves": curves(found),
        "heavy": _help_offered(found),
        "follow_up": moments.follow_up(check_ins.hard_days(found), today),
        "hard": [one for one in found if one.kind == check_ins.HARD],
        "space": opened.space,
    }
    return render(request, "reflection/how_i_am.html", context)


def _changed(request: HttpRequest, opened: Opened) -> HttpResponse:
    match request.POST.get("do", ""):
        case "delete":
            check_ins.delete(opened, _id(request.POST.get("id", "")))
            messages.success(request, _("Borrado."))
        case "delete_all":
            check_ins.delete_all(opened)
            messages.success(request, _("Se borraron todas tus respuestas."))
        case _:
            member = member_of(request)
            told = _answered(request, member, _asked_now(request, member))
            messages.success(request, _("Guardado, solo para ti.") if told else _("No entendimos la respuesta."))
    return redirect("how_i_am")


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


# Questionnaires -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def questionnaire(request: HttpRequest, form_code: str) -> HttpResponseBase:
    """Ask a questionnaire in its official wording, and keep what it came to; without a wording nothing is there.

    Answers are kept while the space is shut too: half an hour may pass over thirty of them.
    """
    space = spaces.of(member_of(request))
    if request.method == "POST" and space is not None:
        return _asked(request, space, form_code)
    return _questionnaire(request, form_code)


@for_opened
def _questionnaire(request: HttpRequest, opened: Opened, form_code: str) -> HttpResponse:
    return _asked(request, opened.space, form_code)


def _asked(request: HttpRequest, space: OwnSpace, form_code: str) -> HttpResponse:
    try:
        form = form_of(form_code)
    except UnknownForm:
        raise Http404 from None
    wording = form_wordings.wording_of(form.code)
    if wording is None:
        raise Http404
    given: dict[str, str] = {name: str(value) for name, value in request.POST.items()}
    missing: list[int] = []
    problem = ""
    if request.method == "POST":
        try:
            _keep(request, space, form, taken(form, given), form_wordings.key_of(wording))
        except Unanswered as error:
            missing, problem = error.missing, _missing_words(error.missing)
        except SpaceShut:
            problem = _("No se pudo guardar en tu espacio. Tus respuestas siguen marcadas: avisa a coordinación.")
        else:
            return redirect("how_i_am")
    answers = [(str(points), words) for points, words in zip(form.points, wording.answers, strict=True)]
    context = {
        "form": form,
        "wording": wording,
        "items": [(str(one), text, answers, given.get(str(one), "")) for one, text in enumerate(wording.items, 1)],
        "problem": problem,
        "missing": {str(number) for number in missing},
        "joins": space.joins_trend,
    }
    return render(request, "reflection/questionnaire.html", context, status=400 if problem else 200)


def _missing_words(missing: list[int]) -> str:
    told = {"n": len(missing), "first": missing[0]}
    return (
        ngettext(
            "Falta %(n)s respuesta, la número %(first)s. Lo demás sigue marcado.",
            "Faltan %(n)s respuestas, desde la número %(first)s. Lo demás sigue marcado.",
            len(missing),
        )
        % told
    )


def _keep(request: HttpRequest, space: OwnSpace, form: Form, points: list[int], key: Key) -> None:
    """Keep what a questionnaire came to, and say so. Raises SpaceShut."""
    today, found = timezone.localdate(), scores(form, points, key)
    check_ins.keep_scores(space, form, found, today)
    member = member_of(request)
    if space.joins_trend and not member.rehearsal:
        trends.join(member, form, found, today)
    shut = unlocked.opened_in(request) is None
    messages.success(request, KEPT_WHILE_SHUT if shut else _("Guardado, solo para ti. Lo ves abajo, con lo de antes."))
