"""Tells Django about the app ``wire``."""

from django.apps import AppConfig


class WireConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "wire"
    label = "wire"
    default_auto_field = "django.db.models.BigAutoField"
