"""The file of an official wording, as the coordination wrote it: its entries, and the line of each; no database."""

import hashlib
import re
import tomllib
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from roster.errors import WordingProblem

#: What each file holds, and how long each may be.
TEXTS = {"code": 10, "language": 10, "version": 40, "source": 200, "licence": 200}
LONGEST = 1_000  # code points of one item
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


def _begun_list(text: str) -> list[Any]:
    """Return the list of a piece that begins with an entry and may break off in the midst of it."""
    for end in ("", "]"):
        try:
            found = next(iter(tomllib.loads(text + end).values()), None)
        except tomllib.TOMLDecodeError:
            continue
        return found if isinstance(found, list) else []
    return []


class WordingFile:
    """The entries of a file: those that every file has, and ``more`` that files of its kind may have.

    Every method raises WordingProblem, whose sentence names the line and the entry: for what is no text in UTF-8, too
    large, no TOML, unknown, missing or unfilled.
    """

    def __init__(self, raw: bytes, *more: str) -> None:
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
        known = (*TEXTS, "licence_accepted", *more)
        for name in self.facts:
            if name not in known:
                self.refuse(name, _("no se conoce. Se conocen: %(known)s.") % {"known": ", ".join(known)})
        self._check_texts()
        self.digest = hashlib.sha256(raw).hexdigest()

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
                if len(_begun_list("\n".join(lines[start : index + 1]))) >= number:
                    return index + 1
        return start + 1

    def refuse(self, name: str, sentence: str, number: int = 0) -> NoReturn:
        """Refuse the file for what is wrong with an entry, or with one text of its list."""
        raise WordingProblem(_at(self.line_of(name, number), name, number, sentence))

    def refuse_unfilled(self, name: str, text: str, number: int = 0) -> None:
        """Refuse what still stands as in the example."""
        if text.strip() == UNFILLED:
            self.refuse(name, _("todavía dice «…». Escribe ahí lo que corresponde."), number)

    def _check_texts(self) -> None:
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

    @property
    def texts(self) -> dict[str, str]:
        """The entries that every file has."""
        return {name: self.facts[name].strip() for name in TEXTS}

    def list_of(self, name: str, wanted: int) -> list[str]:
        """Return the texts of a list that must be there and hold so many."""
        texts = self.facts.get(name)
        if name not in self.facts:
            self.refuse(name, _("falta. Es una lista de %(n)s textos.") % {"n": wanted})
        if not isinstance(texts, list):
            self.refuse(name, _("debe ser una lista de %(n)s textos, entre corchetes.") % {"n": wanted})
        if len(texts) != wanted:
            words = _("debe tener %(n)s textos, en el orden del formulario oficial, y tiene %(found)s.")
            self.refuse(name, words % {"n": wanted, "found": len(texts)})
        for number, text in enumerate(texts, 1):
            if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
                self.refuse(name, _("debe ser un texto de 1 a %(most)s letras.") % {"most": LONGEST}, number)
            self.refuse_unfilled(name, text, number)
        return [text.strip() for text in texts]


def refuse_other_words(version: str) -> NoReturn:
    """Refuse a file whose version was loaded with other words before: whoever used that version keeps it."""
    words = _("La versión %(version)s ya se cargó con otro texto, y no se cambia. Da al archivo una versión nueva.")
    raise WordingProblem(words % {"version": version})
