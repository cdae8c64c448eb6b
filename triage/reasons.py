"""Says in one sentence, for whoever asks later, why a caller was offered to this volunteer."""

from django.utils.translation import gettext, gettext_lazy

#: Code of a reason (``triage.routing``) → its part of the sentence.
BECAUSE = {
    "quechua": gettext_lazy("habla quechua"),
    "aymara": gettext_lazy("habla aimara"),
    "english": gettext_lazy("habla inglés"),
    "continuity": gettext_lazy("ya conversaban hace poco"),
    "minors": gettext_lazy("tiene experiencia con menores de edad"),
    "violence": gettext_lazy("tiene experiencia con violencia"),
    "above_limit": gettext_lazy("es una emergencia y dijo que sí a una más"),
    "only_one": gettext_lazy("era la única persona que podía recibirla"),
    "least_busy": gettext_lazy("era quien menos llevaba"),
    "longest_idle": gettext_lazy("era quien más esperaba"),
    "wished": gettext_lazy("se lo pidió quien conversaba con ella"),
    "fits_best": gettext_lazy("era quien mejor podía recibirla"),
}


def in_words(reason: str, alias: str) -> str:
    """Return the sentence of an offer's reason (codes, comma-separated); one of a newer version is left out.

    For example: «a Rosa, porque habla quechua y era quien más esperaba».
    """
    parts = [str(BECAUSE[code]) for code in reason.split(",") if code in BECAUSE]
    if not parts:
        return gettext("a %(alias)s") % {"alias": alias}
    because = parts[0] if len(parts) == 1 else gettext(" y ").join([", ".join(parts[:-1]), parts[-1]])
    return gettext("a %(alias)s, porque %(because)s") % {"alias": alias, "because": because}
