"""Official questionnaires that a volunteer asks inside a conversation: their structure, scoring and cut-offs; pure.

No item is worded here: the official Spanish text is loaded by the coordination (``triage.wordings``). What leads from
a result to a level follows the table of levels A to E, in which A stays narrow (a plan, with means, for today), and
waits for the clinical lead's yes. Unanswered is never «no».
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from triage.errors import BadAnswers

Given = Mapping[str, str]
YES, NO = "yes", "no"
RECENT, OLDER, UNDATED = "recent", "older", "undated"
PLAN, MEANS, TODAY = "plan", "means", "today"
YES_NO = (YES, NO)
POINTS = ("0", "1", "2", "3")
#: What each answer is called on the form; points are called by their number.
OPTION_WORDS: dict[str, Promise] = {
    YES: gettext_lazy("Sí"),
    NO: gettext_lazy("No"),
    RECENT: gettext_lazy("Sí, en los últimos tres meses"),
    OLDER: gettext_lazy("Sí, hace más de tres meses"),
    UNDATED: gettext_lazy("Sí, sin saber cuándo"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One item in the order of the official form: what it is about (never its wording), and its answers."""

    code: str
    construct: Promise | str
    options: tuple[str, ...] = YES_NO


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a form says: band by its cut-offs, suggested level, one line for the volunteer, and how many are missing."""

    band: str
    level: str
    line: str
    missing: int


@dataclasses.dataclass(frozen=True, slots=True)
class Instrument:
    """One questionnaire. ``beside`` are questions of ours that belong to no form; ``to_confirm`` what is unverified."""

    code: str
    name: str
    items: tuple[Item, ...]
    beside: tuple[Item, ...]
    score: Callable[[Given], Outcome]
    order: Promise | str
    source: str
    licence: Promise
    to_confirm: tuple[Promise, ...]


def _yes(given: Given, codes: Iterable[str]) -> set[str]:
    return {code for code in codes if given.get(code) == YES}


def _unanswered(given: Given, codes: Iterable[str]) -> int:
    return sum(not given.get(code) for code in codes)


def _missing_words(missing: int) -> str:
    return ngettext("falta %(n)s respuesta", "faltan %(n)s respuestas", missing) % {"n": missing}


def _line(head: str, parts: Iterable[str], missing: int) -> str:
    said = ", ".join(part for part in parts if part)
    line = f"{head}: {said}" if said else head
    return f"{line}; {_missing_words(missing)}" if missing else line


def _beside_words(given: Given) -> list[str]:
    """Say what is known of means and day; what was not asked is said to be unknown."""
    means = {YES: _("con medios a mano"), NO: _("sin medios a mano")}
    today = [_("para hoy")] if given.get(TODAY) == YES else []
    return [means.get(given.get(MEANS, ""), _("falta saber si tiene medios a mano")), *today]


# C-SSRS -------------------------------------------------------------------------------------------------------------

_IDEATION = ("1", "2", "3", "4", "5")
#: The deepest yes, in words; behind it the next deeper item, and what its no adds.
_DEEPEST: tuple[tuple[str, Promise, str, Promise | str], ...] = (
    ("5", gettext_lazy("ideación con plan"), "", ""),
    ("4", gettext_lazy("ideación con intención"), "5", gettext_lazy("sin plan")),
    ("3", gettext_lazy("ideación con método"), "4", gettext_lazy("sin intención")),
    ("2", gettext_lazy("ideación"), "3", gettext_lazy("sin método")),
    ("1", gettext_lazy("deseo de morir"), "2", gettext_lazy("sin ideación")),
)
_BEHAVIOUR: dict[str, Promise] = {
    RECENT: gettext_lazy("conducta suicida en los últimos tres meses"),
    UNDATED: gettext_lazy("conducta suicida sin fecha, que cuenta como reciente"),
    OLDER: gettext_lazy("conducta suicida hace más de tres meses"),
}
_CSSRS_BANDS: dict[str, Promise] = {
    "none": gettext_lazy("sin señales (respondió que no a todo)"),
    "open": gettext_lazy("sin señales en lo contestado"),
    "low": gettext_lazy("bajo"),
    "moderate": gettext_lazy("moderado"),
    "high": gettext_lazy("alto"),
    "imminent": gettext_lazy("inminente"),
}


def _ideation_words(given: Given) -> list[str]:
    for item, words, deeper, without in _DEEPEST:
        if given.get(item) == YES:
            return [str(words), str(without) if given.get(deeper) == NO else ""]
    return []


def _cssrs_missing(given: Given) -> int:
    """Count what is to be asked and has no answer: 3 to 5 are left out only after a no to 2."""
    asked = ("1", "2", "6") if given.get("2") == NO else (*_IDEATION, "6")
    return _unanswered(given, asked)


def _cssrs_band(yes: set[str], behaviour: str, missing: int) -> str:
    if yes & {"4", "5"} or behaviour in {RECENT, UNDATED}:
        return "high"
    if "3" in yes or behaviour == OLDER:
        return "moderate"
    if yes:
        return "low"
    return "open" if missing else "none"


def _cssrs_level(given: Given, yes: set[str], behaviour: str, missing: int) -> str:
    if "5" in yes and _yes(given, (MEANS, TODAY)) == {MEANS, TODAY}:
        return "A"
    thoughts = bool(yes) or given.get("2") != NO
    if yes & {"3", "4", "5"} or behaviour in {RECENT, UNDATED} or (thoughts and _yes(given, (MEANS, TODAY))):
        return "B"
    return "C" if yes or behaviour == OLDER or missing else "E"


def _cssrs(given: Given) -> Outcome:
    yes, behaviour, missing = _yes(given, _IDEATION), given.get("6", ""), _cssrs_missing(given)
    level = _cssrs_level(given, yes, behaviour, missing)
    band = "imminent" if level == "A" else _cssrs_band(yes, behaviour, missing)
    told = yes & {"3", "4", "5"} or (_yes(given, (MEANS, TODAY)) and (yes or given.get("2") != NO))
    parts = [*_ideation_words(given), str(_BEHAVIOUR.get(behaviour, "")), *(_beside_words(given) if told else [])]
    return Outcome(band, level, _line(str(_CSSRS_BANDS[band]), parts, missing), missing)


# ASQ ----------------------------------------------------------------------------------------------------------------

_SCREEN = ("1", "2", "3", "4")


def _asq_band(given: Given, yes: set[str], missing: int) -> str:
    if given.get("5") == YES:
        return "acute"
    if yes:
        return "positive"
    return "open" if missing else "none"


def _asq_level(given: Given, band: str) -> str:
    beside = _yes(given, (PLAN, MEANS, TODAY))
    if beside == {PLAN, MEANS, TODAY}:
        return "A"
    if band == "acute" or (beside and band != "none"):
        return "B"
    return "E" if band == "none" and not beside else "C"


def _asq(given: Given) -> Outcome:
    yes = _yes(given, _SCREEN)
    calm = not yes and not _unanswered(given, _SCREEN)  # four times no: the fifth is not asked
    missing = _unanswered(given, _SCREEN) + (0 if calm else _unanswered(given, ("5",)))
    band = _asq_band(given, yes, missing)
    level = _asq_level(given, band)
    heads = {
        "acute": _("positivo agudo"),
        "positive": _("positivo"),
        "open": _("sin señales en lo contestado"),
        "none": _("negativo (respondió que no a las cuatro)"),
    }
    parts = {
        "acute": [_("dijo que sí a la de ahora mismo")],
        "positive": [
            _("%(n)s de 4 con sí") % {"n": len(yes)},
            _("ahora mismo no") if given.get("5") == NO else _("falta saber si es ahora mismo"),
        ],
    }.get(band, [])
    plan = [_("con plan")] if given.get(PLAN) == YES else []
    told = _beside_words(given) if band == "acute" or _yes(given, (PLAN, MEANS, TODAY)) else []
    head = _("inminente") if level == "A" else heads[band]
    return Outcome("imminent" if level == "A" else band, level, _line(head, [*parts, *plan, *told], missing), missing)


# PHQ-4 --------------------------------------------------------------------------------------------------------------

#: From how many points on: band, level, words. The levels follow those of the caller's five faces.
_PHQ4_CUTS: tuple[tuple[int, str, str, Promise], ...] = (
    (9, "severe", "C", gettext_lazy("síntomas graves")),
    (6, "moderate", "D", gettext_lazy("síntomas moderados")),
    (3, "mild", "E", gettext_lazy("síntomas leves")),
    (0, "minimal", "E", gettext_lazy("síntomas mínimos o ninguno")),
)


def _phq4(given: Given) -> Outcome:
    missing = _unanswered(given, _SCREEN)
    points = sum(int(given.get(code) or 0) for code in _SCREEN)
    band, level, words = next((band, level, words) for cut, band, level, words in _PHQ4_CUTS if points >= cut)
    told = _("al menos %(n)s de 12 puntos") if missing else _("%(n)s de 12 puntos")
    return Outcome(band, level, _line(str(words), [told % {"n": points}], missing), missing)


# The three ----------------------------------------------------------------------------------------------------------

_MEANS = Item(MEANS, gettext_lazy("¿Tiene a mano con qué hacerlo?"))
_TODAY = Item(TODAY, gettext_lazy("¿Piensa hacerlo hoy, o en las próximas 24 horas?"))
_PLAN = Item(PLAN, gettext_lazy("¿Tiene un plan?"))
_LEVELS_WAIT = gettext_lazy("El nivel que se sugiere: por confirmar por la responsable clínica.")
_CUTS_WAIT = gettext_lazy("Los puntos de corte: por confirmar por la responsable clínica.")
_RIGHTS_WAIT = gettext_lazy("Los derechos de uso: por confirmar por la responsable clínica.")

CSSRS = Instrument(
    code="cssrs",
    name="C-SSRS",
    items=(
        Item("1", gettext_lazy("Deseo de estar muerto o muerta")),
        Item("2", gettext_lazy("Ideas de suicidio")),
        Item("3", gettext_lazy("Método")),
        Item("4", gettext_lazy("Intención")),
        Item("5", gettext_lazy("Plan con intención")),
        Item("6", gettext_lazy("Conducta: alguna vez, y en los últimos tres meses"), (RECENT, OLDER, UNDATED, NO)),
    ),
    beside=(_MEANS, _TODAY),
    score=_cssrs,
    order=gettext_lazy("Si la 2 es «no», pasa a la 6. Si es «sí», pregunta también 3, 4 y 5."),
    source="Columbia-Suicide Severity Rating Scale, screener",
    licence=gettext_lazy("Libre. Se sigue tal cual: no se cambia ninguna palabra."),
    to_confirm=(_CUTS_WAIT, _LEVELS_WAIT),
)
ASQ = Instrument(
    code="asq",
    name="ASQ",
    items=(*(Item(code, "") for code in _SCREEN), Item("5", gettext_lazy("Agudeza: ahora mismo"))),
    beside=(_PLAN, _MEANS, _TODAY),
    score=_asq,
    order=gettext_lazy("Si una de las cuatro primeras es «sí», pregunta la 5."),
    source="Ask Suicide-Screening Questions, NIMH",
    licence=gettext_lazy("Dominio público."),
    to_confirm=(_LEVELS_WAIT,),
)
PHQ4 = Instrument(
    code="phq4",
    name="PHQ-4",
    items=tuple(Item(code, "", POINTS) for code in _SCREEN),
    beside=(),
    score=_phq4,
    order="",
    source="Patient Health Questionnaire-4",
    licence=gettext_lazy("Libre."),
    to_confirm=(_RIGHTS_WAIT, _LEVELS_WAIT),
)
#: Sources and figures: C-SSRS screener low 1 or 2, moderate 3 or 6 older than three months, high 4, 5 or 6 within three
#: months [unverified]; ideation with plan, means and 24 hours is imminent, as a text line uses it. ASQ: any yes of 1 to
#: 4 is positive, 5 is acute. PHQ-4: 3, 6 and 9 points. From bands to levels is our judgement: method counts as the
#: answer «he pensado cómo» before the conversation does (B), behaviour long ago alone as C.
INSTRUMENTS = {one.code: one for one in (CSSRS, ASQ, PHQ4)}


def instrument(code: str) -> Instrument:
    """Return one by its code. Raises BadAnswers for any other."""
    if code not in INSTRUMENTS:
        raise BadAnswers
    return INSTRUMENTS[code]


def taken(one: Instrument, given: Given) -> dict[str, str]:
    """Return the answers to items and questions beside, checked: item code → option; what is empty is left out.

    Raises BadAnswers for an option that an item does not have, or when no item has an answer.
    """
    answers = {item.code: given[item.code] for item in (*one.items, *one.beside) if given.get(item.code)}
    options = {item.code: item.options for item in (*one.items, *one.beside)}
    if any(answer not in options[code] for code, answer in answers.items()):
        raise BadAnswers
    if not any(item.code in answers for item in one.items):
        raise BadAnswers
    return answers
