"""The official wording of instruments: read from a file of the coordination, checked, and kept with its digest."""

import dataclasses
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from roster.models import Member
from roster.wording_file import WordingFile, refuse_other_words
from triage.errors import UnknownWording
from triage.instruments import INSTRUMENTS, POINTS, Instrument
from triage.models import InstrumentWording
from vault import actions as vault
from wire import clock

OPERATOR = "operator"  # whoever loads by the command


def _answers(file: WordingFile, one: Instrument) -> list[str]:
    if "answers" not in file.facts:
        return []
    if one.items[0].options != POINTS:
        file.refuse("answers", _("sobra: %(name)s no tiene puntos.") % {"name": one.name})
    return file.list_of("answers", len(POINTS))


def _instrument(file: WordingFile) -> Instrument:
    code = file.facts["code"].strip()
    if code not in INSTRUMENTS:
        words = _("«%(code)s» no es un instrumento de esta línea. Puede ser: %(known)s.")
        file.refuse("code", words % {"code": code, "known": ", ".join(INSTRUMENTS)})
    return INSTRUMENTS[code]


def read(raw: bytes) -> InstrumentWording:
    """Read a file into a row that is not stored yet.

    Raises WordingProblem, whose sentence names the first defect, its line and its entry: not UTF-8, not TOML, an
    unknown, missing or unfilled entry, an unknown instrument, a licence that nobody accepted, a wrong number of items,
    an empty one.
    """
    file = WordingFile(raw, "items", "answers")
    one = _instrument(file)
    items = file.list_of("items", len(one.items))
    return InstrumentWording(**file.texts, items=items, answers=_answers(file, one), digest=file.digest)


def _same_version(fresh: InstrumentWording) -> dict[str, str]:
    return {"code": fresh.code, "language": fresh.language, "version": fresh.version}


@dataclasses.dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring, before it counts: its wording, whether it stands already, and which one it follows."""

    wording: InstrumentWording
    known: bool
    before: InstrumentWording | None

    @property
    def items(self) -> list[tuple[str, Any, bool]]:
        """Each item: its text, what it is about (never its wording), and whether it differs from the one in force."""
        return [
            (text, item.construct, self.before is not None and text not in self.before.items[index : index + 1])
            for index, (text, item) in enumerate(
                zip(self.wording.items, INSTRUMENTS[self.wording.code].items, strict=True)
            )
        ]

    @property
    def name(self) -> str:
        """The name of the instrument."""
        return INSTRUMENTS[self.wording.code].name


def preview(raw: bytes) -> Preview:
    """Read a file as ``load`` would and keep nothing. Raises WordingProblem as ``load``."""
    fresh = read(raw)
    found = InstrumentWording.objects.filter(**_same_version(fresh)).first()
    if found is not None and found.digest != fresh.digest:
        refuse_other_words(fresh.version)
    return Preview(fresh, found is not None, wording_of(fresh.code, fresh.language))


@transaction.atomic
def load(raw: bytes, by: Member | None = None) -> tuple[InstrumentWording, bool]:
    """Keep the wording of a file and say whether it was new; the same file again changes nothing.

    ``by`` is who loads it (None: the operator, by the command). Raises WordingProblem as ``read``, and for a version
    that was loaded from another file before: an old version is never edited, whoever used it keeps it.
    """
    fresh = read(raw)
    found, new = InstrumentWording.objects.get_or_create(
        **_same_version(fresh),
        defaults={
            "source": fresh.source,
            "licence": fresh.licence,
            "items": fresh.items,
            "answers": fresh.answers,
            "digest": fresh.digest,
            "loaded_at": clock.now(),
            "loaded_by": by,
        },
    )
    if found.digest != fresh.digest:
        refuse_other_words(fresh.version)
    if new:
        actor = str(by.pk) if by else OPERATOR
        vault.record(
            actor=actor, act="instrument.load", subject_kind="instrument", subject=fresh.code, reason=fresh.version
        )
    return found, new


def wording_of(code: str, language: str) -> InstrumentWording | None:
    """Return the wording loaded last for an instrument in a language, or None: then no words are invented."""
    return InstrumentWording.objects.filter(code=code, language=language).order_by("-loaded_at", "-pk").first()


def version_asked(code: str, language: str, told: str | None) -> str:
    """Return the version that answers were asked with: as told, else the one in force. Raises UnknownWording."""
    if told is None:
        found = wording_of(code, language)
        return found.version if found else ""
    if told and not InstrumentWording.objects.filter(code=code, language=language, version=told).exists():
        raise UnknownWording
    return told
