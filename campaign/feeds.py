"""The campaign's news as an Atom feed (RFC 4287) and its pages as a site map (sitemaps.org)."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from campaign import content
from campaign.content import Page
from campaign.public_addresses import whole


def _shown() -> list[Page]:
    return list(content.shown(drafts=settings.DEMO).values())


class News(Feed):  # type: ignore[type-arg]  # generic for the checker alone
    """The pages that people may read, the newest first."""

    feed_type = Atom1Feed
    title = _("Por mí, Por ti, Por el Perú")
    subtitle = _("Lo nuevo de la campaña")

    def link(self) -> str:
        """Return where the pages are listed."""
        return whole(reverse("campaign_index"))

    def feed_url(self) -> str:
        """Return the feed's own address."""
        return whole(reverse("campaign_news"))

    def items(self) -> list[Page]:
        """Return the pages."""
        return sorted(_shown(), key=lambda page: page.date, reverse=True)

    def item_title(self, item: Page) -> str:
        """Return a page's title."""
        return item.title

    def item_description(self, item: Page) -> str:
        """Return the summary as HTML, with the sentence of the law where the page is on suicide."""
        return escape(f"{item.summary} {item.sentence}".strip())

    def item_link(self, item: Page) -> str:
        """Return a page's whole address."""
        return whole(reverse("campaign_page", args=[item.slug]))

    def item_updateddate(self, item: Page) -> datetime.datetime:
        """Return the beginning of the day on which the text was written or changed."""
        return timezone.make_aware(datetime.datetime.combine(item.date, datetime.time()))


Languages = Callable[[str], Sequence[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """One page of the site map: the name and the arguments of its address, the day of its text if it is one."""

    name: str
    slug: str = ""
    changed: datetime.date | None = None

    @property
    def path(self) -> str:
        """Its address in the language of the moment."""
        return reverse(self.name, args=[self.slug] if self.slug else [])


class Pages(Sitemap):  # type: ignore[type-arg]
    """The addresses that a search engine may know, each in the languages it is written in (``languages_of`` a path)."""

    i18n = alternates = x_default = True

    def __init__(self, languages_of: Languages) -> None:
        self.languages_of = languages_of

    def items(self) -> list[Listed]:
        """Return front page, index, figures, places of help, and the campaign's pages."""
        fixed = [Listed(name) for name in ("front", "campaign_index", "figures", "figures_dictionary", "places")]
        return [*fixed, *(Listed("campaign_page", page.slug, page.date) for page in _shown())]

    def get_languages_for_item(self, item: Listed) -> list[str]:
        """Return the codes of the languages in which a page is written, Spanish among them."""
        with translation.override(settings.LANGUAGE_CODE):
            return list(self.languages_of(item.path))

    def location(self, item: Listed) -> str:
        """Return the path in the language of the moment."""
        return item.path

    def lastmod(self, item: Listed) -> datetime.date | None:
        """Return the day of the last change."""
        return item.changed

    def get_domain(self, site: object = None) -> str:  # noqa: ARG002  Django's signature
        """Return the host of the first of HOTLINE_ORIGINS."""
        return urlsplit(settings.ORIGINS[0]).netloc

    def get_protocol(self, protocol: str | None = None) -> str:  # noqa: ARG002
        """Return its scheme."""
        return urlsplit(settings.ORIGINS[0]).scheme
