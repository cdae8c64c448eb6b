"""A member's gatherings for their own calendar program, at an address that nobody guesses; titles tell nothing."""

import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from reflection.access import seats_of
from reflection.models import CircleFeed, Gathering, GatheringState
from roster import calendar_feed
from roster.calendar_feed import Told
from roster.models import Member
from wire import clock


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew(member: Member) -> str:
    """Make a member's secret address, in place of the one before; return its path, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    CircleFeed.objects.update_or_create(member=member, defaults={"digest": _digest(token)})
    return f"/reflexion/calendario/{token}.ics"


def stop(member: Member) -> None:
    """Let a member's address lead nowhere."""
    CircleFeed.objects.filter(member=member).delete()


def member_of(token: str) -> Member | None:
    """Return whose calendar a token opens, or None: unknown, renewed, or of an account that is closed or lapsed."""
    feed = CircleFeed.objects.filter(digest=_digest(token)).select_related("member").first()
    return feed.member if feed is not None and feed.member.has_role else None


def calendar_of(member: Member) -> bytes:
    """Return the gatherings of the circles in which a member sits, as text/calendar (UTF-8, CRLF)."""
    since = clock.now() - calendar_feed.PAST
    circles = seats_of(member).values("circle")
    rows = Gathering.objects.filter(circle__in=circles, circle__gone_at=None, starts_at__gt=since)
    told = [
        Told(one.uid, one.starts_at, one.ends_at, one.starts_at, one.sequence, one.state != GatheringState.CANCELLED)
        for one in rows
    ]
    return calendar_feed.written(told, name=_("Reuniones"), title=_("Reunión"))
