"""Gives each page its language: that of its address (`/en/…`, `/quy/…`), Spanish where it has none.

Nothing else is asked: no cookie, no header of the browser, no session. So a link says what it leads to, whoever opens
it, nothing about a language is kept by a browser, and a cache needs no ``Vary``.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import escape_leading_slashes

from hotline.shown_languages import shown
from wire.language_paths import SPANISH, without_language

SAFE = frozenset({"GET", "HEAD"})
EXIT = "/hablar/salir/"


class PageLanguage:
    """Activates the language; a page in one that is not shown (any more) leads to the Spanish one.

    Forms of such a page, and its way out, still do what they say: nobody loses words because a language was taken back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the address."""
        language = translation.get_language_from_path(request.path) or settings.LANGUAGE_CODE
        if language != settings.LANGUAGE_CODE and _only_looks(request) and language not in shown():
            return redirect(escape_leading_slashes(without_language(request.get_full_path())))
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", tag_of(language))
            return response


def _only_looks(request: HttpRequest) -> bool:
    return request.method in SAFE and without_language(request.path) != EXIT


def tag_of(language: str) -> str:
    """Return a language's tag for HTML and HTTP (BCP 47)."""
    return SPANISH if language == settings.LANGUAGE_CODE else language
