"""Addresses of the campaign that programs read: pictures, calendar, feed, site map; the same in every language."""

from collections.abc import Callable, Sequence

from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from campaign import feeds, views


def addresses(languages_of: feeds.Languages, shown: Callable[[], Sequence[str]]) -> list[URLPattern]:
    """Return the addresses; ``languages_of`` tells in which languages a page is written, ``shown`` which are shown."""
    maps = {"pages": feeds.Pages(languages_of)}
    return [
        path("campana/tarjeta.png", views.card, name="campaign_card"),
        path("campana/fechas.ics", views.calendar, name="campaign_calendar"),
        path("campana/novedades.atom", require_safe(feeds.News()), name="campaign_news"),
        path("campana/<slug:slug>/tarjeta.png", views.card, name="campaign_page_card"),
        path("sitemap.xml", require_safe(sitemap), {"sitemaps": maps}, name="sitemap"),
        path("robots.txt", views.robots, {"shown": shown}, name="robots"),
    ]
