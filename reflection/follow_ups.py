"""Whom their own desk asks how they go on, days and weeks after something hard: by their wish, and by nothing else.

A row says a day and not after what; it goes when it was answered or left out, and by itself when its time is over.
"""

import datetime

from reflection import moments, schedule
from reflection.models import FollowUp
from roster.models import Member

LASTS = datetime.timedelta(days=moments.STANDS)


def ask(member: Member, today: datetime.date) -> None:
    """Have a member asked on their desk, from a day on, and after two and four weeks."""
    rows = (FollowUp(member=member, on=on) for on in moments.desk_asks_on(today))
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True)


def stand(member: Member) -> bool:
    """Say whether a member will be asked, or is asked now."""
    return FollowUp.objects.filter(member=member).exists()


def is_due(member: Member, today: datetime.date) -> bool:
    """Say whether it is time to ask a member."""
    return FollowUp.objects.filter(member=member, on__lte=today, on__gt=today - LASTS).exists()


def asked(member: Member, today: datetime.date) -> None:
    """Note that a member was asked: the word goes, and the next one comes in its time."""
    FollowUp.objects.filter(member=member, on__lte=today).delete()


def stop(member: Member) -> None:
    """Ask a member no more."""
    FollowUp.objects.filter(member=member).delete()


def forget_old(now: datetime.datetime) -> int:
    """Let go of days on which nobody looked; return how many."""
    done, _each = FollowUp.objects.filter(on__lte=schedule.today(now) - LASTS).delete()
    return done
