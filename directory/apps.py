"""Tells Django about the app ``directory``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "directory"
    label = "directory"
    verbose_name = _("Directorio de ayuda")
    default_auto_field = "django.db.models.BigAutoField"
