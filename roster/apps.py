"""Tells Django about the app ``roster``."""

from django.apps import AppConfig


class RosterConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "roster"
    label = "roster"
    default_auto_field = "django.db.models.BigAutoField"
