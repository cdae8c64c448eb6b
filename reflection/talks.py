"""Who would like to talk with supervision: asked with one touch, shown as a name and a day, and gone when they have.

It leaves no entry in the trail, and no count anywhere: it is never held against anybody that they asked.
"""

import datetime

from reflection.models import TalkRequest
from roster.models import Member

KEPT = datetime.timedelta(days=14)  # for which a request nobody answered stands; then it goes by itself


def ask(member: Member, today: datetime.date) -> None:
    """Let supervision know that a member would like to talk; asking again changes nothing."""
    TalkRequest.objects.get_or_create(member=member, defaults={"asked_on": today})


def take_back(member: Member) -> None:
    """Let a request go: its member does not need it any more."""
    TalkRequest.objects.filter(member=member).delete()


def of(member: Member) -> TalkRequest | None:
    """Return the request of a member, if there is one."""
    return TalkRequest.objects.select_related("taken_by").filter(member=member).first()


def waiting(supervisor: Member) -> list[TalkRequest]:
    """Return the requests that this supervisor sees, those nobody took first: never one of their own."""
    found = TalkRequest.objects.filter(member__rehearsal=supervisor.rehearsal, member__is_active=True)
    rows = found.exclude(member=supervisor).select_related("member", "taken_by").order_by("asked_on", "member__alias")
    return sorted(rows, key=lambda one: one.taken_by_id is not None)


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
