"""What remains of a contact: the case that joins contacts, its sealed notes, who it was handed to, and rescues."""

import datetime
import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from roster.models import Member
from triage.models import Contact, ContactState
from vault import actions as vault
from vault.fields import SealedField
from vault.models import DataKey
from vault.tracked import TrackedQuerySet


class CaseState(models.TextChoices):
    """A case is open or closed."""

    OPEN = "open", _("abierto")
    CLOSED = "closed", _("cerrado")


class ErasureReason(models.TextChoices):
    """Why a supervisor has a case destroyed."""

    ASKED = "asked", _("La persona lo pidió")
    AUTHORITY = "authority", _("Lo ordenó una autoridad")
    MISTAKE = "mistake", _("Se guardó por error")


class CaseQuerySet(TrackedQuerySet["Case"]):
    """Sets of cases."""

    def of(self, member: Member) -> "CaseQuerySet":
        """Return the cases this member leads: none with a contact that went on to somebody else, or waits again."""
        elsewhere = CaseContact.objects.filter(
            ~Q(contact__volunteer=F("case__volunteer")) | Q(contact__volunteer=None), case=OuterRef("pk")
        )
        return self.filter(~Exists(elsewhere), volunteer=member)

    def living(self) -> "CaseQuerySet":
        """Return the cases that may still be opened: with a key in force, and no consent of theirs taken back."""
        withdrawn = CaseContact.objects.filter(case=OuterRef("pk"), contact__state=ContactState.WITHDRAWN)
        return self.filter(~Exists(withdrawn), key__state=DataKey.State.ACTIVE)

    def seen_by(self, supervisor: Member) -> "CaseQuerySet":
        """Return the cases of real callers, or of rehearsals to whoever rehearses: never both, and no practice."""
        return self.without_practice().filter(volunteer__rehearsal=supervisor.rehearsal)

    def without_practice(self) -> "CaseQuerySet":
        """Return the cases that are of people, not of a scripted caller (training)."""
        played = CaseContact.objects.filter(case=OuterRef("pk"), contact__practice_for__isnull=False)
        return self.filter(~Exists(played))


class Case(models.Model):
    """Joins the contacts of one caller over time; led by one volunteer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")
    volunteer = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="cases")
    contacts = models.ManyToManyField(Contact, through="CaseContact", related_name="+")
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    #: Who reads it, as one who opens its keys: ``cases.access`` and whoever writes say so.
    holder: vault.Holder = vault.LINE

    history = HistoricalRecords()
    _history_user: Member  # simple-history reads it where no request tells who
    objects = CaseQuerySet.as_manager()

    class Meta:
        """The newest first."""

        ordering = ("-opened_at",)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class FormerKey(models.Model):
    """A key under which earlier notes of a case are sealed: whoever came to lead it could not open that one."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="former_keys")
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.case_id} {self.key_id}"


class OpeningRequest(models.Model):
    """A supervisor asks to open a case, and another one may say yes or no; without an answer it opens a day later."""

    AFTER = datetime.timedelta(hours=24)  # it opens without anybody's yes
    STAYS_OPEN = datetime.timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.case_id} {self.pk}"

    @property
    def opens_at(self) -> datetime.datetime:
        """When it opens, or would if nobody had said no."""
        return self.answered_at if self.agreed and self.answered_at else self.asked_at + self.AFTER

    def is_open(self, now: datetime.datetime) -> bool:
        """Say whether the case may be opened on it now."""
        return self.agreed is not False and self.opens_at <= now < self.opens_at + self.STAYS_OPEN

    def is_over(self, now: datetime.datetime) -> bool:
        """Say whether its time is over: whoever still wants to open the case asks anew."""
        lasts = self.asked_at + self.AFTER if self.agreed is False else self.opens_at + self.STAYS_OPEN
        return now >= lasts


class CaseContact(models.Model):
    """One contact belongs to one case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.case_id}/{self.contact_id}"


class Note(models.Model):
    """What a volunteer writes about one contact; its words live in the sealed revisions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    draft = SealedField(null=True)
    draft_count = models.PositiveIntegerField(default=0)
    draft_at = models.DateTimeField(null=True)
    last_page = models.UUIDField(null=True)  # the opened page that saved last (a number of its own, no person's)

    history = HistoricalRecords(excluded_fields=["draft", "draft_count", "draft_at", "last_page"])
    _history_user: Member
    objects = TrackedQuerySet.as_manager()

    class Meta:
        """Oldest first, as one reads."""

        ordering = ("saved_at",)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)

    @property
    def saves(self) -> int:
        """How often it was saved, drafts and revisions together: who opened it earlier knows a smaller number."""
        return self.revision + self.draft_count


class NoteRevision(models.Model):
    """One saved version of a note: sealed, never changed, never deleted by itself."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="revisions")
    revision = models.PositiveIntegerField()
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    body = SealedField()
    at = models.DateTimeField()

    class Meta:
        """One row for each number."""

        constraints = (models.UniqueConstraint(fields=("note", "revision"), name="cases_note_revision_once"),)
        ordering = ("note", "revision")

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return f"{self.note_id} v{self.revision}"


class MonthCounts(models.Model):
    """How many notes of one month name each reason and region: one sealed row of sums (cases/month_counts.py)."""

    month = models.DateField(unique=True)  # its first day
    sealed = models.TextField(blank=True)
    closed = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Name it by its month."""
        return str(self.month)


