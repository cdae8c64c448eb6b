"""Official questionnaires that members answer about themselves: structure, scoring and cut-offs; pure, no item worded.

Sources: WHO-5, Topp et al. 2015 (five items of 0 to 5, the sum times 4; under 50 low; 28 or less: depression should be
looked for). ProQOL-5, Stamm 2010 (30 items of 1 to 5, three scales of ten, raw sums; 22 or less low, 42 or more high).
Short ProQOL, Galiana et al. 2020 (nine items of 1 to 5, three scales of three; no cut-offs published, so none are
used). Which item of the last two belongs to which scale, and which are turned round, the file with the official wording
says. All of it waits for the clinical lead's yes. A result is told to its member alone; it never decides anything.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reflection.own_errors import Unanswered, UnknownForm

TEN = 10  # the step to which a value is rounded before it may join a group's figure


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """One scale: by what its sum is multiplied, and its bands.

    ``bands`` are the least points of each band, the highest first; ``good_high`` says which end is the good one.
    """

    code: str
    name: Promise
    times: int = 1
    bands: tuple[tuple[int, str], ...] = ()
    good_high: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """One questionnaire; each item is answered with a number of ``points``. ``about`` is the time it asks about.

    Each scale has as many items as the others. ``turned_to_compare`` are the items of which somebody wrote that they
    are turned round: nothing is scored by them, they are shown where the official form's file is loaded.
    """

    code: str
    name: str
    items: int
    points: tuple[int, ...]
    scales: tuple[Scale, ...]
    about: Promise
    to_confirm: Promise
    turned_to_compare: tuple[int, ...] = ()

    @property
    def items_by_file(self) -> bool:
        """Whether the file with the wording says to which scale each item belongs."""
        return len(self.scales) > 1

    @property
    def each(self) -> int:
        """How many items each scale has."""
        return self.items // len(self.scales)


@dataclasses.dataclass(frozen=True, slots=True)
class Score:
    """What one scale came to: points, the least and most there are, and a band, or «» where there are no cut-offs."""

    scale: Scale
    points: int
    least: int
    most: int
    band: str

    @property
    def words(self) -> Promise | str:
        """The band in words."""
        return BAND_WORDS.get(self.band, "")

    @property
    def heavy(self) -> bool:
        """Whether help and a pause are offered: the far end of what wears somebody down."""
        return self.band in ({"low", "very_low"} if self.scale.good_high else {"high"})

    @property
    def rounded(self) -> int:
        """The value of 0 to 100, rounded to tens (half upwards): all that may join a group's figure."""
        share = 100 * (self.points - self.least)
        return (2 * share + TEN * (self.most - self.least)) // (2 * TEN * (self.most - self.least)) * TEN


BAND_WORDS: dict[str, Promise] = {
    "very_low": _("muy bajo"),
    "low": _("bajo"),
    "middle": _("medio"),
    "high": _("alto"),
    "enough": _("suficiente"),
}
_PROQOL = ((42, "high"), (23, "middle"), (10, "low"))
_FIVE = (1, 2, 3, 4, 5)
_SATISFACTION, _BURNOUT, _STRESS = _("Satisfacción por ayudar"), _("Desgaste"), _("Peso de lo ajeno")
_CUTS_WAIT = _("Los puntos de corte: por confirmar por la responsable clínica.")
_MONTH, _FORTNIGHT = _("sobre los últimos treinta días"), _("sobre las últimas dos semanas")

WHO5 = Form(
    code="who5",
    name="WHO-5",
    items=5,
    points=(0, 1, 2, 3, 4, 5),
    scales=(
        Scale(
            "wellbeing",
            _("Bienestar"),
            times=4,
            bands=((50, "enough"), (29, "low"), (0, "very_low")),
        ),
    ),
    about=_FORTNIGHT,
    to_confirm=_CUTS_WAIT,
)
PROQOL5 = Form(
    code="proqol5",
    name="ProQOL-5",
    items=30,
    points=_FIVE,
    scales=(
        Scale("satisfaction", _SATISFACTION, bands=_PROQOL),
        Scale("burnout", _BURNOUT, bands=_PROQOL, good_high=False),
        Scale("stress", _STRESS, bands=_PROQOL, good_high=False),
    ),
    about=_MONTH,
    to_confirm=_CUTS_WAIT,
    turned_to_compare=(1, 4, 15, 17, 29),  # domain text 3.2, marked there as unverified
)
SHORT_PROQOL = Form(
    code="proqol9",
    name="Short ProQOL",
    items=9,
    points=_FIVE,
    scales=(
        Scale("satisfaction", _SATISFACTION),
        Scale("burnout", _BURNOUT, good_high=False),
        Scale("stress", _STRESS, good_high=False),
    ),
    about=_MONTH,
    to_confirm=_("No tiene puntos de corte publicados: compárate solo contigo."),
)
FORMS = {one.code: one for one in (WHO5, SHORT_PROQOL, PROQOL5)}


def form_of(code: str) -> Form:
    """Return a questionnaire by its code. Raises UnknownForm."""
    if code not in FORMS:
        raise UnknownForm
    return FORMS[code]


def taken(form: Form, given: Mapping[str, str]) -> list[int]:
    """Return the points of all items in their order, from fields named by the item's number.

    Raises Unanswered with the numbers of those that lack an answer, or have one that the form does not know.
    """
    known = {str(points): points for points in form.points}
    missing = [number for number in range(1, form.items + 1) if given.get(str(number), "") not in known]
    if missing:
        raise Unanswered(missing)
    return [known[given[str(number)]] for number in range(1, form.items + 1)]


class Key(NamedTuple):
    """How the official form is scored, as its file says: the scale of each item, and which are turned round."""

    scales: Sequence[str] = ()  # codes, in the order of the items; nothing where all belong to one
    turned: Sequence[int] = ()  # items, from 1


def items_of(form: Form, scale: Scale, key: Key) -> tuple[int, ...]:
    """Return the items of a scale, from 1."""
    if not form.items_by_file:
        return tuple(range(1, form.items + 1))
    return tuple(number for number, code in enumerate(key.scales, 1) if code == scale.code)


def scores(form: Form, points: Sequence[int], key: Key) -> list[Score]:
    """Return what each scale came to, from the points of all items in their order."""
    least, most = min(form.points), max(form.points)
    turned = [least + most - one if number in key.turned else one for number, one in enumerate(points, 1)]
    sums = {scale.code: sum(turned[item - 1] for item in items_of(form, scale, key)) for scale in form.scales}
    return [score_of(form, scale, sums[scale.code] * scale.times) for scale in form.scales]


def score_of(form: Form, scale: Scale, points: int) -> Score:
    """Return a score of so many points, as it was kept."""
    band = next((name for least, name in scale.bands if points >= least), "")
    times = form.each * scale.times
    return Score(scale, points, min(form.points) * times, max(form.points) * times, band)


def kept(form: Form, points: Mapping[str, int]) -> list[Score]:
    """Return the scores of points by scale, as a result keeps them."""
    return [score_of(form, scale, points[scale.code]) for scale in form.scales if scale.code in points]
