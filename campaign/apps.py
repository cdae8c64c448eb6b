"""Tells Django about the app ``campaign``."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "campaign"
    label = "campaign"
    default_auto_field = "django.db.models.BigAutoField"
