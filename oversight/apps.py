"""Tells Django about the app ``oversight``."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"
