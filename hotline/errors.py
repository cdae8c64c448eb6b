"""The pages for what went wrong: each leads on, and none says what a caller wrote, except back to that caller."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from chat.views import gone
from directory.search import lines_now
from wire.language_paths import without_language


def _page(request: HttpRequest, status: int, **extra: Any) -> HttpResponse:
    return render(request, f"{status}.html", {"lines": lines_now()} | extra, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    del exception
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    del exception
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose page is too old; a caller's words come back, so that they are not lost."""
    del reason
    return _page(request, 403, stale=True, text=request.POST.get("text", ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    del exception
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; but who must go goes, whatever is broken here."""
    if without_language(request.path) == without_language(reverse("leave_now")):
        return gone()
    return _page(request, 500)
