"""Addresses of the public pages, in each language."""

from django.urls import path

from campaign import views

urlpatterns = [
    path("", views.front, name="front"),
    path("campana/", views.index, name="campaign_index"),
    path("campana/<slug:slug>/", views.campaign_page, name="campaign_page"),
]
