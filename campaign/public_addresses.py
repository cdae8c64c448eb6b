"""Whole addresses of the public pages, for what leaves the site: share cards, the feed, the site map."""

from django.conf import settings


def whole(path: str) -> str:
    """Return a path of ours with the first of HOTLINE_ORIGINS before it, whatever host was asked."""
    return f"{settings.ORIGINS[0]}{path}"
