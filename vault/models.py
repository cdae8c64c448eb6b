"""One key for each contact and case (its share A), and the append-only trail of who did what."""

import uuid
from typing import Any, NoReturn

from django.db import models


class DataKey(models.Model):
    """Share A of a key, sealed under the master key; share B lies in the keystore under the same id."""

    class State(models.TextChoices):
        """A blocked key opens for nobody; a destroyed one erases."""

        ACTIVE = "active"
        BLOCKED = "blocked"
        DESTROYED = "destroyed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ACTIVE)
    sealed_share = models.BinaryField(null=True)
    commitment = models.BinaryField(max_length=32)
    created_on = models.DateField()

    class Meta:
        """The blocked, which still have to be destroyed, are found without reading all."""

        indexes = (models.Index(fields=("state",), condition=models.Q(state="blocked"), name="vault_datakey_blocked"),)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class AppendOnly(Exception):
    """A link of the trail is never changed and never deleted."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Sets of entries, which nobody changes, and which only ``trail.append`` adds to."""

    def bulk_create(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: a link needs the digest of the one before."""
        raise AppendOnly

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class Entry(models.Model):
    """One link of the trail: plain values, no foreign key, so that it outlives the account and the case."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    act = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    result = models.CharField(max_length=20)
    reason = models.CharField(max_length=40, blank=True)
    digest = models.BinaryField(max_length=32)

    objects = EntryQuerySet.as_manager()

    class Meta:
        """Found by what it is about."""

        indexes = (models.Index(fields=("subject_kind", "subject"), name="vault_entry_subject"),)
        ordering = ("seq",)

    def __str__(self) -> str:
        """Name it by its number."""
        return f"{self.seq} {self.act}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; never change."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, force_insert=True, **{name: value for name, value in kwargs.items() if name == "using"})

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class Head(models.Model):
    """The one row that says where the trail ends; whoever appends locks it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=bytes)

    def __str__(self) -> str:
        """Name it by its number."""
        return f"head at {self.seq}"


class Watch(models.Model):
    """How far the trail was seen: by the line itself (LINE), and by each witness outside.

    It says whose turn it is. What proves anything is what the witnesses keep.
    """

    LINE = "line"

    name = models.CharField(primary_key=True, max_length=300)
    seq = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=bytes)
    at = models.DateTimeField(null=True)
    first_bad = models.PositiveBigIntegerField(null=True)
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name it by who saw it, and how far."""
        return f"{self.name} to {self.seq}"
