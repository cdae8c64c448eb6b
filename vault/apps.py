"""Tells Django about the app ``vault``."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
