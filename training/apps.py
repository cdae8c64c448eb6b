"""Tells Django about the app ``training``."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"
