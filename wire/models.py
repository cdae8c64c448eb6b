"""Leases: rows that expire, for duties that one node at a time does."""

from django.db import models
from django.utils import timezone


class Lease(models.Model):
    """Who holds a duty and until when, and since when it has been done without a break."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=40)
    until = models.DateTimeField()
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        """Name it by its duty."""
        return self.name
