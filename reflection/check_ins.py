"""Check-ins: what members say of how they are, sealed to themselves; nobody else reads one, and none is counted."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reflection import spaces
from reflection.models import CheckIn, OwnSpace
from reflection.moments import ARRIVE, HEAVY, LEAVE
from reflection.questionnaires import FORMS, Form, Score, kept
from reflection.spaces import Opened
from vault.actions import Context
from vault.errors import CannotOpen
from wire import clock

BUCKET = 256  # bytes
UNKNOWN = datetime.datetime.min.replace(tzinfo=datetime.UTC)  # when, of what was kept before that was sealed with it
HARD = "hard"  # the day of something hard, after which its member wished to be asked how they go on
LOWEST, HIGHEST = 1, 5
#: What is asked in a moment, and the words of its five answers, from 1 to 5.
QUESTIONS: dict[str, tuple[Promise, tuple[Promise, ...]]] = {
    ARRIVE: (
        _("¿Cómo llegas?"),
        (_("Muy mal"), _("Mal"), _("Regular"), _("Bien"), _("Muy bien")),
    ),
    HEAVY: (
        _("¿Qué tan pesado fue?"),
        (_("Nada pesado"), _("Un poco"), _("Regular"), _("Pesado"), _("Muy pesado")),
    ),
    LEAVE: (
        _("¿Cómo te vas?"),
        (_("Muy mal"), _("Mal"), _("Regular"), _("Bien"), _("Muy bien")),
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One check-in in the clear: what it was (a moment, a questionnaire or HARD), of which day, and what was said."""

    id: uuid.UUID
    kind: str
    day: datetime.date
    value: int = 0
    scores: tuple[Score, ...] = ()
    at: datetime.datetime = UNKNOWN  # when it was kept: of two of one day the later counts

    @property
    def words(self) -> Promise | str:
        """The answer of a moment in words."""
        return QUESTIONS[self.kind][1][self.value - 1] if self.kind in QUESTIONS else ""


def result_context(check_in: uuid.UUID) -> Context:
    """Return what one check-in is bound to."""
    return Context(purpose="check-in", table="reflection_checkin", column="result", record=str(check_in))


def _keep(space: OwnSpace, kind: str, day: datetime.date, **told: object) -> None:
    row = CheckIn(space=space)
    facts = {"kind": kind, "day": day.isoformat(), "at": clock.now().isoformat(), **told}
    row.result = spaces.seal(space, result_context(row.pk), facts, pad_to=BUCKET)
    row.save(force_insert=True)


def answer(space: OwnSpace, moment: str, value: int, day: datetime.date) -> None:
    """Keep the answer of a moment, 1 to 5, sealed to who gives it. Raises ValueError for any other, or SpaceShut."""
    if moment not in QUESTIONS or not LOWEST <= value <= HIGHEST:
        raise ValueError(moment)
    _keep(space, moment, day, value=value)


def mark_hard(space: OwnSpace, day: datetime.date) -> None:
    """Keep, sealed, that this was a hard day, so that its member is asked later how they go on. Raises SpaceShut."""
    _keep(space, HARD, day)


def keep_scores(space: OwnSpace, form: Form, scores: Sequence[Score], day: datetime.date) -> None:
    """Keep what a questionnaire came to; its answers are kept nowhere. Raises SpaceShut."""
    _keep(space, form.code, day, points={one.scale.code: one.points for one in scores})


def readings(opened: Opened) -> list[Reading]:
    """Return all check-ins of a space that open, the newest first."""
    found = (_read(opened, row) for row in opened.space.check_ins.all())
    return sorted((one for one in found if one), key=lambda one: (one.day, one.at), reverse=True)


def _read(opened: Opened, row: CheckIn) -> Reading | None:
    try:
        told = opened.read(result_context(row.pk), bytes(row.result))
    except CannotOpen:
        return None
    form = FORMS.get(told["kind"])
    return Reading(
        id=row.pk,
        kind=told["kind"],
        day=datetime.date.fromisoformat(told["day"]),
        value=told.get("value", 0),
        scores=tuple(kept(form, told["points"])) if form else (),
        at=datetime.datetime.fromisoformat(told["at"]) if "at" in told else UNKNOWN,
    )


def hard_days(found: Iterable[Reading]) -> list[datetime.date]:
    """Return the days after which a member wished to be asked how they go on."""
    return [one.day for one in found if one.kind == HARD]


def delete(opened: Opened, check_in: uuid.UUID) -> bool:
    """Delete one check-in; say whether there was one. What an old backup holds of it opens for its member alone."""
    done, _each = opened.space.check_ins.filter(pk=check_in).delete()
    return bool(done)


def delete_all(opened: Opened) -> None:
    """Delete all check-ins of a space."""
    opened.space.check_ins.all().delete()
