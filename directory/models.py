"""Places where a caller finds help: lines, community mental-health centres and other services."""

import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

DIALABLE = RegexValidator(r"^\+?[0-9]{2,15}$", _("Solo dígitos, como se marcan en el teléfono."))


class Kind(models.TextChoices):
    """What sort of place it is."""

    LINE = "line", _("línea")
    CENTRE = "centre", _("centro de salud mental comunitaria")
    SERVICE = "service", _("servicio")


class Channel(models.TextChoices):
    """How one reaches it."""

    CALL = "call", _("llamada")
    MESSAGE = "message", _("mensaje")
    WEB = "web", _("página web")
    VISIT = "visit", _("en persona")


class Need(models.TextChoices):
    """What somebody may look for; a place serves several."""

    LISTEN = "listen", _("que alguien me escuche")
    TREATMENT = "treatment", _("atención de psicología o psiquiatría")
    VIOLENCE = "violence", _("violencia")
    CHILDREN = "children", _("niñas, niños y adolescentes")
    GRIEF = "grief", _("duelo")
    SUBSTANCES = "substances", _("alcohol o drogas")
    EMERGENCY = "emergency", _("una emergencia")


class Price(models.TextChoices):
    """What it costs, roughly; ``cost`` says it in words."""

    FREE = "free", _("gratis")
    INSURED = "insured", _("gratis con seguro (SIS u otro)")
    PAID = "paid", _("con costo")


def are_needs(given: str) -> None:
    """Refuse what is no list of codes of Need with spaces between."""
    if not set(given.split()) <= set(Need.values):
        raise ValidationError(_("Solo códigos de la lista, con espacios entre ellos."))


class PlaceQuerySet(models.QuerySet["Place"]):
    """Sets of places."""

    def shown_on(self, day: dt.date) -> Self:
        """Keep what a caller may be sent to: checked by a person, and the check not out of date on ``day``."""
        in_date = models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=day)
        return self.filter(in_date, checked_on__isnull=False)


class Place(models.Model):
    """One place; shown to callers only while somebody's check of it is in date."""

    code = models.CharField(_("código"), max_length=30, unique=True)
    kind = models.CharField(_("tipo"), max_length=10, choices=Kind.choices, default=Kind.LINE)
    name = models.CharField(_("nombre"), max_length=200)
    channel = models.CharField(_("canal"), max_length=10, choices=Channel.choices, default=Channel.CALL)
    number = models.CharField(_("número, como se dice"), max_length=60, blank=True)
    tel = models.CharField(_("dígitos que se marcan"), max_length=20, blank=True, validators=(DIALABLE,))
    say = models.CharField(_("qué hacer"), max_length=200, blank=True)
    cost = models.CharField(_("costo"), max_length=60, blank=True)
    price = models.CharField(_("gratis o con costo"), max_length=10, choices=Price.choices, blank=True)
    needs = models.CharField(_("a qué ayuda"), max_length=80, blank=True, validators=(are_needs,))
    hours = models.CharField(_("horario"), max_length=100, blank=True)
    languages = models.CharField(_("lenguas"), max_length=60, blank=True)
    for_whom = models.CharField(_("para qué"), max_length=200, blank=True)
    address = models.CharField(_("dirección"), max_length=200, blank=True)
    region = models.CharField(_("departamento"), max_length=40, blank=True)
    source = models.CharField(_("fuente"), max_length=200, blank=True)
    checked_by = models.CharField(_("revisado por"), max_length=100, blank=True)
    checked_on = models.DateField(_("revisado el"), null=True, blank=True)
    expires_on = models.DateField(_("vence el"), null=True, blank=True)
    national = models.BooleanField(_("siempre a la vista"), default=False)
    order = models.PositiveSmallIntegerField(_("orden"), default=100)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        """In the order in which people read them."""

        ordering = ("order", "name")
        verbose_name = _("lugar de ayuda")
        verbose_name_plural = _("lugares de ayuda")
        indexes = (models.Index(fields=("kind", "region"), name="directory_kind_region"),)

    def __str__(self) -> str:
        """Name it by its name."""
        return self.name
