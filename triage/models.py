"""A contact (one visit of one caller), the offers of it to volunteers, and the events of its life."""

import datetime
import uuid
from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from consent.models import ConsentReceipt
from roster.models import Member
from triage.errors import AppendOnly
from triage.wording_models import InstrumentWording
from vault import actions as vault
from vault.fields import SealedField
from vault.models import DataKey
from vault.tracked import TrackedQuerySet

__all__ = ["InstrumentWording"]  # of its own file; the others are these


class ContactState(models.TextChoices):
    """Where a contact stands; the moves between them are in ``triage.states``."""

    CONSENT = "consent", _("acuerdo")
    QUESTIONS = "questions", _("preguntas")
    WAITING = "waiting", _("en espera")
    TALKING = "talking", _("conversando")
    ASLEEP = "asleep", _("en pausa")
    ENDED = "ended", _("terminada")
    LEFT = "left", _("salió")
    WITHDRAWN = "withdrawn", _("retirada")


class Urgency(models.TextChoices):
    """The five levels; the seconds within which a person answers are in ``triage.queue``."""

    A = "A", _("emergencia")
    B = "B", _("muy urgente")
    C = "C", _("urgente")
    D = "D", _("prioritario")
    E = "E", _("orientación")


class Ending(models.TextChoices):
    """How a contact ended; all but the first end by one click, without a note."""

    TALKED = "talked", _("conversaron")
    SILENCE = "silence", _("silencio")
    TEST = "test", _("prueba")
    JOKE = "joke", _("broma")
    INSULT = "insult", _("insulto")
    WRONG_PLACE = "wrong_place", _("lugar equivocado")


#: Endings of what was no counselling: no note is owed, and they stay out of the figures of counselling.
WITHOUT_NOTE = (Ending.SILENCE, Ending.TEST, Ending.JOKE, Ending.INSULT, Ending.WRONG_PLACE)


class Helped(models.IntegerChoices):
    """What the caller answered afterwards, if they did: whether talking helped."""

    NO = 1, _("No")
    A_LITTLE = 2, _("Un poco")
    YES = 3, _("Sí")


class ContactQuerySet(TrackedQuerySet["Contact"]):
    """Sets of contacts."""

    def in_line(self) -> "ContactQuerySet":
        """Return who waits among all others: not a practice, which waits for its trainee alone."""
        return self.filter(state=ContactState.WAITING, practice_for=None)

    def counselling(self) -> "ContactQuerySet":
        """Return what counts as counselling: no rehearsal, nothing that ended as silence, test, joke or the like."""
        return self.filter(rehearsal=False).exclude(ending__in=WITHOUT_NOTE)

    def silent_since(self, when: datetime.datetime) -> "ContactQuerySet":
        """Return the conversations in which the caller owes the next word and nothing happened after ``when``."""
        volunteer_spoke_last = Q(caller_said_at__isnull=True) | Q(volunteer_said_at__gt=F("caller_said_at"))
        caller_quiet = Q(caller_said_at__isnull=True) | Q(caller_said_at__lt=when)
        volunteer_quiet = Q(volunteer_said_at__isnull=True) | Q(volunteer_said_at__lt=when)
        silent = self.filter(
            volunteer_spoke_last, caller_quiet, volunteer_quiet, state=ContactState.TALKING, assigned_at__lt=when
        )
        return silent.exclude(handovers__taken_at__gte=when)


_TOLD = [
    "danger",
    "language",
    "age_band",
    "distress_before",
    "distress_after",
    "helped",
    "answers",
    "question_version",
    "needs",
    "marked",
]
_WAITED = ["opened_at", "form", "queued_at", "placed_front", "behind", "said_wait", "still_there_asked_at"]
_WITH_WHOM = ["assigned_at", "earlier", "earlier_until", "rehearsal", "practice_for", "key", "consent", "consent_asked"]
_SAID = ["last_seq", "caller_seen_at", "caller_said_at", "volunteer_said_at", "asleep_at"]
_OVER = ["left_at", "ended_at", "ended_by", "ending"]
#: What the history does not repeat: it follows state, urgency and volunteer, and never anything a caller wrote.
_NOT_IN_HISTORY = [*_TOLD, *_WAITED, *_WITH_WHOM, *_SAID, *_OVER]


