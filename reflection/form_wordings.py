"""The official wording of questionnaires for members: read from a file of the coordination, checked, kept as it is."""

from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _

from reflection.models import FormWording
from reflection.questionnaires import FORMS, THREE, Form
from roster.wording_file import LONGEST, WordingFile, refuse_other_words
from vault import actions as vault
from wire import clock


def _intro(file: WordingFile) -> str:
    intro = file.facts.get("intro", "")
    if not isinstance(intro, str) or len(intro) > LONGEST:
        file.refuse("intro", _("debe ser un texto de %(most)s letras como mucho.") % {"most": LONGEST})
    return str(intro).strip()


def _scales(file: WordingFile, form: Form) -> list[str]:
    """Return to which scale each item belongs, where the form leaves it to the file."""
    if not form.items_by_file:
        if "scales" in file.facts:
            file.refuse("scales", _("sobra: %(name)s ya dice a qué escala va cada frase.") % {"name": form.name})
        return []
    told = file.list_of("scales", form.items)
    codes = [scale.code for scale in form.scales]
    if Counter(told) != Counter(dict.fromkeys(codes, THREE)):
        words = _("debe nombrar %(n)s veces cada una de: %(known)s, en el orden de las frases.")
        file.refuse("scales", words % {"n": THREE, "known": ", ".join(codes)})
    return told


def _form(file: WordingFile) -> Form:
    code = file.texts["code"]
    if code not in FORMS:
        words = _("«%(code)s» no es un cuestionario de esta línea. Puede ser: %(known)s.")
        file.refuse("code", words % {"code": code, "known": ", ".join(FORMS)})
    return FORMS[code]


def read(raw: bytes) -> FormWording:
    """Read a file into a row that is not stored yet.

    Raises WordingProblem, whose sentence names the first defect, its line and its entry.
    """
    file = WordingFile(raw, "intro", "items", "answers", "scales")
    form = _form(file)
    return FormWording(
        **file.texts,
        intro=_intro(file),
        items=file.list_of("items", form.items),
        answers=file.list_of("answers", len(form.points)),
        scales=_scales(file, form),
        digest=file.digest,
    )


@transaction.atomic
def load(raw: bytes) -> tuple[FormWording, bool]:
    """Keep the wording of a file and say whether it was new; the same file again changes nothing.

    Raises WordingProblem as ``read``, and for a version that was loaded from another file before.
    """
    fresh = read(raw)
    same = {"code": fresh.code, "language": fresh.language, "version": fresh.version}
    names = ("source", "licence", "intro", "items", "answers", "scales", "digest")
    values = {name: getattr(fresh, name) for name in names} | {"loaded_at": clock.now()}
    found, new = FormWording.objects.get_or_create(**same, defaults=values)
    if found.digest != fresh.digest:
        refuse_other_words(fresh.version)
    if new:
        vault.record(actor="operator", act="form.load", subject_kind="form", subject=fresh.code, reason=fresh.version)
    return found, new


def wording_of(code: str, language: str = "es-PE") -> FormWording | None:
    """Return the wording loaded last for a questionnaire, or None: then it is not asked, as no words are invented."""
    return FormWording.objects.filter(code=code, language=language).order_by("-loaded_at", "-pk").first()
