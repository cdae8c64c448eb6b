"""The file of an official wording as somebody wrote it: its entries, the line of each, and an example; no database."""

import re
import tomllib
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from triage.errors import WordingProblem
from triage.instruments import POINTS, Instrument

#: What a file holds, and how long each may be; ``answers`` (the official words of the points) is for forms with points.
TEXTS = {"code": 10, "language": 10, "version": 40, "source": 200, "licence": 200}
KNOWN = (*TEXTS, "licence_accepted", "items", "answers")
LARGEST = 64 * 1024  # bytes
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
UNFILLED = "…"  # what stands in the example where the official text belongs
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def _at(line: int | None, name: str, number: int, sentence: str) -> str:
    """Put where it is in front of what is wrong: «Línea 8, «items», número 4: …»."""
    entry = _("«%(name)s»") % {"name": name} if name else ""
    parts = [
        _("Línea %(n)s") % {"n": line} if line else "",
        entry,
        _("número %(n)s") % {"n": number} if number else "",
    ]
    where = ", ".join(part for part in parts if part)
    return f"{where}: {sentence}" if where else sentence[:1].upper() + sentence[1:]


def _list_of(text: str) -> list[Any]:
    """Return the list of a piece that begins with an entry and may break off in the midst of it."""
    for end in ("", "]"):
        try:
            found = next(iter(tomllib.loads(text + end).values()), None)
        except tomllib.TOMLDecodeError:
            continue
        return found if isinstance(found, list) else []
    return []


class WordingFile:
    """The entries of a file. Raises WordingProblem for what is no text in UTF-8, too large, or no TOML."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) > LARGEST:
            raise WordingProblem(_("El archivo es demasiado grande: un texto oficial cabe en 64 KB."))
        try:
            self._text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise WordingProblem(
                _("El archivo no es texto en UTF-8. Guárdalo otra vez como texto en UTF-8.")
            ) from error
        try:
            self.facts: dict[str, Any] = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise WordingProblem(self._unreadable(str(error))) from error
        for name in self.facts:
            if name not in KNOWN:
                self.refuse(name, _("no se conoce. Se conocen: %(known)s.") % {"known": ", ".join(KNOWN)})

    def _unreadable(self, message: str) -> str:
        """Say in Spanish where the file stops being understood; the library's words are not repeated."""
        found = AT_LINE.search(message)
        if found is None:
            return _("El archivo se acaba antes de tiempo. Mira si al final falta una comilla o un corchete.")
        sentence = _("desde aquí no se entiende. Mira si falta una comilla, una coma, un corchete o el signo «=».")
        line = int(found[1])
        name = re.match(r"\s*([\w-]+)\s*=", self._text.split("\n")[line - 1])
        return _at(line, name[1] if name else "", 0, sentence)

    def line_of(self, name: str, number: int = 0) -> int | None:
        """Return the line on which an entry begins, or on which its text of this number ends; None without it."""
        lines = self._text.split("\n")
        begin = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}[\"']?\s*[=\]]")
        start = next((index for index, line in enumerate(lines) if begin.match(line)), None)
        if start is None:
            return None
        if number:
            for index in range(start, len(lines)):
                if len(_list_of("\n".join(lines[start : index + 1]))) >= number:
                    return index + 1
        return start + 1

    def refuse(self, name: str, sentence: str, number: int = 0) -> NoReturn:
        """Refuse the file for what is wrong with an entry, or with one text of its list."""
        raise WordingProblem(_at(self.line_of(name, number), name, number, sentence))

    def refuse_unfilled(self, name: str, text: str, number: int = 0) -> None:
        """Refuse what still stands as in the example."""
        if text.strip() == UNFILLED:
            self.refuse(name, _("todavía dice «…». Escribe ahí lo que corresponde."), number)

    def check_texts(self) -> None:
        """Check the entries that are one text each, and that somebody accepted the licence."""
        for name, longest in TEXTS.items():
            text = self.facts.get(name)
            if name not in self.facts:
                self.refuse(name, _("falta. Es un texto entre comillas."))
            elif not isinstance(text, str) or not text.strip():
                self.refuse(name, _("debe ser un texto entre comillas, y no vacío."))
            elif len(text) > longest:
                self.refuse(name, _("tiene más de %(most)s letras.") % {"most": longest})
            self.refuse_unfilled(name, str(text))
        if not LANGUAGE.fullmatch(self.facts["language"].strip()):
            words = _("«%(given)s» no es un idioma. Escríbelo como es-PE o quy.")
            self.refuse("language", words % {"given": self.facts["language"]})
        if self.facts.get("licence_accepted") is not True:
            words = _("nadie aceptó la licencia. Léela; si se puede usar así, escribe: licence_accepted = true")
            self.refuse("licence_accepted", words)


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
