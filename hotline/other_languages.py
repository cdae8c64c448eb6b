"""In which languages a public page can be read, for search engines: those shown on this line that it is written in."""

import dataclasses

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, translate_url
from django.utils import translation

from campaign import content
from campaign.public_addresses import whole
from hotline.catalogues import catalogue
from hotline.page_language import tag_of
from hotline.shown_languages import shown
from wire.language_paths import without_language


@dataclasses.dataclass(frozen=True, slots=True)
class Alternate:
    """One language of a page: its tag, or x-default, and the page's whole address in it."""

    tag: str
    address: str


def written_in(path: str) -> list[str]:
    """Return the codes of the languages in which a page is written, Spanish first; ``path`` is its Spanish address.

    A page in a language that has few of its words is a Spanish page, and so is one whose text nobody has translated.
    Raises Resolver404.
    """
    with translation.override(settings.LANGUAGE_CODE):
        match = resolve(path)
        if translate_url(path, "en") == path:
            return [settings.LANGUAGE_CODE]
    others = [code for code in shown() if catalogue(code).is_most]
    if match.url_name == "front":
        others = [code for code in others if content.front(code).language == code]
    elif match.url_name == "campaign_page":
        slug = match.kwargs["slug"]
        texts = {code: content.shown(drafts=settings.DEMO, language=code).get(slug) for code in others}
        others = [code for code, text in texts.items() if text is not None and text.language == code]
    return [settings.LANGUAGE_CODE, *others]


def alternates(request: HttpRequest) -> list[Alternate]:
    """Return this page in each of its languages, Spanish also for whoever reads none of them; none if it has one."""
    path = without_language(request.path)
    codes = written_in(path)
    if len(codes) == 1:
        return []
    found = [Alternate(tag_of(code), whole(_prefixed(path, code))) for code in codes]
    return [*found, Alternate("x-default", whole(path))]


def _prefixed(path: str, code: str) -> str:
    return path if code == settings.LANGUAGE_CODE else f"/{code}{path}"
