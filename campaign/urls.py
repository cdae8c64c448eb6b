"""Addresses of the public pages."""

from django.urls import path

from campaign import views

urlpatterns = [
    path("", views.front, name="front"),
    path("campana/<slug:slug>/", views.campaign_page, name="campaign_page"),
]
