"""Share B of every key, sealed under the key of an erasure epoch; a database of its own, backed up for 35 days."""

import uuid

from django.db import models


class EpochKey(models.Model):
    """The key of one day, sealed under the master key; destroying it closes every backup of that day."""

    day = models.DateField(primary_key=True)
    sealed_key = models.BinaryField()

    def __str__(self) -> str:
        """Name it by its day."""
        return self.day.isoformat()


class KeyShare(models.Model):
    """Share B of one key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    epoch = models.ForeignKey(EpochKey, on_delete=models.PROTECT, related_name="shares")
    sealed_share = models.BinaryField()

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)
