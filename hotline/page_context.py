"""What every page knows: where the quick exit leads, whether this is a demonstration, which stage is on."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from vault.actions import only_people_open


def page(_request: HttpRequest) -> dict[str, Any]:
    """Return the context of every template."""
    return {"exit_url": settings.EXIT_URL, "demo": settings.DEMO, "only_people_open": only_people_open()}
