"""The official wordings of instruments, which know nothing of contacts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roster.official_wordings import OfficialWording


class InstrumentWording(OfficialWording):
    """The official wording of an instrument."""

    class Meta:
        """One row for each version."""

        verbose_name = _("texto oficial")
        verbose_name_plural = _("textos oficiales de instrumentos")
        constraints = (models.UniqueConstraint(fields=("code", "language", "version"), name="triage_wording_once"),)
