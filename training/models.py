"""A practice: one scripted caller played to one trainee, where its script stands, and what people said of it."""

import datetime
import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roster.models import Member
from triage.models import Contact
from vault.fields import SealedField
from wire import clock

ROLE_PLAYS = 3  # passed ones that are asked for until the coordination says otherwise (a number for the trainers)


KEPT = datetime.timedelta(days=30)  # for which words stay after the end, as long as those of a real conversation
LATE = datetime.timedelta(days=14)  # after which it is said that an answer is still missing


class PracticeState(models.TextChoices):
    """Whether it is being played, is over and may be answered, came to nothing, or was answered by nobody in time."""

    RUNNING = "running", _("en curso")
    OVER = "over", _("terminada")
    NOTHING = "nothing", _("no se completó")
    MISSED = "missed", _("nadie alcanzó a responder")


class Practice(models.Model):
    """One practice. Its contact, and with it every word, is deleted after a while; that it was passed remains."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="practices")
    contact = models.OneToOneField(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    scenario = models.CharField(max_length=30)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=7, choices=PracticeState.choices, default=PracticeState.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: What opens the contact's key for the scripted caller, as a session does for a real one; sealed by the line, and
    #: gone with the end.
    secret = models.TextField(blank=True)

    # Where the script stands: whatever process plays it goes on from here.
    scene = models.CharField(max_length=30)
    used = models.JSONField(default=list)  # reactions that have happened
    turn = models.PositiveSmallIntegerField(default=0)  # how many
    saying = models.PositiveSmallIntegerField(null=True)  # the number of the reaction whose lines are being said, in
    saying_in = models.CharField(max_length=30, blank=True)  # this scene
    line = models.PositiveSmallIntegerField(default=0)  # the next of its lines
    due_at = models.DateTimeField(null=True)  # when it is said
    heard = models.PositiveIntegerField(default=0)  # up to which number the caller has read
    moved_at = models.DateTimeField()  # when anything happened last

    own_check = SealedField(null=True)
    answer = SealedField(null=True)
    passed = models.BooleanField(null=True)
    answered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    #: The trainee has opened it since it was over, or since it was answered: their desk says so until then.
    looked_back = models.BooleanField(default=False)

    class Meta:
        """The newest first; nobody plays two at once."""

        ordering = ("-started_at",)
        constraints = (
            models.UniqueConstraint(fields=("member",), condition=Q(state="running"), name="training_practice_one"),
            models.CheckConstraint(
                condition=Q(passed=None) | Q(answered_by__isnull=False, state="over"), name="training_practice_answered"
            ),
        )
        indexes = (models.Index(fields=("state", "answered_at"), name="training_practice_state"),)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)

    @property
    def words_until(self) -> datetime.datetime | None:
        """When its words are deleted."""
        return self.ended_at + KEPT if self.ended_at else None

    @property
    def waits_long(self) -> bool:
        """Whether its answer has been missing for LATE."""
        waits = self.state == PracticeState.OVER and self.passed is None
        return waits and self.ended_at is not None and self.ended_at < clock.now() - LATE


class Requirement(models.Model):
    """How many passed practices are asked for before a training counts as finished; one row, or none."""

    role_plays = models.PositiveSmallIntegerField(
        _("prácticas aprobadas que se piden"),
        default=ROLE_PLAYS,
        validators=(MinValueValidator(1), MaxValueValidator(10)),
    )
    set_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name it by its number."""
        return str(self.role_plays)
