"""Judges any text that will be published: a page by its head and its words, a post or a note by its words."""

from campaign import content, page_file, safe_messaging
from campaign.content import Page
from campaign.page_file import ContentProblem
from campaign.safe_messaging import Fault

PAGE = "Esta página"  # how one is called that has no file yet


def judged(text: str, *, name: str = "", language: str = content.LANGUAGE) -> tuple[Page | None, list[Fault]]:
    """Return the page that a text is, if it is one, and what is wrong with it.

    A page is known by the line of its head, or by a ``name`` that ends in .md. ``language`` is a tag.
    """
    words = text.replace("\r\n", "\n")
    if not name.endswith(".md") and not words.startswith(page_file.FENCE):
        return None, safe_messaging.faults(words, language=language)
    try:
        page = content.of_text(name or PAGE, words, language)
    except ContentProblem as problem:
        return None, [Fault(problem.line, "unreadable", str(problem), "")]
    return page, list(page.faults)
