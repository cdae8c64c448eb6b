"""What every page knows: where the quick exit leads, whether this is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(_request: HttpRequest) -> dict[str, Any]:
    """Return the context of every template."""
    return {"exit_url": settings.EXIT_URL, "demo": settings.DEMO}
