"""What the care of volunteers keeps in the clear: who would like to talk or be asked, figures, official wordings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roster.models import Member
from roster.official_wordings import OfficialWording


class Wish(models.TextChoices):
    """What somebody asks of supervision; the last says why, because they wished to say it."""

    TALK = "talk", _("quisiera conversar")
    SOON = "soon", _("quisiera que le busquen dentro de la hora")
    DEATH = "death", _("quisiera que le busquen dentro de la hora: murió alguien")


class TalkRequest(models.Model):
    """Somebody would like to talk with supervision, as a colleague: no contact, a day and no hour."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="+")
    asked_on = models.DateField()
    wish = models.CharField(max_length=5, choices=Wish.choices, default=Wish.TALK)
    taken_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    #: Where the two may talk, while it lasts (``talks.room_of``).
    room = models.ForeignKey("reflection.Circle", on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        """Name it by its member."""
        return f"{self.member_id} since {self.asked_on}"


class FollowUp(models.Model):
    """A day on which a member's desk asks how they go on, as they wished; nothing says after what."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()

    class Meta:
        """Each day once."""

        constraints = (models.UniqueConstraint(fields=("member", "on"), name="reflection_followup_once"),)

    def __str__(self) -> str:
        """Name it by its member and day."""
        return f"{self.member_id} on {self.on}"


class TrendTally(models.Model):
    """What those who said yes gave in one month: how many, and the sum of their rounded values; no names, no rows."""

    month = models.DateField()  # its first day
    measure = models.CharField(max_length=20)
    given = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        """One row for each."""

        constraints = (models.UniqueConstraint(fields=("month", "measure"), name="reflection_tally_once"),)

    def __str__(self) -> str:
        """Name it by what it counts."""
        return f"{self.measure} {self.month}"


class TrendGift(models.Model):
    """Somebody gave to a month already: known again by the line alone, and gone when the month is over."""

    month = models.DateField()  # its first day
    form = models.CharField(max_length=10)
    voucher = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        """Name it by what was given to."""
        return f"{self.form} {self.month}"


class FormWording(OfficialWording):
    """The official wording of a questionnaire for members, and how the official form scores its items."""

    intro = models.TextField(blank=True)
    scales = models.JSONField(default=list)  # the scale of each item, where the form does not fix it
    turned = models.JSONField(default=list)  # the items that count the other way round

    class Meta:
        """One row for each version."""

        verbose_name = _("texto oficial")
        verbose_name_plural = _("textos oficiales de cuestionarios para el equipo")
        constraints = (models.UniqueConstraint(fields=("code", "language", "version"), name="reflection_wording_once"),)
