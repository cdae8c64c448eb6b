"""An example of the file of an official wording, to be filled in by the coordination."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from roster.wording_file import UNFILLED


class Wanted(NamedTuple):
    """What a form's file holds: beside each item a hint or nothing, the points that have words, and further rows."""

    code: str
    name: str
    items: Sequence[object]
    points: Sequence[int] = ()
    further: Sequence[str] = ()


def example(wanted: Wanted, language: str = "es-PE") -> str:
    """Return a file with everything but the official words, as text; as it is, it is refused."""
    items = [
        f'    "{UNFILLED}",  # {number}' + (f": {hint}" if hint else "") for number, hint in enumerate(wanted.items, 1)
    ]
    answers = [f'    "{UNFILLED}",  # {point}' for point in wanted.points]
    rows = [
        "# "
        + _("Texto oficial de %(name)s. Guárdalo como texto en UTF-8. Lo que sigue a # no cuenta.")
        % {"name": wanted.name},
        f'code = "{wanted.code}"',
        f'language = "{language}"',
        "# " + _("Un texto cambiado es una versión nueva: la anterior queda como está."),
        'version = "1"',
        "# " + _("De dónde se tomó el formulario oficial, y con qué licencia se usa."),
        f'source = "{UNFILLED}"',
        f'licence = "{UNFILLED}"',
        "# " + _("Cuando alguien la leyó y se puede usar así: true"),
        "licence_accepted = false",
        "# " + _("Las preguntas, en el orden del formulario oficial, sin cambiar una palabra."),
        "items = [",
        *items,
        "]",
        *(["# " + _("Las palabras oficiales de cada punto."), "answers = [", *answers, "]"] if answers else []),
        *wanted.further,
    ]
    return "\n".join(rows) + "\n"
