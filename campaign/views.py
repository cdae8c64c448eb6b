"""The public pages: anybody reads them; they know nobody, and the front page stands even while the database is away."""

import uuid
from typing import Any

from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaign import content


def _danger_door_opens(request: HttpRequest) -> bool:
    """Say whether a form can be offered: its token is kept in a session, hence in the database."""
    if getattr(request, "database_away", False):  # known already: nobody waits here to find it out again
        return False
    try:
        connection.ensure_connection()
        return connection.is_usable()
    except Error:
        return False


def _context(request: HttpRequest, page: content.Page) -> dict[str, Any]:
    return {
        "page": page,
        "menu": content.menu(),
        "lines": content.help_lines(),
        "sentence": content.MANDATORY_SENTENCE,
        "form_id": str(uuid.uuid4()),
        "danger_door": page.door and _danger_door_opens(request),
    }


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """One button to talk, a quiet one for danger, the numbers that answer now."""
    return render(request, "campaign/front.html", _context(request, content.pages()[content.FRONT]))


@require_safe
def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One text of the campaign; 404 for an unknown one."""
    page = content.pages().get(slug)
    if page is None or slug == content.FRONT:
        raise Http404
    return render(request, "campaign/page.html", _context(request, page))
