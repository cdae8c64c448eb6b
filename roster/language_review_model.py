"""What is kept of a review of a language: who read which words of it, and when."""

from django.conf import settings
from django.db import models


class LanguageReview(models.Model):
    """Somebody who speaks a language has read all of its words; the last one that stands counts.

    ``marks`` are those of the sentences read (``hotline.catalogues``), space-separated, ``digest`` is of all of them.
    ``signed_by`` says who signed the consent text and the questions in this language, where it has its own.
    """

    language = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    marks = models.TextField()
    reviewer = models.CharField(max_length=120)
    reviewer_is = models.CharField(max_length=120)
    reviewed_on = models.DateField()
    signed_by = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        """The newest last."""

        ordering = ("recorded_at", "pk")

    def __str__(self) -> str:
        """Name it by its language and the day."""
        return f"{self.language} {self.reviewed_on}"