class Contact(models.Model):
    """One visit of one caller: no name, no address, only where it stands. Its state changes by ``states.move``."""

    #: Saving never writes history by itself (each message would add a row): ``states.move`` does.
    skip_history_when_saving = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=9, choices=ContactState.choices, default=ContactState.CONSENT)
    urgency = models.CharField(max_length=1, choices=Urgency.choices, default=Urgency.E)
    danger = models.BooleanField(default=False)
    consent_asked = models.BooleanField(default=False)
    language = models.CharField(max_length=10)
    age_band = models.CharField(max_length=10, blank=True)
    distress_before = models.PositiveSmallIntegerField(null=True)
    distress_after = models.PositiveSmallIntegerField(null=True)
    helped = models.PositiveSmallIntegerField(choices=Helped.choices, null=True)  # the second question of the survey
    answers = SealedField(null=True)
    question_version = models.CharField(max_length=20, blank=True)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(ConsentReceipt, on_delete=models.PROTECT, null=True, related_name="+")
    volunteer = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="contacts")
    opened_at = models.DateTimeField()
    form = models.UUIDField(null=True, unique=True)  # the page's form that opened it: sent twice, it opens one
    queued_at = models.DateTimeField(null=True)
    placed_front = models.BooleanField(default=False)
    assigned_at = models.DateTimeField(null=True)
    asleep_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, blank=True)
    ending = models.CharField(max_length=20, choices=Ending.choices, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    caller_seen_at = models.DateTimeField(null=True)
    caller_said_at = models.DateTimeField(null=True)
    volunteer_said_at = models.DateTimeField(null=True)
    still_there_asked_at = models.DateTimeField(null=True)
    #: Codes of skills, comma-separated (triage/needs.py): for routing alone.
    needs = models.CharField(max_length=80, blank=True)
    #: Who was with them a short while ago, and until when they are asked first.
    earlier = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    earlier_until = models.DateTimeField(null=True)
    #: Another contact from the same place waits before this one (triage/sources.py): behind everybody's first.
    behind = models.BooleanField(default=False)
    #: The seconds of waiting that they were told when they came.
    said_wait = models.PositiveIntegerField(null=True)
    #: The level to which their own words raised it, if they did (triage/words.py).
    marked = models.CharField(max_length=1, blank=True)
    rehearsal = models.BooleanField(default=False)
    #: The trainee for whom a scripted caller plays this contact (training): it is a rehearsal for everything that
    #: counts, queues or rings, and nobody but the trainee ever gets it.
    practice_for = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    #: Who reads it, as one who opens its key: whoever leads here through ``triage.access`` (or a socket) says so.
    holder: vault.Holder = vault.LINE

    history = HistoricalRecords(excluded_fields=_NOT_IN_HISTORY, cascade_delete_history=True)
    _history_user: Member | None
    objects = ContactQuerySet.as_manager()

    class Meta:
        """Found by queue, by volunteer, and by how long its page has been silent."""

        indexes = (
            models.Index(fields=("state", "urgency", "queued_at"), name="triage_contact_queue"),
            models.Index(
                fields=("state", "urgency", "-placed_front", "behind", "queued_at", "id"), name="triage_contact_order"
            ),
            models.Index(fields=("volunteer", "state"), name="triage_contact_volunteer"),
            models.Index(fields=("state", "caller_seen_at"), name="triage_contact_seen"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("talking", "asleep")) | Q(volunteer__isnull=False),
                name="triage_contact_talks_with_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(queued_at__isnull=False), name="triage_contact_waits_since"
            ),
            models.CheckConstraint(
                condition=Q(practice_for=None)
                | Q(rehearsal=True) & (Q(volunteer=None) | Q(volunteer=F("practice_for"))),
                name="triage_contact_practice_apart",
            ),
        )

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)

    @property
    def of_rehearsal(self) -> bool:
        """Whether people who rehearse supervise it; a practice is supervised by those who supervise real callers."""
        return self.rehearsal and self.practice_for_id is None


class OfferState(models.TextChoices):
    """What became of an offer; «gone» means another member accepted, or the caller left."""

    OPEN = "open", _("abierta")
    ACCEPTED = "accepted", _("aceptada")
    DECLINED = "declined", _("pasada")
    EXPIRED = "expired", _("vencida")
    GONE = "gone", _("ya no está")


