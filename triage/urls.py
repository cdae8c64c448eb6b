"""Addresses of the button for partners' pages; they are written into others' pages and never change."""

from django.urls import path

from triage import button_views

urlpatterns = [
    path("", button_views.explained, name="button"),
    path("boton.js", button_views.script, name="button_script"),
    path("boton.svg", button_views.picture, name="button_picture"),
    path("estado.json", button_views.state, name="button_state"),
]
