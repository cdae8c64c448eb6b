"""Tells Django about the app ``cases``."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
