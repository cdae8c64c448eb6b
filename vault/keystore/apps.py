"""Tells Django about the app ``vault/keystore``."""

from django.apps import AppConfig


class KeystoreConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "vault.keystore"
    label = "keystore"
    default_auto_field = "django.db.models.BigAutoField"
