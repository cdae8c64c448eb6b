"""Tells Django about the app ``reflection``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReflectionConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "reflection"
    label = "reflection"
    verbose_name = _("Reflexión")
    default_auto_field = "django.db.models.BigAutoField"
