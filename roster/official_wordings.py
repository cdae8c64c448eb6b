"""An official wording, whatever it is the wording of: kept once for each version, looked at before, never edited."""

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from roster.models import Member
from roster.wording_file import refuse_other_words
from vault import actions as vault
from wire import clock

OPERATOR = "operator"  # whoever loads by the command
_VERSION = ("code", "language", "version")


class OfficialWording(models.Model):
    """The official wording of a form, as the coordination loaded it from a file; never ours, never edited."""

    code = models.CharField(_("instrumento"), max_length=10)
    language = models.CharField(_("idioma"), max_length=10)
    version = models.CharField(_("versión"), max_length=40)
    source = models.CharField(_("de dónde se tomó"), max_length=200)
    licence = models.CharField(_("licencia"), max_length=200)
    items = models.JSONField(_("preguntas"))
    answers = models.JSONField(default=list)  # the official words of the points, where the form has them
    digest = models.CharField("SHA-256", max_length=64)
    loaded_at = models.DateTimeField(_("se cargó el"))
    loaded_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("lo cargó")
    )  # None: the operator, by the command

    class Meta:
        """For those of each room."""

        abstract = True

    def __str__(self) -> str:
        """Name it by its form, language and version."""
        return f"{self.code} {self.language} {self.version}"


W = TypeVar("W", bound=OfficialWording)


@dataclasses.dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring, before it counts: its wording, whether it stands already, and which one it follows.

    ``about`` says something beside each item, and ``facts`` what else is to be compared with the official form.
    """

    wording: OfficialWording
    name: str
    known: bool
    before: OfficialWording | None
    about: Sequence[Any]
    facts: Sequence[Any] = ()

    @property
    def items(self) -> list[tuple[str, Any, bool]]:
        """Each item: its text, what stands beside it, and whether it differs from the one in force."""
        return [
            (text, about, self.before is not None and text not in self.before.items[index : index + 1])
            for index, (text, about) in enumerate(zip(self.wording.items, self.about, strict=True))
        ]


def _rows(model: type[W]) -> models.QuerySet[W]:
    return models.QuerySet(model)


def _version_of(fresh: OfficialWording) -> dict[str, str]:
    return {name: getattr(fresh, name) for name in _VERSION}


def preview(fresh: OfficialWording, name: str, about: Sequence[Any], facts: Sequence[Any] = ()) -> Preview:
    """Show a wording that is not stored yet. Raises WordingProblem for a version that stands with other words."""
    found = _rows(type(fresh)).filter(**_version_of(fresh)).first()
    if found is not None and found.digest != fresh.digest:
        refuse_other_words(fresh.version)
    return Preview(fresh, name, found is not None, wording_of(type(fresh), fresh.code, fresh.language), about, facts)


@transaction.atomic
def keep(fresh: W, kind: str, by: Member | None = None) -> tuple[W, bool]:
    """Keep a wording and say whether it was new; the same file again changes nothing.

    ``kind`` is what the trail calls it, ``by`` who loads it (None: the operator, by the command). Raises
    WordingProblem for a version that was loaded from another file before: whoever used that version keeps it.
    """
    others = {field.name: getattr(fresh, field.name) for field in fresh._meta.concrete_fields if not field.primary_key}
    values = {name: value for name, value in others.items() if name not in _VERSION}
    values |= {"loaded_at": clock.now(), "loaded_by": by}
    found, new = _rows(type(fresh)).get_or_create(**_version_of(fresh), defaults=values)
    if found.digest != fresh.digest:
        refuse_other_words(fresh.version)
    if new:
        actor = str(by.pk) if by else OPERATOR
        vault.record(actor=actor, act=f"{kind}.load", subject_kind=kind, subject=fresh.code, reason=fresh.version)
    return found, new


def wording_of(model: type[W], code: str, language: str) -> W | None:
    """Return the wording loaded last for a form in a language, or None: then no words are invented."""
    return _rows(model).filter(code=code, language=language).order_by("-loaded_at", "-pk").first()