class CarePlan(models.Model):
    """One version of what is agreed with a caller who comes very often: help for whoever listens next, never a block.

    Sealed, never changed, never deleted by itself; the version in force is the one with the highest number.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="care_plans")
    revision = models.PositiveIntegerField()
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    body = SealedField()
    at = models.DateTimeField()

    class Meta:
        """One row for each number."""

        constraints = (models.UniqueConstraint(fields=("case", "revision"), name="cases_care_plan_once"),)
        ordering = ("case", "revision")

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return f"{self.case_id} plan v{self.revision}"


class HandoverReason(models.TextChoices):
    """Why a case goes to somebody else."""

    VOLUNTEER_LOST = "volunteer_lost", _("se perdió la conexión con quien lo llevaba")
    ABSENCE = "absence", _("quien lo llevaba no puede seguir")
    SKILL = "skill", _("otra persona conoce mejor el tema o el idioma")
    ASKED = "asked", _("lo pidió la persona")
    PASSED = "passed", _("la conversación pasó a otra persona mientras duraba")


class Handover(models.Model):
    """A case passed from one volunteer to another."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=HandoverReason.choices)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return f"{self.case_id}"


class LegalGround(models.TextChoices):
    """On what the secret of a conversation may yield; a closed list, which waits for the lawyer's yes.

    The secret itself: Código Penal art. 165; Ley 29733 art. 17. What it yields to:

    - DANGER_SELF: Código Penal art. 127 (help for whoever is in grave and imminent danger; its reach to a chat is for
      the lawyer); Ley 26842 art. 25 (relatives, for the person's good, unless they forbid it); the code of ethics of
      the Colegio de Psicólogos, danger to oneself (the article has not been seen).
    - DANGER_OTHERS: Código Penal art. 127; the same code of ethics, danger to others; Código Procesal Penal
      art. 326.2.a (health professionals report crimes), from which art. 327.2 frees whatever the secret protects.
    - CHILD: Decreto Legislativo 1297 art. 17 (anybody reports at once); art. 11: DEMUNA for risk, the UPE for lack of
      protection.
    - VIOLENCE: TUO of Ley 30364, art. 15 (health professionals report violence against women and the family group).
    - JUDGE: Ley 26842 art. 25. It goes to whoever is responsible for the data: no volunteer asks for it.
    """

    DANGER_SELF = "danger_self", _("La vida de la persona corre peligro")
    DANGER_OTHERS = "danger_others", _("La vida de otra persona corre peligro")
    CHILD = "child", _("Una niña, un niño o adolescente está en riesgo o sin protección")
    VIOLENCE = "violence", _("Hay violencia ahora")
    JUDGE = "judge", _("Hay una orden judicial")


class Told(models.TextChoices):
    """Who may be told in a rescue."""

    SAMU = "samu", _("SAMU 106")
    POLICE = "pnp", _("Policía (PNP) 105")
    FIRE_BRIGADE = "bomberos", _("Bomberos 116")
    LINE_100 = "linea_100", _("Línea 100")
    LINE_113 = "linea_113", _("Línea 113")
    FAMILY = "family", _("Un familiar")
    PROTECTION = "upe_demuna", _("UPE o DEMUNA")
    OTHER = "told_other", _("Otro")


class Rescue(models.Model):
    """A request to let the secret of a conversation yield to danger: asked by its volunteer, answered by supervision.

    Two people, never by itself. What was written is in its sealed steps.
    """

    #: For which it waits for an answer, whether the conversation goes on or not; the key of the contact ends it sooner.
    LASTS = datetime.timedelta(hours=12)

    class State(models.TextChoices):
        """Waiting for an answer, answered, or too old for one."""

        ASKED = "asked", _("espera respuesta")
        AGREED = "agreed", _("de acuerdo")
        REFUSED = "refused", _("no de acuerdo")
        EXPIRED = "expired", _("venció sin respuesta")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=13, choices=LegalGround.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first; one waits for an answer at most, of each contact."""

        constraints = (
            models.UniqueConstraint(fields=("contact",), condition=Q(state="asked"), name="cases_rescue_one_asked"),
        )
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.contact_id} {self.pk}"

    def is_over(self, now: datetime.datetime) -> bool:
        """Say whether it waited too long for an answer: whoever still needs one asks anew."""
        expired = self.state == self.State.ASKED and now >= self.asked_at + self.LASTS
        return expired or self.state == self.State.EXPIRED


class RescueStep(models.Model):
    """One step of a rescue: asked, answered, or somebody told; its words are sealed under the key of the contact."""

    class Kind(models.TextChoices):
        """What was done."""

        ASKED = "asked"
        AGREED = "agreed"
        REFUSED = "refused"
        DONE = "done"

    rescue = models.ForeignKey(Rescue, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=Kind.choices)
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told = models.CharField(max_length=10, choices=Told.choices, blank=True)
    caller_told = models.BooleanField(null=True)
    words = SealedField()

    class Meta:
        """Numbers run 1, 2, 3 …, each once."""

        constraints = (models.UniqueConstraint(fields=("rescue", "number"), name="cases_rescue_step_once"),)
        ordering = ("rescue", "number")

    def __str__(self) -> str:
        """Name it by its place alone."""
        return f"{self.rescue_id}#{self.number}"
