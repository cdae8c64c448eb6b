"""Alarms: that somebody waits too long, or has nobody; and the ways out by which they reach a person."""

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
