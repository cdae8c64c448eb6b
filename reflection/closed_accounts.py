"""A member's own space once their account is closed: it opens for nobody else, and is erased after a while.

Its member may come back meanwhile. How long that is waits for the lawyer's yes.
"""

import datetime

from django.conf import settings
from django.db import transaction

from reflection import spaces
from reflection.models import OwnSpace
from reflection.schedule import last_day, today
from roster.models import Member


def erase_spaces_of_closed(now: datetime.datetime) -> int:
    """Erase the spaces of accounts that have been closed for HOTLINE_CLOSED_SPACE_DAYS; return how many.

    The days count from the first on which the line saw the account closed, and end where it was opened again.
    """
    day = today(now)
    OwnSpace.objects.filter(member__is_active=True).exclude(closed_on=None).update(closed_on=None)
    OwnSpace.objects.filter(member__is_active=False, closed_on=None).update(closed_on=day)
    due = OwnSpace.objects.filter(closed_on__lte=last_day(day, settings.CLOSED_SPACE_DAYS))
    return sum(_erase(space) for space in due)


@transaction.atomic
def _erase(space: OwnSpace) -> int:
    """Erase a space unless its account was opened again this moment."""
    closed = Member.objects.select_for_update(no_key=True).filter(pk=space.member_id, is_active=False)
    if closed.first() is None:
        return 0
    spaces.erase(space)
    return 1
