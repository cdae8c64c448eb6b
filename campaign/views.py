"""The public pages: anybody reads them; they know nobody, and the front page stands even while the database is away."""

import dataclasses
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaign import cards, content, dates, official_sentences, page_body, partners, safe_messaging
from campaign.content import Page
from campaign.public_addresses import whole

GROUP_NAMES = {"you": _("Para ti"), "others": _("Para acompañar a alguien"), "line": _("La línea y la campaña")}
#: What a search engine may read; nothing of the demonstration, which is for nobody who looks for help.
OPEN_TO_ROBOTS = ("/$", "/campana/", "/recursos/")


def _danger_door_opens(request: HttpRequest) -> bool:
    """Say whether a form can be offered: its token is kept in a session, hence in the database."""
    if getattr(request, "database_away", False):  # known already: nobody waits here to find it out again
        return False
    try:
        connection.ensure_connection()
        return connection.is_usable()
    except Error:
        return False


def _shown(language: str = "") -> dict[str, Page]:
    return content.shown(drafts=settings.DEMO, language=language or get_language() or content.LANGUAGE)


def _front() -> Page:
    return content.front(get_language() or content.LANGUAGE)


def card_of(page: Page) -> str:
    """Return the whole address of a page's share card.

    Networks keep a picture by its address, so a text that was changed has another one.
    """
    path = reverse("campaign_card") if page.slug == content.FRONT else reverse("campaign_page_card", args=[page.slug])
    tongue = "" if page.language == content.LANGUAGE else f"&idioma={page.language}"
    return whole(f"{path}?t={page.mark}{tongue}")


def _context(request: HttpRequest, page: Page) -> dict[str, Any]:
    shown = _shown()
    return {
        "page": dataclasses.replace(page, html=page_body.linked(page.html, shown)),
        "pages": shown,
        "lines": content.help_lines(),
        "sentence": safe_messaging.MANDATORY_SENTENCE,
        "official": official_sentences.in_language(get_language()),
        "form_id": str(uuid.uuid4()),
        "danger_door": page.door and _danger_door_opens(request),
        "address": whole(request.path),
        "card": card_of(page),
    }


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """One button to talk, a quiet one for danger, the numbers that answer now."""
    return render(request, "campaign/front.html", _context(request, _front()))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every text that people may read, by whom it is for."""
    groups = [
        (name, [page for page in _shown().values() if page.group == group]) for group, name in GROUP_NAMES.items()
    ]
    context = _context(request, _front())
    return render(request, "campaign/index.html", {**context, "groups": [group for group in groups if group[1]]})


@require_safe
def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One text of the campaign; 404 for an unknown one, and for one that may not be shown (content.shown)."""
    page = _shown().get(slug)
    if page is None:
        raise Http404
    others = [other for other in _shown().values() if other.group == page.group and other.slug != slug]
    extra = {
        "others": others,
        "group_name": GROUP_NAMES[page.group],
        "coming": dates.coming(timezone.localdate()) if "dates" in page.parts else [],
        "partners": partners.partners() if "partners" in page.parts else [],
        "front_card": card_of(_front()),
        "contact": settings.PRESS_CONTACT,
        "controller": settings.CONTROLLER["name"],
    }
    return render(request, "campaign/page.html", _context(request, page) | extra)


@require_safe
def card(request: HttpRequest, slug: str = content.FRONT) -> HttpResponse:
    """The picture that goes with a shared link: of the front page, or of one text that may be shown; ?idioma=en."""
    language = request.GET.get("idioma", content.LANGUAGE)
    if language not in content.languages():
        raise Http404
    page = content.front(language) if slug == content.FRONT else _shown(language).get(slug)
    if page is None:
        raise Http404
    return HttpResponse(cards.of_page(page), content_type="image/png")


@require_safe
def calendar(_request: HttpRequest) -> HttpResponse:
    """The dates of the campaign for a calendar program; 404 while the page that tells them may not be shown."""
    if not any("dates" in page.parts for page in _shown().values()):
        raise Http404
    return HttpResponse(dates.calendar(), content_type="text/calendar; charset=utf-8")


@require_safe
def robots(_request: HttpRequest, shown: Callable[[], Sequence[str]]) -> HttpResponse:
    """What search engines may read (RFC 9309), in Spanish and in each language that is shown on this line."""
    prefixes = [] if settings.DEMO else ["", *(f"/{language}" for language in shown())]
    allowed = [f"{prefix}{path}" for prefix in prefixes for path in OPEN_TO_ROBOTS]
    if allowed:
        allowed.append("/static/")
    lines = ["User-agent: *", *(f"Allow: {path}" for path in allowed), "Disallow: /"]
    if not settings.DEMO:
        lines += ["", f"Sitemap: {whole(reverse('sitemap'))}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
