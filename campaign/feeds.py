"""The campaign's news as an Atom feed (RFC 4287) and its pages as a site map (sitemaps.org)."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
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


class Pages(Sitemap):  # type: ignore[type-arg]
    """The addresses that a search engine may know: front page, index, figures, places of help, the campaign's pages."""

    def items(self) -> list[tuple[str, datetime.date | None]]:
        """Return paths, each with the day on which its text changed if it is a text."""
        fixed = [reverse(name) for name in ("front", "campaign_index", "figures", "figures_dictionary", "places")]
        texts = [(reverse("campaign_page", args=[page.slug]), page.date) for page in _shown()]
        return [*((path, None) for path in fixed), *texts]

    def location(self, item: tuple[str, datetime.date | None]) -> str:
        """Return the path."""
        return item[0]

    def lastmod(self, item: tuple[str, datetime.date | None]) -> datetime.date | None:
        """Return the day of the last change."""
        return item[1]

    def get_domain(self, site: object = None) -> str:  # noqa: ARG002  Django's signature
        """Return the host of the first of HOTLINE_ORIGINS."""
        return urlsplit(settings.ORIGINS[0]).netloc

    def get_protocol(self, protocol: str | None = None) -> str:  # noqa: ARG002
        """Return its scheme."""
        return urlsplit(settings.ORIGINS[0]).scheme
