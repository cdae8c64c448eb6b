"""Circles and their rooms, what is said there, and who asks for a colleague; no row names a contact."""

import datetime
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reflection.care_models import FollowUp, FormWording, TalkRequest, TrendGift, TrendTally
from reflection.space_models import CheckIn, JournalPage, OwnSpace, Thanks
from roster.models import Member
from vault.fields import SealedField
from vault.models import DataKey

#: Models of modules of their own: what is a member's alone, and what cares for them.
__all__ = [
    "CheckIn",
    "FollowUp",
    "FormWording",
    "JournalPage",
    "OwnSpace",
    "TalkRequest",
    "Thanks",
    "TrendGift",
    "TrendTally",
]

# Circles ------------------------------------------------------------------------------------------------------------


class Kind(models.TextChoices):
    """What people come together for; the last two open by themselves and last hours."""

    REFLECTION = "reflection", _("círculo de reflexión")
    BALINT = "balint", _("grupo Balint")
    SHIFT_END = "shift_end", _("cierre de turno")
    PEER = "peer", _("entre colegas")


class CircleQuerySet(models.QuerySet["Circle"]):
    """Sets of circles."""

    def living(self, now: datetime.datetime) -> "CircleQuerySet":
        """Return those that somebody may still enter."""
        return self.filter(Q(gone_at=None) | Q(gone_at__gt=now), ended_on=None)

    def founded(self, *, rehearsal: bool) -> "CircleQuerySet":
        """Return those that somebody founded and that others may join."""
        return self.filter(kind__in=(Kind.REFLECTION, Kind.BALINT), rehearsal=rehearsal, ended_on=None)


class Circle(models.Model):
    """A few members who meet. What they say lives ``life_days``, or until ``gone_at`` where the room lasts hours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60, blank=True)
    size = models.PositiveSmallIntegerField()
    life_days = models.PositiveSmallIntegerField(default=1)
    #: Whether who joins later may read what was said before; agreed when it is founded.
    shares_past = models.BooleanField(default=False)
    founded_on = models.DateField()
    ended_on = models.DateField(null=True)
    gone_at = models.DateTimeField(null=True)  # a full hour
    slot = models.DateTimeField(null=True)  # of a shift's end: when those shifts ended
    part = models.PositiveSmallIntegerField(default=0)  # and which room of that end it is
    last_seq = models.PositiveIntegerField(default=0)
    rehearsal = models.BooleanField(default=False)

    objects = CircleQuerySet.as_manager()

    class Meta:
        """One room for each part of a shift's end."""

        constraints = (
            models.UniqueConstraint(
                fields=("slot", "part", "rehearsal"), condition=~Q(slot=None), name="reflection_circle_slot_once"
            ),
        )
        ordering = ("name", "id")

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class Membership(models.Model):
    """Somebody who belongs to a circle, or waits for a seat; who leaves has no row."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    seated = models.BooleanField(default=False)
    leads = models.BooleanField(default=False)
    co_leads = models.BooleanField(default=False)  # beside whoever leads, or in their place while they are not there
    #: They came up from the waiting list and have not seen it yet.
    seat_is_news = models.BooleanField(default=False)
    anonymous = models.BooleanField(default=False)
    from_turn = models.PositiveIntegerField(default=1)  # the first turn whose words they may open
    since = models.DateField()

    class Meta:
        """Whoever came first is first; nobody is there twice; at most one leads, and at most one other co-leads."""

        constraints = (
            models.UniqueConstraint(fields=("circle", "member"), name="reflection_membership_once"),
            # Of those who do either, one leads and one does not.
            models.UniqueConstraint(
                fields=("circle", "leads"),
                condition=Q(leads=True) | Q(co_leads=True),
                name="reflection_membership_one_of_each",
            ),
            models.CheckConstraint(condition=~Q(leads=True, co_leads=True), name="reflection_membership_not_both"),
        )
        ordering = ("id",)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.circle_id} {self.pk}"

    @property
    def leads_room(self) -> bool:
        """Whether they lead the room while the circle meets: the leader and the co-leader alike."""
        return self.leads or self.co_leads


class KeptOut(models.Model):
    """Somebody who was taken out of a circle: they take no seat there until whoever leads lets them back."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="kept_out")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Nobody is kept out twice."""

        constraints = (models.UniqueConstraint(fields=("circle", "member"), name="reflection_keptout_once"),)
        ordering = ("id",)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.circle_id} {self.pk}"


