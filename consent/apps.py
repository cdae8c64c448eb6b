"""Tells Django about the app ``consent``."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "consent"
    label = "consent"
    default_auto_field = "django.db.models.BigAutoField"
