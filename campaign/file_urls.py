"""Addresses of the campaign that programs read: pictures, calendar, feed, site map; the same in every language."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.decorators.http import require_safe

from campaign import feeds, views

urlpatterns = [
    path("campana/tarjeta.png", views.card, name="campaign_card"),
    path("campana/fechas.ics", views.calendar, name="campaign_calendar"),
    path("campana/novedades.atom", require_safe(feeds.News()), name="campaign_news"),
    path("campana/<slug:slug>/tarjeta.png", views.card, name="campaign_page_card"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": {"pages": feeds.Pages}}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
