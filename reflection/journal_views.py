"""The pages of the journal: write, read, change, delete for good."""

import contextlib
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reflection import journal, prompts, spaces, unlocked
from reflection.doors import for_opened, member_of
from reflection.own_errors import NothingWritten, SpaceShut, TooLong
from reflection.spaces import Opened
from roster.permissions import requires


def _too_long(error: TooLong) -> str:
    return _("Es muy largo para una página: caben %(most)s letras. Pártelo en dos.") % {"most": error.most}


def _list(request: HttpRequest, opened: Opened, status: int = 200, **shown: Any) -> HttpResponse:
    text, of_draft = journal.draft(opened)
    idea = request.GET.get("idea", "")
    context = {
        "pages": journal.pages(opened),
        "text": text,
        "prompt": prompts.prompt(idea) if idea else of_draft,
        "next_idea": int(idea) + 1 if idea.isdecimal() and len(idea) < 9 else timezone.localdate().toordinal() % 97,
        "most": journal.PAGE_LIMIT,
    }
    return render(request, "reflection/journal.html", context | shown, status=status)


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def journal_pages(request: HttpRequest) -> HttpResponseBase:
    """Show the pages and the one that is being written, or keep it; words for a space that is shut become its draft."""
    space = spaces.of(member_of(request))
    if request.method == "POST" and space is not None and unlocked.opened_in(request) is None:
        with contextlib.suppress(TooLong, SpaceShut):
            journal.keep_draft(space, request.POST.get("text", ""), _prompt(request))
            told = _("Tu espacio se había cerrado. Lo que escribiste quedó guardado como borrador: ábrelo y sigue.")
            messages.success(request, told)
    return _journal_pages(request)


@for_opened
def _journal_pages(request: HttpRequest, opened: Opened) -> HttpResponse:
    if request.method == "GET":
        return _list(request, opened)
    text, prompt = request.POST.get("text", ""), _prompt(request)
    try:
        journal.write(opened, text, day=timezone.localdate(), prompt=prompt)
    except NothingWritten:
        return _list(request, opened, 400, problem=_("Todavía no hay nada escrito."), prompt=prompt)
    except TooLong as error:
        return _list(request, opened, 400, problem=_too_long(error), text=text, prompt=prompt)
    messages.success(request, _("Tu página quedó guardada. Solo tú la abres."))
    return redirect("journal")


def _prompt(request: HttpRequest) -> str:
    """Return the question that a form names, if it is one of ours."""
    given = request.POST.get("prompt", "")
    return given if given in prompts.prompts() else ""


@require_POST
@requires("reflection.enter")
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is being written, sealed as a page is; also while the space is shut, as nothing is read for it."""
    space = spaces.of(member_of(request))
    if space is None:
        raise Http404
    unlocked.opened_in(request)  # whoever writes is there: it stays open
    try:
        journal.keep_draft(space, request.POST.get("text", ""), _prompt(request))
    except TooLong as error:
        return JsonResponse({"saved": False, "problem": _too_long(error)}, status=400)
    return JsonResponse({"saved": True})


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def journal_page(request: HttpRequest, page_id: uuid.UUID) -> HttpResponseBase:
    """Show one page, change it, or delete it for good; words for a space that is shut come back on the page."""
    if "text" in request.POST and unlocked.opened_in(request) is None:
        problem = _("Tu espacio se cerró. Ábrelo en otra pestaña, y aquí guarda otra vez: tus palabras siguen abajo.")
        context = {"text": request.POST["text"], "most": journal.PAGE_LIMIT, "problem": problem, "shut": True}
        return render(request, "reflection/journal_page.html", context, status=403)
    return _journal_page(request, page_id)


@for_opened
def _journal_page(request: HttpRequest, opened: Opened, page_id: uuid.UUID) -> HttpResponse:
    page = journal.page_of(opened, page_id)
    if page is None:
        raise Http404
    if request.POST.get("do") == "delete":
        journal.delete(opened, page_id)
        messages.success(request, _("Esa página se borró para siempre."))
        return redirect("journal")
    problem = _amended(request, opened, page) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        messages.success(request, _("Guardado. La versión de antes ya no existe."))
        return redirect("journal_page", page_id)
    text = request.POST.get("text", page.text)
    context = {"page": page, "most": journal.PAGE_LIMIT, "text": text, "problem": problem}
    return render(request, "reflection/journal_page.html", context, status=400 if problem else 200)


def _amended(request: HttpRequest, opened: Opened, page: journal.Page) -> str:
    """Change a page; return what keeps it from being changed, or nothing."""
    try:
        journal.amend(opened, page, request.POST.get("text", ""))
    except NothingWritten:
        return _("No queda nada escrito. Si quieres, borra la página.")
    except TooLong as error:
        return _too_long(error)
    return ""
