"""The official wording of questionnaires for members: what their files hold, and how the official form is scored."""

from collections import Counter
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from reflection.models import FormWording
from reflection.questionnaires import FORMS, Form, Key, Scale, items_of
from roster import official_wordings, wording_example
from roster.models import Member
from roster.official_wordings import Preview
from roster.wording_example import Wanted
from roster.wording_file import LONGEST, UNFILLED, WordingFile


def _intro(file: WordingFile) -> str:
    intro = file.facts.get("intro", "")
    if not isinstance(intro, str) or len(intro) > LONGEST:
        file.refuse("intro", _("debe ser un texto de %(most)s letras como mucho.") % {"most": LONGEST})
    return str(intro).strip()


def _scales(file: WordingFile, form: Form) -> list[str]:
    """Return to which scale each item belongs, where the form has several."""
    told = file.list_of("scales", form.items)
    codes = [scale.code for scale in form.scales]
    if Counter(told) != Counter(dict.fromkeys(codes, form.each)):
        words = _("debe nombrar %(n)s veces cada una de: %(known)s, en el orden de las frases.")
        file.refuse("scales", words % {"n": form.each, "known": ", ".join(codes)})
    return told


def _turned(file: WordingFile, form: Form) -> list[int]:
    """Return which items count the other way round; the file must say it, and be it that there are none."""
    told = file.facts.get("turned")
    if not isinstance(told, list):
        words = _("falta. Es la lista de los números de frase que cuentan al revés; si no hay ninguno: turned = []")
        file.refuse("turned", words)
    numbers = [one for one in told if isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= form.items]
    if numbers != told or len(set(numbers)) < len(numbers):
        file.refuse("turned", _("debe tener números de frases, del 1 al %(n)s, cada uno una vez.") % {"n": form.items})
    return sorted(numbers)


def _key(file: WordingFile, form: Form) -> Key:
    if form.items_by_file:
        return Key(_scales(file, form), _turned(file, form))
    for name in ("scales", "turned"):
        if name in file.facts:
            file.refuse(name, _("sobra: %(name)s tiene una sola escala.") % {"name": form.name})
    return Key()


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
    file = WordingFile(raw, "intro", "items", "answers", "scales", "turned")
    form = _form(file)
    key = _key(file, form)
    return FormWording(
        **file.texts,
        intro=_intro(file),
        items=file.list_of("items", form.items),
        answers=file.list_of("answers", len(form.points)),
        scales=list(key.scales),
        turned=list(key.turned),
        digest=file.digest,
    )


def preview(raw: bytes) -> Preview:
    """Read a file as ``load`` would and keep nothing; it says how each item will count. Raises WordingProblem."""
    fresh = read(raw)
    form, key = FORMS[fresh.code], key_of(fresh)
    return official_wordings.preview(fresh, form.name, _about(form, key), _facts(form, key))


def _about(form: Form, key: Key) -> list[str]:
    """Return what stands beside each item: its scale, and whether it counts the other way round."""
    scale_of = {item: scale.name for scale in form.scales for item in items_of(form, scale, key)}
    round_ = _("%(scale)s, al revés")
    return [
        round_ % {"scale": scale_of[item]} if item in key.turned else str(scale_of[item])
        for item in range(1, form.items + 1)
    ]


def _facts(form: Form, key: Key) -> list[str | Promise]:
    """Return how the form will be scored, in sentences to be compared with the official form."""
    compared = form.turned_to_compare
    differs = _("Compara: un apunte sin verificar dice que van al revés %(items)s, y el archivo dice otra cosa.")
    same = _("Compara: un apunte sin verificar dice, como el archivo, que van al revés %(items)s.")
    note = same if tuple(key.turned) == compared else differs
    return [
        *(_of_scale(form, scale, key) for scale in form.scales),
        *([note % {"items": _listed(compared)}] if compared else []),
        form.to_confirm,
    ]


def _of_scale(form: Form, scale: Scale, key: Key) -> str:
    items = items_of(form, scale, key)
    turned = [item for item in items if item in key.turned]
    told = {"scale": scale.name, "items": _listed(items), "turned": _listed(turned), "times": scale.times}
    words = _("%(scale)s: la suma de las frases %(items)s")
    words += _("; al revés %(turned)s") if turned else ""
    words += _("; por %(times)s") if scale.times > 1 else ""
    return words % told + "."


def scored(wording: FormWording) -> list[str]:
    """Return how a wording that stands is scored, a sentence for each scale."""
    form = FORMS[wording.code]
    return [_of_scale(form, scale, key_of(wording)) for scale in form.scales]


def _listed(items: Sequence[int]) -> str:
    return ", ".join(map(str, items)) or "–"


def load(raw: bytes, by: Member | None = None) -> tuple[FormWording, bool]:
    """Keep the wording of a file and say whether it was new, as ``official_wordings.keep``. Raises WordingProblem."""
    return official_wordings.keep(read(raw), "form", by)


def example(form: Form, language: str = "es-PE") -> str:
    """Return a file for a questionnaire with everything but its official words; as it is, it is refused."""
    scales = [f'    "{UNFILLED}",  # {number}' for number in range(1, form.items + 1)]
    known = {"known": ", ".join(scale.code for scale in form.scales)}
    further = [
        "# " + _("La escala de cada frase, como en el formulario oficial: %(known)s.") % known,
        "scales = [",
        *scales,
        "]",
        "# " + _("Los números de las frases que cuentan al revés; si no hay ninguna: []"),
        f'turned = ["{UNFILLED}"]',
    ]
    wanted = Wanted(form.code, form.name, [""] * form.items, form.points, further if form.items_by_file else ())
    return wording_example.example(wanted, language)


def key_of(wording: FormWording) -> Key:
    """Return how the official form is scored, as its file said."""
    return Key(wording.scales, wording.turned)


def wording_of(code: str, language: str = "es-PE") -> FormWording | None:
    """Return the wording loaded last for a questionnaire, or None: then it is not asked, as no words are invented.

    Neither is one whose file, of an earlier version of the line, did not say how it is scored.
    """
    found = official_wordings.wording_of(FormWording, code, language)
    scored = found is not None and (found.scales or not FORMS[code].items_by_file)
    return found if scored else None
