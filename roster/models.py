"""The people who answer: members, their organisations, skills, shifts, opening hours, invitations and presence."""

import datetime
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from roster import application_model, language_review_model  # noqa: F401  so that Django finds their tables
from vault import actions as vault

#: Whose reference data the administration shows, and of which of its tables alone.
REFERENCE_APPS = {"roster": "", "directory": "", "triage": "_instrumentwording", "reflection": "_formwording"}
#: A role that nobody has confirmed for so long lapses (privileges are reviewed every six months: DS 016-2024-JUS).
ROLE_LASTS = datetime.timedelta(days=182)
TOLD_BEFORE = datetime.timedelta(days=30)  # for which its end is announced
CAPACITY, MOST = 2, 3  # conversations at once: of a member of whom nothing is said, and of anybody


class Role(models.TextChoices):
    """What somebody is here for."""

    VOLUNTEER = "volunteer", _("voluntario o voluntaria")
    SUPERVISOR = "supervisor", _("supervisión")
    COORDINATOR = "coordinator", _("coordinación")


class Organisation(models.Model):
    """A partner of the alliance."""

    name = models.CharField(_("nombre"), max_length=80, unique=True)

    class Meta:
        """By name."""

        ordering = ("name",)
        verbose_name = _("organización")
        verbose_name_plural = _("organizaciones")

    def __str__(self) -> str:
        """Name it."""
        return self.name


class Skill(models.Model):
    """A language or subject somebody can accompany in."""

    code = models.SlugField(_("código"), max_length=30, unique=True)
    name = models.CharField(_("nombre"), max_length=80)

    class Meta:
        """By name."""

        ordering = ("name",)
        verbose_name = _("habilidad")
        verbose_name_plural = _("habilidades")

    def __str__(self) -> str:
        """Name it."""
        return self.name


class MemberManager(BaseUserManager["Member"]):
    """Makes members."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """Store one member; without a password nobody can sign in as them."""
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def get_by_natural_key(self, username: str | None) -> "Member":
        """Find a member by address, however it is capitalised."""
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """A volunteer, supervisor or coordinator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("correo"), unique=True)
    alias = models.CharField(_("nombre que ven las personas"), max_length=60)
    full_name = models.CharField(_("nombre completo"), max_length=120)
    role = models.CharField(_("rol"), max_length=12, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("organización")
    )
    skills = models.ManyToManyField(Skill, blank=True, verbose_name=_("habilidades"))
    licence_number = models.CharField(_("número C.Ps.P."), max_length=10, blank=True)
    licence_checked_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revisado por")
    )
    licence_checked_on = models.DateField(_("revisado el"), null=True, blank=True)
    trained_on = models.DateField(_("formación terminada el"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("conversaciones a la vez"),
        default=CAPACITY,
        validators=(MinValueValidator(1), MaxValueValidator(MOST)),
        help_text=_("De 1 a 3."),
    )
    #: The member's own yes, which they may take back: nobody else says it for them.
    above_limit = models.BooleanField(
        _("acepta que le propongan una emergencia aunque ya tenga sus conversaciones"), default=False
    )
    is_active = models.BooleanField(_("cuenta activa"), default=True)
    role_confirmed_at = models.DateTimeField(_("rol confirmado el"), default=timezone.now)
    rehearsal = models.BooleanField(default=False, editable=False)
    #: The thirty-second step of the last one-time code taken (roster/totp.py): no code works twice, on any node.
    totp_last_step = models.PositiveBigIntegerField(null=True, editable=False)
    #: Sessions of an earlier turn sign nobody in: whoever signs out everywhere begins the next one.
    session_turn = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["alias", "full_name", "role"]

    #: Who they are to keys: whoever is signed in opens what is sealed to them (roster/second_factor.py).
    holder: vault.Holder = vault.LINE

    objects = MemberManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login", "totp_last_step", "session_turn"])

    class Meta:
        """By alias."""

        ordering = ("alias", "email")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1, capacity__lte=MOST), name="roster_member_capacity"
            ),
        )
        verbose_name = _("miembro")
        verbose_name_plural = _("miembros")

    def __str__(self) -> str:
        """Name them as callers see them."""
        return self.alias

    @property
    def role_ends_at(self) -> datetime.datetime:
        """When the role lapses unless somebody confirms it before."""
        return self.role_confirmed_at + ROLE_LASTS

    @property
    def role_ends_soon(self) -> bool:
        """Whether that is announced."""
        return timezone.now() > self.role_ends_at - TOLD_BEFORE

    @property
    def has_role(self) -> bool:
        """Whether the account is active and its role in force."""
        return self.is_active and timezone.now() < self.role_ends_at

    @property
    def is_staff(self) -> bool:
        """Whether the administration of reference data is open to them."""
        return self.has_role and self.role == Role.COORDINATOR

    @property
    def may_take_callers(self) -> bool:
        """Whether callers may be offered to them: a volunteer, role in force, licence checked, training finished."""
        return self.has_role and self.role == Role.VOLUNTEER and bool(self.licence_checked_on and self.trained_on)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Say whether the administration of reference data is open to them; nothing else asks Django's names."""
        del obj
        app, _dot, act = perm.partition(".")
        return self.has_module_perms(app) and act.endswith(REFERENCE_APPS[app])

    def has_module_perms(self, app_label: str) -> bool:
        """Say whether the administration shows this app's reference data to them."""
        return self.is_staff and app_label in REFERENCE_APPS


