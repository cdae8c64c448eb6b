"""Addresses of the public pages."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.decorators.http import require_safe

from campaign import feeds, views

urlpatterns = [
    path("", views.front, name="front"),
    path("campana/", views.index, name="campaign_index"),
    path("campana/tarjeta.png", views.card, name="campaign_card"),
    path("campana/fechas.ics", views.calendar, name="campaign_calendar"),
    path("campana/novedades.atom", require_safe(feeds.News()), name="campaign_news"),
    path("campana/<slug:slug>/", views.campaign_page, name="campaign_page"),
    path("campana/<slug:slug>/tarjeta.png", views.card, name="campaign_page_card"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": {"pages": feeds.Pages}}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
