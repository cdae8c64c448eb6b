"""Tells Django about the app ``chat``."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "chat"
    label = "chat"
    default_auto_field = "django.db.models.BigAutoField"