class PresenceState(models.TextChoices):
    """Whether somebody takes contacts."""

    READY = "ready", _("listo")
    AWAY = "away", _("en pausa")


class Presence(models.Model):
    """What the line takes a member for; true only while the lease lasts, whatever their browser did."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="presence")
    state = models.CharField(max_length=5, choices=PresenceState.choices, default=PresenceState.AWAY)
    reason = models.CharField(max_length=20, blank=True)
    lease_until = models.DateTimeField()
    since = models.DateTimeField()
    missed_offers = models.PositiveSmallIntegerField(default=0)
    last_assigned_at = models.DateTimeField(null=True)
    #: Until when nobody at A or B is offered: one who was has just gone.
    rests_until = models.DateTimeField(null=True)
    #: Until when nobody at all is offered (roster/breaks.py), and when the last such break began.
    break_until = models.DateTimeField(null=True)
    last_break_at = models.DateTimeField(null=True)
    #: They asked for one more person although their shift ends soon.
    asks = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Name it by its member."""
        return f"{self.member_id} {self.state}"


class BeyondReason(models.TextChoices):
    """Why the coordination lets a shift go beyond the limits (roster/shift_rules.py)."""

    NOBODY_ELSE = "nobody_else", _("nadie más puede a esa hora")
    EMERGENCY = "emergency", _("hay una emergencia y falta gente")
    WISHED = "wished", _("la persona lo pidió y lo conversamos")
    WRITTEN_LATER = "written_later", _("se anota después de hecho")


class Shift(models.Model):
    """Time on duty that somebody has promised, and that stands; what was given back is a ``GivenBack``."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="shifts", verbose_name=_("miembro"))
    starts_at = models.DateTimeField(_("empieza"))
    ends_at = models.DateTimeField(_("termina"))
    beyond = models.CharField(
        _("motivo para pasar los límites"), max_length=13, choices=BeyondReason.choices, blank=True
    )
    #: Names this promise of this member in calendars: whoever takes the shift over makes a new one.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # how often it was moved (RFC 5545, 3.8.7.4)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    #: When the member signed up for it; None where the coordination put them there.
    promised_at = models.DateTimeField(null=True, editable=False)
    #: Since when it is up for a swap: with ``swap_with`` for their shift ``in_return``, else with anybody for nothing.
    swap_since = models.DateTimeField(null=True, editable=False)
    swap_with = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    in_return = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        """The next first; an end comes after its start."""

        ordering = ("starts_at",)
        constraints = (
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="roster_shift_order"),
        )
        verbose_name = _("turno")
        verbose_name_plural = _("turnos")

    def __str__(self) -> str:
        """Name it by member and start."""
        return f"{self.member} {timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"


class GivenBack(models.Model):
    """A shift that its member does not do any more: calendars take it out, supervision sees it when it was late."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="given_back")
    passed_to = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    uid = models.UUIDField()
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering = ("-at",)

    def __str__(self) -> str:
        """Name it by member and start."""
        return f"{self.member_id} {self.starts_at:%d/%m/%Y %H:%M}"


