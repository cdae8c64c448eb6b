"""Tells Django about the app ``triage``."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "triage"
    label = "triage"
    default_auto_field = "django.db.models.BigAutoField"
