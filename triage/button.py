"""How it stands at the door, for the button on partners' pages: open, busy or closed, in one honest sentence."""

import dataclasses
import datetime
import functools

from django.db import Error
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent import texts
from triage.models import Contact
from triage.queue import outlook, said_range
from triage.reception import reception
from wire import clock

KEPT = 15  # seconds for which an answer serves every visitor of every partner
SOON = 120  # seconds; who waits less is told that somebody is there


@dataclasses.dataclass(frozen=True, slots=True)
class Door:
    """``state`` is open, busy or closed; ``text`` one sentence in the language of the moment, for anybody."""

    state: str
    text: str


def _busy(wait: float) -> Door:
    least, most = (None if one is None else one // 60 for one in said_range(wait))
    if most is None:
        return Door("busy", _("Ahora la espera pasa de %(least)d minutos. Puedes entrar y esperar.") % {"least": least})
    words = _("Ahora hay que esperar entre %(least)d y %(most)d minutos. Puedes entrar y esperar.")
    return Door("busy", words % {"least": least, "most": most})


def door(now: datetime.datetime) -> Door:
    """Return how it stands for somebody who would come now, without any danger told (the calmest wait longest)."""
    found = reception(now)
    if not found.answers and not found.is_open:
        return Door("closed", " ".join(filter(None, (_("Ahora la línea está cerrada."), found.back))))
    if not found.answers:
        words = _("Ahora no hay nadie del equipo libre. Puedes entrar y esperar.")
        return Door("busy", " ".join(filter(None, (words, found.back))))
    waiting = Contact.objects.in_line().filter(rehearsal=False).count()
    wait = outlook(now, rehearsal=False).wait(waiting, "D")
    return Door("open", _("Ahora hay alguien para conversar contigo.")) if wait < SOON else _busy(wait)


@functools.lru_cache(maxsize=8)
def _kept(turn: int, language: str) -> Door:
    del turn, language  # only parts of the cache's key
    return door(clock.now())


def door_now() -> Door:
    """Return how it stands, as it was found up to KEPT seconds ago; closed while the line cannot take anybody."""
    unknown = Door("closed", _("Ahora la línea no puede atender."))
    if texts.unfilled():
        return unknown
    try:
        return _kept(int(clock.now().timestamp()) // KEPT, get_language())
    except Error:  # the database is away; what is not known is not kept
        return unknown


def forget() -> None:
    """Look anew at the next question."""
    _kept.cache_clear()
