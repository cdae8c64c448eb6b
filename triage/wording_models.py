"""The official wordings of instruments, which know nothing of contacts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roster.models import Member


class InstrumentWording(models.Model):
    """The official wording of an instrument, as the coordination loaded it from a file; never ours, never edited."""

    code = models.CharField(_("instrumento"), max_length=10)
    language = models.CharField(_("idioma"), max_length=10)
    version = models.CharField(_("versión"), max_length=40)
    source = models.CharField(_("de dónde se tomó"), max_length=200)
    licence = models.CharField(_("licencia"), max_length=200)
    items = models.JSONField(_("preguntas"))
    answers = models.JSONField(default=list)  # the official words of the points, where the form has them
    digest = models.CharField("SHA-256", max_length=64)
    loaded_at = models.DateTimeField(_("se cargó el"))
    loaded_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("lo cargó")
    )  # None: the operator, by the command

    class Meta:
        """One row for each version."""

        verbose_name = _("texto oficial")
        verbose_name_plural = _("textos oficiales de instrumentos")
        constraints = (models.UniqueConstraint(fields=("code", "language", "version"), name="triage_wording_once"),)

    def __str__(self) -> str:
        """Name it by its form, language and version."""
        return f"{self.code} {self.language} {self.version}"
