"""Asks axe what breaks the rules on a page as it stands."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What goes beyond the standard: our own pages keep it too.
BEST = "best-practice"
#: Only what is wrong crosses over to the test: all that axe found in order took longer than finding it.
RUN = "asked => axe.run(asked).then(found => found.violations)"


def broken(page: Page, *more: str) -> list[dict[str, Any]]:
    """Return what axe finds against TAGS and any ``more`` tags, each with its ``id`` and its ``nodes``."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(RUN, {"runOnly": [*TAGS, *more], "resultTypes": ["violations"]})
    return found
