"""What was said: sealed, numbered within its contact, said once per client id."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from triage.models import Contact
from vault.fields import SealedField


class Speaker(models.TextChoices):
    """Who said a message, in the words of the protocol."""

    CALLER = "caller", _("quien llama")
    VOLUNTEER = "volunteer", _("voluntario")
    SUPERVISOR = "supervisor", _("supervisión")
    LINE = "line", _("la línea")


class Message(models.Model):
    """One message of a contact. The line's own words are a template key, so that the sweeper needs no key."""

    # No index of its own: that of (contact, seq) begins with it.
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="messages", db_index=False)
    seq = models.PositiveIntegerField()
    client_id = models.UUIDField(default=uuid.uuid4)
    by = models.CharField(max_length=10, choices=Speaker.choices)
    member = models.UUIDField(null=True)
    name = models.CharField(max_length=60, blank=True)
    text = SealedField(null=True)
    line_key = models.CharField(max_length=40, blank=True)
    line_params = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        """Numbers run 1, 2, 3 … without gaps; a client id is said once; no list is in another order."""

        constraints = (
            models.UniqueConstraint(fields=("contact", "seq"), name="chat_message_seq_once"),
            models.UniqueConstraint(fields=("contact", "client_id"), name="chat_message_said_once"),
        )
        ordering = ("contact", "seq")

    def __str__(self) -> str:
        """Name it by its place alone: a message's text is shown nowhere by accident."""
        return f"{self.contact_id}#{self.seq}"


class WayBack(models.Model):
    """Where a return code leads: the code itself stands nowhere, only by what it is found."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="+")
    found_by = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"way back to {self.contact_id}"


class Draft(models.Model):
    """What a member has begun to write to a contact and not sent; sealed, one per member and contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="drafts")
    member = models.UUIDField()
    text = SealedField()
    saved_at = models.DateTimeField()

    class Meta:
        """One draft for each pair."""

        constraints = (models.UniqueConstraint(fields=("contact", "member"), name="chat_draft_once"),)

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"draft {self.contact_id}"


class SafetyPlan(models.Model):
    """What was agreed in a contact and its plan to stay safe, as it stands now; sealed, its caller reads and writes it.

    Like what was said it opens for the caller, who leads the contact and supervision, and is gone with its key.
    """

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    body = SealedField()
    by = models.CharField(max_length=10, choices=Speaker.choices)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"plan of {self.contact_id} v{self.revision}"


class PlanDraft(models.Model):
    """What somebody has begun to write into a safety plan and not saved; sealed, one per contact and writer.

    ``member`` is the volunteer who writes; empty where the caller does. It is shown to its writer alone.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    member = models.UUIDField(null=True)
    body = SealedField()
    saved_at = models.DateTimeField()

    class Meta:
        """One draft for each pair."""

        constraints = (
            models.UniqueConstraint(fields=("contact", "member"), name="chat_plandraft_once"),
            models.UniqueConstraint(
                fields=("contact",), condition=models.Q(member=None), name="chat_plandraft_of_the_caller_once"
            ),
        )

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"draft of the plan of {self.contact_id}"
