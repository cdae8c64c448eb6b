"""The consent receipt the caller may keep: a page for one phone screen, a plain file, JSON (ISO/IEC TS 27560)."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat import journey_pages
from consent import receipts
from consent.models import ConsentReceipt
from triage.access import contact_of


def _receipt(request: HttpRequest) -> ConsentReceipt:
    contact = contact_of(request.session)
    if contact is None or contact.consent is None:
        raise Http404
    return contact.consent


@require_GET
def receipt(request: HttpRequest) -> HttpResponse:
    """The receipt as a page."""
    context = receipts.page_context(_receipt(request)) | journey_pages.of_session(request)
    return render(request, "consent/receipt.html", context)


def _file(content: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def receipt_text(request: HttpRequest) -> HttpResponse:
    """The receipt as a plain file, under a name that says nothing."""
    return _file(receipts.as_text(_receipt(request)), "text/plain", "constancia.txt")


@require_GET
def receipt_json(request: HttpRequest) -> HttpResponse:
    """The receipt as JSON."""
    content = json.dumps(receipts.as_json(_receipt(request)), ensure_ascii=False, indent=1)
    return _file(content, "application/json", "constancia.json")
