"""The national holidays of Peru as a table: seventeen dates a year, three of them counted from Easter; pure.

Source: Decreto Legislativo 713 (1991), article 6, and the laws that added to it, named in the table. Read in secondary
lists, not in the official gazette: article and law numbers wait for a lawyer's yes [unverified]. Easter Sunday stands
in common lists of these holidays and, as far as we know, in no law; as a Sunday it changes nobody's right. Days that a
decree gives to public offices alone («días no laborables») are not here: the coordination adds what it keeps by date.
"""

import datetime
import functools
import types
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Fixed(NamedTuple):
    """A holiday of the same date each year, from ``since`` on."""

    month: int
    day: int
    name: Promise
    since: int = 1992


FIXED = (
    Fixed(1, 1, _("Año Nuevo")),
    Fixed(5, 1, _("Día del Trabajo")),
    Fixed(6, 7, _("Batalla de Arica y Día de la Bandera"), 2024),  # Ley 31788, June 2023
    Fixed(6, 29, _("San Pedro y San Pablo")),
    Fixed(7, 23, _("Día de la Fuerza Aérea"), 2023),  # Ley 31822, July 2023
    Fixed(7, 28, _("Fiestas Patrias")),
    Fixed(7, 29, _("Fiestas Patrias")),
    Fixed(8, 6, _("Batalla de Junín"), 2022),  # Ley 31530
    Fixed(8, 30, _("Santa Rosa de Lima")),
    Fixed(10, 8, _("Combate de Angamos")),
    Fixed(11, 1, _("Todos los Santos")),
    Fixed(12, 8, _("Inmaculada Concepción")),
    Fixed(12, 9, _("Batalla de Ayacucho"), 2022),  # Ley 31381, December 2021
    Fixed(12, 25, _("Navidad")),
)
#: Days after Easter Sunday.
FROM_EASTER = {-3: _("Jueves Santo"), -2: _("Viernes Santo"), 0: _("Domingo de Resurrección")}


def easter(year: int) -> datetime.date:
    """Return Easter Sunday of a year of the Gregorian calendar (anonymous algorithm, Nature, 20 April 1876)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon_shift + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return datetime.date(year, month, day + 1)


@functools.cache
def of_year(year: int) -> Mapping[datetime.date, Promise]:
    """Return the holidays of a year (1992 and later) with their names, in order."""
    fixed = {datetime.date(year, one.month, one.day): one.name for one in FIXED if year >= one.since}
    moving = {easter(year) + datetime.timedelta(days=days): name for days, name in FROM_EASTER.items()}
    return types.MappingProxyType(dict(sorted((fixed | moving).items())))


def name_of(day: datetime.date) -> Promise | None:
    """Return the name of the holiday on this date, or None."""
    return of_year(day.year).get(day)
