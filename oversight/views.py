"""The supervisor's pages: the live board and the trail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oversight.audit import entries_before, length
from oversight.board import board
from roster.permissions import requires
from vault import actions as vault
from vault.trail import verify


@require_GET
@requires("board.see")
def live_board(request: HttpRequest) -> HttpResponse:
    """The live board; its moving part is fetched again by the page."""
    return render(request, "oversight/board.html", {"board": board()})


@require_GET
@requires("board.see")
def board_fragment(request: HttpRequest) -> HttpResponse:
    """The moving part of the board alone."""
    return render(request, "oversight/_board.html", {"board": board()})


@require_GET
@requires("trail.read")
def trail(request: HttpRequest) -> HttpResponse:
    """The trail, newest first; reading it is itself an entry. ``?revisar`` also checks the whole chain."""
    before = request.GET.get("antes", "")
    lines = entries_before(int(before) if before.isdecimal() and len(before) < 16 else None)
    verdict = verify() if "revisar" in request.GET else None
    vault.record(actor=str(request.user.pk), act="trail.read", subject_kind="trail", subject=before or "newest")
    context = {"lines": lines, "verdict": verdict, "length": length(), "older": lines and lines[-1].seq > 1}
    return render(request, "oversight/trail.html", context)