class Turn(models.Model):
    """One key of a circle: of one day, and of those who belonged then. It dies with the last of that day's words."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    closed = models.BooleanField(default=False)

    class Meta:
        """Numbers run 1, 2, 3 …; at most one is in force."""

        constraints = (
            models.UniqueConstraint(fields=("circle", "number"), name="reflection_turn_once"),
            models.UniqueConstraint(fields=("circle",), condition=Q(closed=False), name="reflection_turn_one_in_force"),
        )
        ordering = ("circle", "number")

    def __str__(self) -> str:
        """Name it by its place."""
        return f"{self.circle_id} {self.number}"


# Gatherings ---------------------------------------------------------------------------------------------------------


class GatheringState(models.TextChoices):
    """Whether it is to come, under way, over, or does not take place."""

    PLANNED = "planned", _("por venir")
    OPEN = "open", _("ahora")
    OVER = "over", _("terminado")
    CANCELLED = "cancelled", _("cancelado")


class Gathering(models.Model):
    """One meeting of a circle. Who came is kept as a number alone, once it is over."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="gatherings")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=GatheringState.choices, default=GatheringState.PLANNED)
    #: Names it in calendars; ``sequence`` counts how often it was changed (RFC 5545, 3.8.7.4).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    phase = models.PositiveSmallIntegerField(default=0)
    phase_since = models.DateTimeField(null=True)  # while it is under way, to the minute
    speaker = models.ForeignKey("Attendee", on_delete=models.SET_NULL, null=True, related_name="+")
    speaker_spoke = models.BooleanField(default=False)  # since they have the word: until then they may pass
    presenter = models.ForeignKey("Attendee", on_delete=models.SET_NULL, null=True, related_name="+")
    attendance = models.PositiveSmallIntegerField(null=True)

    class Meta:
        """The next first; a circle is in one place at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=("circle", "starts_at"), condition=~Q(state="cancelled"), name="reflection_gathering_once"
            ),
            models.UniqueConstraint(fields=("circle",), condition=Q(state="open"), name="reflection_gathering_open"),
        )
        ordering = ("starts_at", "id")

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.circle_id} {self.pk}"

    @property
    def ends_at(self) -> datetime.datetime:
        """When it should be over."""
        return self.starts_at + datetime.timedelta(minutes=self.minutes)


class Attendee(models.Model):
    """Somebody who has come into a room that is open; no row is left once it is over."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="attendees")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    here = models.BooleanField(default=True)
    hand = models.PositiveIntegerField(null=True)  # how many hands had been raised before theirs
    done_phase = models.PositiveSmallIntegerField(null=True)  # the last round in which they have spoken or passed

    class Meta:
        """Whoever came first is first in a round."""

        constraints = (models.UniqueConstraint(fields=("gathering", "membership"), name="reflection_attendee_once"),)
        ordering = ("id",)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.gathering_id} {self.pk}"


# What is said -------------------------------------------------------------------------------------------------------


class Entry(models.Model):
    """What somebody said in a circle. Who said it is sealed with the words, and the day is the finest time kept."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="entries", db_index=False)
    seq = models.PositiveIntegerField()
    client_id = models.UUIDField()
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="entries")
    gathering = models.ForeignKey(Gathering, on_delete=models.SET_NULL, null=True, related_name="+")
    words = SealedField()
    said_on = models.DateField()

    class Meta:
        """Numbers run 1, 2, 3 … within the circle; a client id is said once."""

        constraints = (
            models.UniqueConstraint(fields=("circle", "seq"), name="reflection_entry_seq_once"),
            models.UniqueConstraint(fields=("circle", "client_id"), name="reflection_entry_said_once"),
        )
        ordering = ("circle", "seq")

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"{self.circle_id}#{self.seq}"


class OwnNote(models.Model):
    """What somebody wrote down for themselves in a circle; it opens for them alone, and stays theirs if they leave."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="own_notes")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    words = SealedField()
    saved_on = models.DateField()

    class Meta:
        """One for each pair."""

        constraints = (models.UniqueConstraint(fields=("circle", "member"), name="reflection_ownnote_once"),)

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"own note {self.pk}"

    @property
    def gone_on(self) -> datetime.date:
        """The day on which it is destroyed, in a circle that lives on; in a room of hours it goes with the room."""
        return self.saved_on + datetime.timedelta(days=self.circle.life_days)


# A colleague to talk to ---------------------------------------------------------------------------------------------


class PeerAsk(models.Model):
    """Somebody would like to talk to a colleague now; who answers first is paired with them in a room of two."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="+")
    anonymous = models.BooleanField(default=False)
    until = models.DateTimeField()  # a full hour
    answered_in = models.ForeignKey(Circle, on_delete=models.CASCADE, null=True, related_name="+")

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class CircleFeed(models.Model):
    """The secret address of the calendar of a member's gatherings; the token itself is stored nowhere."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        """Name it by its member."""
        return str(self.member_id)
