"""Who would like to talk with supervision: asked with one touch, shown with a name and a day, gone when they have.

It leaves no entry in the trail, and no count anywhere: it is never held against anybody that they asked.
"""

import datetime

from reflection.care_models import Wish
from reflection.models import TalkRequest
from roster.models import Member

KEPT = datetime.timedelta(days=14)  # for which a request nobody answered stands; then it goes by itself


def ask(member: Member, today: datetime.date, wish: str = Wish.TALK) -> None:
    """Let supervision know that a member would like to talk, and how soon.

    Asking again changes nothing, but for asking to be sought within the hour, which counts from then on.
    """
    values = {"asked_on": today, "wish": wish}
    _row, new = TalkRequest.objects.get_or_create(member=member, defaults=values)
    if not new and wish != Wish.TALK:
        TalkRequest.objects.filter(member=member).update(**values)


def take_back(member: Member) -> None:
    """Let a request go: its member does not need it any more."""
    TalkRequest.objects.filter(member=member).delete()


def of(member: Member) -> TalkRequest | None:
    """Return the request of a member, if there is one."""
    return TalkRequest.objects.select_related("taken_by").filter(member=member).first()


def waiting(supervisor: Member) -> list[TalkRequest]:
    """Return the requests that this supervisor sees: those nobody took first, of them those of within the hour.

    Never one of their own.
    """
    found = TalkRequest.objects.filter(member__rehearsal=supervisor.rehearsal, member__is_active=True)
    rows = found.exclude(member=supervisor).select_related("member", "taken_by").order_by("asked_on", "member__alias")
    return sorted(rows, key=lambda one: (one.taken_by_id is not None, one.wish == Wish.TALK))


def take(request: int, supervisor: Member) -> bool:
    """Note that this supervisor will talk with them; whoever is first does, the others do not."""
    free = TalkRequest.objects.filter(pk=request, taken_by=None, member__rehearsal=supervisor.rehearsal)
    return bool(free.exclude(member=supervisor).update(taken_by=supervisor))


def talked(request: int, supervisor: Member) -> bool:
    """Let a request go: they have talked. Whoever took it says so."""
    done, _each = TalkRequest.objects.filter(pk=request, taken_by=supervisor).delete()
    return bool(done)


def forget_old(now: datetime.datetime) -> int:
    """Let requests go that have stood for KEPT; return how many."""
    done, _each = TalkRequest.objects.filter(asked_on__lt=(now - KEPT).date()).delete()
    return done