class NeededVolunteers(models.Model):
    """How many volunteers one hour needs, as the forecast says; without a row the opening hours say it."""

    hour = models.DateTimeField(unique=True)
    count = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        """Name it by its hour."""
        return f"{self.hour:%d/%m/%Y %H:%M} {self.count}"


class CalendarFeed(models.Model):
    """The secret address of a member's calendar; the token itself is stored nowhere."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name it by its member."""
        return str(self.member_id)


class OpeningDay(models.IntegerChoices):
    """The days for which hours can be set, as Python counts weekdays; the more particular ones win."""

    MONDAY = 0, _("lunes")
    TUESDAY = 1, _("martes")
    WEDNESDAY = 2, _("miércoles")
    THURSDAY = 3, _("jueves")
    FRIDAY = 4, _("viernes")
    SATURDAY = 5, _("sábado")
    SUNDAY = 6, _("domingo")
    EVERY = 7, _("todos los días")
    HOLIDAY = 8, _("feriados nacionales")


class Open(models.Model):
    """Hours from ``opens`` to ``closes``, Lima time; without either: closed."""

    opens = models.TimeField(_("abre"), null=True, blank=True, help_text=_("Vacío: ese día está cerrado."))
    closes = models.TimeField(
        _("cierra"),
        null=True,
        blank=True,
        help_text=_("Si no es después de abrir, es del día siguiente. La misma hora: 24 horas."),
    )
    needed = models.PositiveSmallIntegerField(
        _("voluntarias y voluntarios que hacen falta"),
        default=1,
        validators=(MinValueValidator(1),),
        help_text=_("En cada hora, mientras no haya pronóstico."),
    )

    class Meta:
        """For those below."""

        abstract = True

    def clean(self) -> None:
        """Refuse half a span."""
        if (self.opens is None) != (self.closes is None):
            raise ValidationError(_("Pon las dos horas, o ninguna si ese día está cerrado."))


class OpeningSpan(Open):
    """When the line is open in an ordinary week; no row at all: always."""

    day = models.PositiveSmallIntegerField(_("día"), choices=OpeningDay.choices)

    class Meta:
        """From Monday on."""

        ordering = ("day", "opens")
        verbose_name = _("horario de la línea")
        verbose_name_plural = _("horario de la línea")

    def __str__(self) -> str:
        """Name it by day and beginning."""
        return f"{self.get_day_display()} {self.opens or ''}".strip()


class OpeningException(Open):
    """When the line is open on one date, in place of the ordinary hours, from midnight to midnight."""

    date = models.DateField(_("fecha"))
    name = models.CharField(_("qué día es"), max_length=80)

    class Meta:
        """By date."""

        ordering = ("date", "opens")
        verbose_name = _("día con otro horario")
        verbose_name_plural = _("días con otro horario")

    def __str__(self) -> str:
        """Name it by date."""
        return f"{self.date:%d/%m/%Y} {self.name}"


class Invitation(models.Model):
    """A one-time way in for a new member; the token itself is stored nowhere."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(_("correo"), blank=True)
    role = models.CharField(_("rol"), max_length=12, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("organización")
    )
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("vence"))
    used_at = models.DateTimeField(_("usada"), null=True, blank=True, editable=False)

    class Meta:
        """The newest first."""

        ordering = ("-expires_at",)
        verbose_name = _("invitación")
        verbose_name_plural = _("invitaciones")

    def __str__(self) -> str:
        """Name it by its role."""
        return f"{self.get_role_display()} {self.expires_at:%d/%m/%Y}"
