"""Who would like to talk with supervision: asked with one touch, shown with a name and a day, gone when they have.

It leaves no entry in the trail, and no count anywhere: it is never held against anybody that they asked.
"""

import datetime

from django.db import transaction

from reflection import peers, schedule
from reflection.care_models import Wish
from reflection.models import Circle, TalkRequest
from roster.models import Member
from wire import clock

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


@transaction.atomic
def take(request: int, supervisor: Member) -> bool:
    """Note that this supervisor will talk with them, and open a room for the two; whoever is first does."""
    free = TalkRequest.objects.filter(pk=request, taken_by=None, member__rehearsal=supervisor.rehearsal)
    if not free.exclude(member=supervisor).update(taken_by=supervisor):
        return False
    return open_room(request, supervisor)


@transaction.atomic
def open_room(request: int, supervisor: Member) -> bool:
    """Open a room for the two, if they have none to talk in now: the one before is gone, or one of them left it.

    Whoever took the request does; False for anybody else.
    """
    mine = TalkRequest.objects.select_for_update(no_key=True, of=("self",)).filter(pk=request, taken_by=supervisor)
    row = mine.select_related("member").first()
    if row is not None and room_of(row) is None:
        room = peers.open_room({row.member: False, supervisor: False})
        TalkRequest.objects.filter(pk=row.pk).update(room=room)
    return row is not None


def room_of(request: TalkRequest) -> Circle | None:
    """Return the room in which the two can talk now; None where it is gone, or one of them has left it."""
    if request.room_id is None:
        return None
    room = Circle.objects.living(clock.now()).filter(pk=request.room_id).first()
    return room if room is not None and room.memberships.filter(seated=True).count() == room.size else None


def talked(request: int, supervisor: Member) -> bool:
    """Let a request go: they have talked. Whoever took it says so."""
    done, _each = TalkRequest.objects.filter(pk=request, taken_by=supervisor).delete()
    return bool(done)


def forget_old(now: datetime.datetime) -> int:
    """Let requests go that have stood for KEPT; return how many."""
    done, _each = TalkRequest.objects.filter(asked_on__lt=schedule.today(now - KEPT)).delete()
    return done
