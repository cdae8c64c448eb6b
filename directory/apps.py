"""Tells Django about the app ``directory``."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
