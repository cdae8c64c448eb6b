"""Tells Django about the app ``roster``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RosterConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "roster"
    label = "roster"
    verbose_name = _("Equipo")
    default_auto_field = "django.db.models.BigAutoField"
