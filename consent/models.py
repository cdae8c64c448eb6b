"""The proof of what a caller agreed to: the receipt, and each decision with its time (append-only)."""

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.errors import AppendOnly


class AgeBand(models.TextChoices):
    """Bands, never a date of birth (domain: a minor is not turned away)."""

    UNDER_14 = "under_14", _("Menos de 14")
    FROM_14 = "14_17", _("De 14 a 17")
    FROM_18 = "18_29", _("De 18 a 29")
    FROM_30 = "30_59", _("De 30 a 59")
    FROM_60 = "60_plus", _("60 o más")
    UNSAID = "unsaid", _("Prefiero no decirlo")


class ReceiptState(models.TextChoices):
    """Whether the consent stands."""

    GIVEN = "given", _("vigente")
    WITHDRAWN = "withdrawn", _("retirado")


class ConsentReceipt(models.Model):
    """Which text was shown (its digest), in which language, when, and by which action it was agreed to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    principal = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    age_band = models.CharField(max_length=10, choices=AgeBand.choices, default=AgeBand.UNSAID)
    given_at = models.DateTimeField()
    action = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=ReceiptState.choices, default=ReceiptState.GIVEN)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class DecisionQuerySet(models.QuerySet["ConsentDecision"]):
    """Sets of decisions, which nobody changes."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class ConsentDecision(models.Model):
    """One yes, no or withdrawal for one purpose."""

    class Decision(models.TextChoices):
        """What was decided."""

        GIVEN = "given", _("sí")
        DENIED = "denied", _("no")
        WITHDRAWN = "withdrawn", _("retirado")

    receipt = models.ForeignKey(ConsentReceipt, on_delete=models.PROTECT, related_name="decisions")
    purpose = models.CharField(max_length=20)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        """In the order in which they were made."""

        ordering = ("pk",)

    def __str__(self) -> str:
        """Name it by its receipt and purpose."""
        return f"{self.receipt_id} {self.purpose}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; never change."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly
