"""An example of the file of an instrument's official wording, to be filled in by the coordination."""

from django.utils.translation import gettext as _

from roster.wording_file import UNFILLED
from triage.instruments import POINTS, Instrument


def example(one: Instrument, language: str = "es-PE") -> str:
    """Return a file for an instrument with everything but its official words, as text; as it is, it is refused."""
    points = one.items[0].options == POINTS
    items = [
        f'    "{UNFILLED}",  # {number}' + (f": {item.construct}" if item.construct else "")
        for number, item in enumerate(one.items, 1)
    ]
    answers = [f'    "{UNFILLED}",  # {point}' for point in POINTS]
    rows = [
        "# "
        + _("Texto oficial de %(name)s. Guárdalo como texto en UTF-8. Lo que sigue a # no cuenta.")
        % {"name": one.name},
        f'code = "{one.code}"',
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
        *(["# " + _("Las palabras oficiales de cada punto."), "answers = [", *answers, "]"] if points else []),
    ]
    return "\n".join(rows) + "\n"
