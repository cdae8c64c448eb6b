"""Alarms with the ways out by which they reach a person, and the figures of a month that the public may see."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roster.models import Member
from triage.models import Contact, Urgency


class AlarmKind(models.TextChoices):
    """What an alarm says; ``oversight.alarm_rules`` has when each begins and ends."""

    EMERGENCY = "emergency", _("una emergencia espera")
    SECOND = "second", _("una emergencia sigue esperando")
    SOON = "soon", _("se acerca un plazo")
    LATE = "late", _("pasó un plazo")
    LOST = "lost", _("se cortó la conexión con quien acompañaba")
    RESCUE = "rescue", _("se pide un rescate")
    NOBODY_READY = "nobody_ready", _("nadie está listo")


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Sets of alarms."""

    def open(self) -> "AlarmQuerySet":
        """Return those whose reason still held when the line last looked."""
        return self.filter(resolved_at=None)


class Alarm(models.Model):
    """One alarm, about a contact or (without one) about the whole line; it ends when its reason does.

    Of each contact and kind one at most is open, whichever nodes raise it at once. ``level`` is the urgency as it was
    then. ``mailed_at`` and ``hooked_at`` say when it went out by mail and by the web hook.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=AlarmKind.choices)
    level = models.CharField(max_length=1, choices=Urgency.choices, blank=True)
    rehearsal = models.BooleanField(default=False)
    at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    hooked_at = models.DateTimeField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        """One open alarm for each contact and kind, and for each kind that is about the whole line."""

        constraints = (
            models.UniqueConstraint(
                fields=("contact", "kind"), condition=Q(resolved_at__isnull=True), name="oversight_alarm_once"
            ),
            models.UniqueConstraint(
                fields=("kind", "rehearsal"),
                condition=Q(resolved_at__isnull=True, contact__isnull=True),
                name="oversight_alarm_of_the_line_once",
            ),
        )
        ordering = ("at", "pk")

    def __str__(self) -> str:
        """Name it by its kind and number."""
        return f"{self.kind} {self.pk}"

    @property
    def subject(self) -> uuid.UUID | str:
        """What it is about: a contact's id, or «line»."""
        return self.contact_id or "line"


class Outlet(models.Model):
    """One way by which alarms leave the line: when it was last tried, when something last got out, and since when not.

    The row decides which node tries, and keeps the pause between two tries, whatever starts anew meanwhile.
    """

    class Name(models.TextChoices):
        """Mail to whoever is on duty, mail to a second person, a web hook."""

        MAIL = "mail"
        SECOND = "second"
        HOOK = "hook"

    name = models.CharField(max_length=6, choices=Name.choices, primary_key=True)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class HoldReason(models.TextChoices):
    """Why the figures of a month are held back."""

    ODD = "odd_figures", _("algo no cuadra: hay que mirarlo")
    LATER = "later", _("conviene esperar")


class MonthFigures(models.Model):
    """What may be told of one month, by which rules and since when: made once, never computed again, never changed.

    ``tables`` is table → row → a number, or None where it is not told. Only the state moves, until it is published.
    ``invented`` are those of the demonstration, which no real line shows.
    """

    class State(models.TextChoices):
        """Made by the line, held back by somebody, published for good."""

        MADE = "made", _("espera una decisión")
        HELD = "held", _("detenido")
        PUBLISHED = "published", _("publicado")

    month = models.DateField()  # its first day
    invented = models.BooleanField(default=False)
    rules = models.CharField(max_length=10)
    made_on = models.DateField()
    tables = models.JSONField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.MADE)
    held_for = models.CharField(max_length=11, choices=HoldReason.choices, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_on = models.DateField(null=True)

    class Meta:
        """One for each month, the newest first."""

        constraints = (models.UniqueConstraint(fields=("month", "invented"), name="oversight_month_figures_once"),)
        ordering = ("-month",)

    def __str__(self) -> str:
        """Name it by its month."""
        return f"{self.month:%Y-%m}"
