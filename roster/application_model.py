"""What is kept of somebody who would like to join: the steps of an application, and what they told us, sealed."""

import dataclasses
import json
import uuid
from collections.abc import Iterable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vault import actions as vault

SEALED_AS = "application"
#: The version of what applicants read and agree to (templates/roster/_application_notice.html).
NOTICE = "2026-1"


class ApplicationState(models.TextChoices):
    """How far an application is."""

    RECEIVED = "received", _("recibida")
    TO_INTERVIEW = "to_interview", _("entrevista acordada")
    INTERVIEWED = "interviewed", _("entrevista hecha")
    CHECKED = "checked", _("colegiatura revisada")
    INVITED = "invited", _("invitación enviada")
    ON_FIRST_SHIFT = "on_first_shift", _("primer turno")
    DECLINED = "declined", _("esta vez no")
    WITHDRAWN = "withdrawn", _("retirada")


class DeclineReason(models.TextChoices):
    """Why an application was declined; for the trail and the coordination, never in a mail."""

    LICENCE = "no_licence", _("no tiene la colegiatura habilitada")
    HOURS = "no_hours", _("las horas no alcanzan")
    NOT_NOW = "not_now", _("no es el momento para esa persona")
    NO_ANSWER = "no_answer", _("no respondió")
    OTHER = "other_reason", _("otro motivo, conversado en coordinación")


class MailKind(models.TextChoices):
    """The mails to an applicant; each has its words in templates/roster/mail/."""

    RECEIVED = "received", _("recibimos tu postulación")
    AGAIN = "again", _("ya la teníamos")
    INTERVIEW = "interview", _("día y hora de la entrevista")
    INTERVIEWED = "interviewed", _("gracias por la entrevista")
    CHECKED = "checked", _("tu colegiatura está revisada")
    INVITED = "invited", _("invitación")
    DECLINED = "declined", _("esta vez no")


S = ApplicationState
#: What has not come to an end: one such application for each address.
UNDER_WAY = (S.RECEIVED, S.TO_INTERVIEW, S.INTERVIEWED, S.CHECKED, S.INVITED)


@dataclasses.dataclass(frozen=True, slots=True)
class Applicant:
    """What an application holds in words: who applies, where the interview is, and the coordination's note."""

    email: str
    full_name: str
    licence_number: str
    where: str = ""
    note: str = ""

    def sealed(self) -> str:
        """Return it sealed by the line, so that a copy of the database tells nothing of it."""
        return vault.seal_site_secret(SEALED_AS, json.dumps(dataclasses.asdict(self)), passing=True)


class Application(models.Model):
    """Somebody's wish to join; no account. What they told us goes once it is in an account, or is not needed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=14, choices=S.choices, default=S.RECEIVED)
    #: An ``Applicant``; nothing once it was wiped.
    sealed = models.TextField(blank=True)
    #: By what the line finds an address again without keeping it (roster/applications.py); nothing once wiped.
    found_by = models.CharField(max_length=64, blank=True)
    skills = models.ManyToManyField("roster.Skill", blank=True)
    organisation = models.ForeignKey("roster.Organisation", on_delete=models.SET_NULL, null=True)
    hours_a_week = models.PositiveSmallIntegerField()
    #: Which text they agreed to, when ``created_at`` was.
    notice = models.CharField(max_length=10, default=NOTICE)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    interview_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey("roster.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    checked_on = models.DateField(null=True)
    #: When they did the introductory course, if they did; the practice is asked for all the same.
    course_on = models.DateField(null=True)
    invitation = models.OneToOneField("roster.Invitation", on_delete=models.SET_NULL, null=True, related_name="+")
    member = models.OneToOneField(
        "roster.Member", on_delete=models.CASCADE, null=True, related_name="application", related_query_name="applied"
    )
    #: The latest mail, when it went out, and when it did not.
    mail = models.CharField(max_length=11, choices=MailKind.choices, default=MailKind.RECEIVED)
    mail_sent_at = models.DateTimeField(null=True)
    mail_failed_at = models.DateTimeField(null=True)

    class Meta:
        """The longest waiting first; one under way for each address."""

        ordering = ("changed_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("found_by",),
                condition=models.Q(state__in=UNDER_WAY) & ~models.Q(found_by=""),
                name="roster_application_one_under_way",
            ),
        )

    def __str__(self) -> str:
        """Name it by its state: it names nobody."""
        return f"{self.pk} {self.state}"

    @property
    def applicant(self) -> Applicant | None:
        """Return who applies, or None once that was wiped. Raises vault.errors.Damaged."""
        return Applicant(**json.loads(vault.open_site_secret(SEALED_AS, self.sealed))) if self.sealed else None

    @property
    def is_under_way(self) -> bool:
        """Whether it has not come to an end."""
        return self.state in UNDER_WAY

    @property
    def may_withdraw(self) -> bool:
        """Whether the applicant can still have their data erased here: later they are in their account."""
        return self.member_id is None and self.state in (*UNDER_WAY, S.DECLINED)


class ApplicationLink(models.Model):
    """A link that was mailed to an applicant; the token itself is stored nowhere."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        """Name it by its application."""
        return str(self.application_id)


def wiped() -> dict[str, Iterable[str] | None]:
    """Return the values by which an application forgets what its applicant told us."""
    return {"sealed": "", "found_by": "", "organisation": None}
