"""Finds where else there is help: the lines that answer now, and places by department, need and cost."""

import csv
import dataclasses
import functools
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.utils import timezone
from django.utils.text import capfirst

from directory.models import Kind, Need, Place, Price

NATIONAL = Path(__file__).parent / "data" / "lineas.csv"
CENTRES = Path(__file__).parent / "data" / "centros_2021.csv"  # none of them checked


@functools.cache
def _national() -> tuple[Place, ...]:
    with NATIONAL.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [Place(**(row | {"national": row["national"] == "1", "order": int(row["order"])})) for row in rows]
    return tuple(sorted((line for line in lines if line.national), key=lambda line: line.order))


def lines_now() -> list[Place]:
    """Return the five national lines, unsaved, first the one for mental health.

    They come from ``data/lineas.csv`` and never from the database: every screen shows them, also when it is away,
    and also when the date of their last check has passed.
    """
    return list(_national())


def lines_that_speak(language: str) -> list[Place]:
    """Return the national lines that answer in a language (ISO 639-1), as the table says and nothing else."""
    return [line for line in _national() if language in line.languages.split()]


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; what is empty does not matter. ``kind``, ``need`` and ``price`` are codes."""

    kind: str = ""
    region: str = ""
    need: str = ""
    price: str = ""

    def fits(self, place: Place) -> bool:
        """Say whether a place is of this kind, in reach of this department, serves this need, at this price."""
        return (
            self.kind in ("", place.kind)
            and (not self.region or place.region in ("", self.region))
            and (not self.need or self.need in place.needs.split())
            and (not self.price or place.price in PRICES[self.price])
        )


#: What fits whoever looks for a price: who is insured pays in neither of two.
PRICES: dict[str, set[Price]] = {
    Price.FREE: {Price.FREE},
    Price.INSURED: {Price.FREE, Price.INSURED},
    Price.PAID: {Price.PAID},
}


def wanted_in(given: Mapping[str, str], among: Collection[str]) -> Wanted:
    """Return what a form of the directory chose; ``among`` are the departments there are. An unknown one is none."""

    def chosen(name: str, known: Collection[str]) -> str:
        one = given.get(name, "")
        return one if one in known else ""

    return Wanted(
        kind=chosen("tipo", Kind.values),
        region=chosen("departamento", among),
        need=chosen("necesidad", Need.values),
        price=chosen("costo", Price.values),
    )


def in_words(place: Place) -> str:
    """Tell a place in the lines of one message: its name, what for, how one reaches it, when, and what it costs."""
    number = "" if place.tel and place.tel in place.say else place.number
    where = ", ".join(part for part in (place.address, place.region) if part)
    terms = ", ".join(part for part in (place.hours, place.cost) if part)
    lines = (place.name, place.for_whom, number, place.say, where, terms)
    return "\n".join(capfirst(line) for line in lines if line)


def all_places() -> list[Place]:
    """Return the other places a caller may be sent to: checked, and the check in date; empty without a database.

    In the demonstration also those that nobody checked yet, which the page then says of each.
    """
    found = Place.objects.shown_on(timezone.localdate())
    if settings.DEMO:
        found |= Place.objects.filter(checked_on=None)
    try:
        return list(found.filter(national=False))
    except Error:
        return []


def regions(places: Iterable[Place]) -> list[str]:
    """Return the departments of these places, in the order of the alphabet."""
    return sorted({place.region for place in places} - {""}, key=_without_accents)


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
