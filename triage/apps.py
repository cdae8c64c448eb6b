"""Tells Django about the app ``triage``."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from triage import phrases


class TriageConfig(AppConfig):
    """The app's name and the kind of its ids."""

    name = "triage"
    label = "triage"
    verbose_name = _("Instrumentos")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the file of phrases in force; it is read and proven at the start of the line, or when first needed."""
        phrases.use(settings.PHRASES)
