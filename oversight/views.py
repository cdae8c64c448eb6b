"""The supervisor's pages: the live board and the trail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oversight.audit import newest
from oversight.board import board
from roster.permissions import requires
from vault import actions as vault


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
    """The trail, newest first; reading it is itself an entry."""
    lines = newest()
    vault.record(actor=str(request.user.pk), act="trail.read", subject_kind="trail", subject="newest")
    return render(request, "oversight/trail.html", {"lines": lines})
