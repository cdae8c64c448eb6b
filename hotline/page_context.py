"""What every page knows: where the quick exit leads, whether this is a demonstration, its language, the stage."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hotline import language_switch, other_languages
from roster import applications
from vault.actions import only_people_open


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every template; what only callers' pages show is found when they ask for it."""
    return {
        "exit_url": settings.EXIT_URL,
        "demo": settings.DEMO,
        "only_people_open": only_people_open(),
        "page_language": language_switch.page_language(),
        "language_word": language_switch.word,
        "languages": lambda: language_switch.switch(request),
        "applications_unanswered": applications.unanswered,
        "alternates": lambda: other_languages.alternates(request),
    }
