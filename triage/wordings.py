"""The official wording of instruments: what their files hold, and which version was asked."""

from django.utils.translation import gettext as _

from roster import official_wordings, wording_example
from roster.models import Member
from roster.official_wordings import Preview
from roster.wording_example import Wanted
from roster.wording_file import WordingFile
from triage.errors import UnknownWording
from triage.instruments import INSTRUMENTS, POINTS, Instrument
from triage.models import InstrumentWording


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


def preview(raw: bytes) -> Preview:
    """Read a file as ``load`` would and keep nothing; beside each item what it is about. Raises WordingProblem."""
    fresh = read(raw)
    one = INSTRUMENTS[fresh.code]
    return official_wordings.preview(fresh, one.name, [item.construct for item in one.items])


def load(raw: bytes, by: Member | None = None) -> tuple[InstrumentWording, bool]:
    """Keep the wording of a file and say whether it was new, as ``official_wordings.keep``. Raises WordingProblem."""
    return official_wordings.keep(read(raw), "instrument", by)


def example(one: Instrument, language: str = "es-PE") -> str:
    """Return a file for an instrument with everything but its official words; as it is, it is refused."""
    points = tuple(range(len(POINTS))) if one.items[0].options == POINTS else ()
    return wording_example.example(Wanted(one.code, one.name, [item.construct for item in one.items], points), language)


def wording_of(code: str, language: str) -> InstrumentWording | None:
    """Return the wording loaded last for an instrument in a language, or None: then no words are invented."""
    return official_wordings.wording_of(InstrumentWording, code, language)


def version_asked(code: str, language: str, told: str | None) -> str:
    """Return the version that answers were asked with: as told, else the one in force. Raises UnknownWording."""
    if told is None:
        found = wording_of(code, language)
        return found.version if found else ""
    if told and not InstrumentWording.objects.filter(code=code, language=language, version=told).exists():
        raise UnknownWording
    return told