class Offer(models.Model):
    """A waiting contact proposed to one volunteer for some seconds; ``reason`` says why to them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="offers")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=8, choices=OfferState.choices, default=OfferState.OPEN)
    sent_at = models.DateTimeField()
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, blank=True)  # codes, comma-separated (triage/reasons.py)
    #: Set where a conversation is passed on, and nobody waits.
    handover = models.ForeignKey("WarmHandover", on_delete=models.CASCADE, null=True, related_name="offers")

    class Meta:
        """At most one open offer for each volunteer, whichever nodes route at once; the contact carries who won."""

        constraints = (
            models.UniqueConstraint(fields=("member",), condition=Q(state="open"), name="triage_offer_one_open"),
        )
        indexes = (
            models.Index(fields=("contact", "state"), name="triage_offer_contact"),
            models.Index(fields=("state", "until"), name="triage_offer_until"),
            models.Index(fields=("state", "answered_at"), name="triage_offer_answered"),
        )

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class HandoverState(models.TextChoices):
    """How far the passing on of a conversation has come; the last five are how one ended that changed nothing."""

    ASKED = "asked", _("pedida")
    TOGETHER = "together", _("en la sala, las dos personas")
    DONE = "done", _("hecha")
    DECLINED = "declined", _("pasada")
    EXPIRED = "expired", _("vencida")
    NOBODY = "nobody", _("nadie podía")
    KEPT = "kept", _("sigue quien la llevaba")
    GONE = "gone", _("ya no hacía falta")


class WarmHandover(models.Model):
    """A warm handover: who passes a conversation on to whom while it lasts, and how long they stay as companion."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="handovers")
    giver = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    wished = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")  # None: whoever can
    taker = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=HandoverState.choices, default=HandoverState.ASKED)
    note = SealedField(null=True)  # what the colleague should know, under the contact's key
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        """One is asked for at a time, and one companion stays in a room."""

        constraints = (
            models.UniqueConstraint(fields=("contact",), condition=Q(state="asked"), name="triage_handover_asked"),
            models.UniqueConstraint(fields=("contact",), condition=Q(state="together"), name="triage_handover_two"),
        )
        indexes = (models.Index(fields=("state", "giver"), name="triage_handover_state"),)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class EventKind(models.TextChoices):
    """What can happen to a contact; only codes, because events outlive the words."""

    OPENED = "opened"
    AGREED = "agreed"
    DANGER = "danger"
    ASSESSED = "assessed"
    REASSESSED = "reassessed"
    ASKED = "asked"
    QUEUED = "queued"
    ACCEPTED = "accepted"
    BACK_TO_QUEUE = "back_to_queue"
    ASLEEP = "asleep"
    WOKE = "woke"
    MARKED = "marked"
    CONSENT_ASKED = "consent_asked"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    LEFT = "left"
    CAME_BACK = "came_back"
    HANDOVER_ASKED = "handover_asked"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    COMPANION_LEFT = "companion_left"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class EventQuerySet(models.QuerySet["ContactEvent"]):
    """Sets of events, which nobody changes."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class ContactEvent(models.Model):
    """One thing that happened: who (a member's id, «caller» or «line»), from which state to which, codes only."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    actor = models.CharField(max_length=40)
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9, blank=True)
    detail = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        """In the order in which they happened."""

        ordering = ("pk",)

    def __str__(self) -> str:
        """Name it by its contact and kind."""
        return f"{self.contact_id} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; never change."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class InstrumentUse(models.Model):
    """One use of an instrument in a contact: which, by whom, when; its answers and their result are sealed."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="instruments")
    number = models.PositiveSmallIntegerField()  # 1, 2, 3 … within the contact
    code = models.CharField(max_length=10)
    member = models.UUIDField()
    result = SealedField()
    at = models.DateTimeField()

    class Meta:
        """Numbered within the contact, oldest first."""

        constraints = (models.UniqueConstraint(fields=("contact", "number"), name="triage_instrument_use_once"),)
        ordering = ("contact", "number")

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"{self.contact_id} instrument {self.number}"
