"""Which language an address is in: `/en/hablar/` is `/hablar/` in English; an address without a prefix is Spanish."""

from collections.abc import Iterable

from django.utils.translation import get_language_from_path

SPANISH = "es-PE"


def without_language(path: str) -> str:
    """Return an address without the prefix of a language that this line has words of."""
    return path[len(language) + 1 :] if (language := get_language_from_path(path)) else path


def among(known: Iterable[str], page_language: str) -> str:
    """Return which of these languages of content (tags) is for whoever reads pages in this one (Django's code).

    Where there is nothing in it, Spanish: what nobody has written and signed is not made up.
    """
    return next((tag for tag in known if tag.lower() == page_language), SPANISH)
