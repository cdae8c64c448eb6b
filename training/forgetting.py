"""Deletes what was said in practices after a while, with every row it left in the rooms below; results remain."""

import datetime

from cases.rehearsal import forget_contacts
from training.models import KEPT, Practice, PracticeState
from triage.models import Contact

AT_ONCE = 50


def forget_old(now: datetime.datetime) -> int:
    """Delete the contacts of practices that ended so long ago; return how many. Who passed what stays in the rows.

    One that nobody has answered is answered no more, and its trainee is told.
    """
    old = Practice.objects.exclude(state=PracticeState.RUNNING).filter(contact__isnull=False, ended_at__lt=now - KEPT)
    due = list(old.order_by("ended_at").values_list("contact", flat=True)[:AT_ONCE])
    if not due:
        return 0
    unanswered = Practice.objects.filter(contact__in=due, state=PracticeState.OVER, passed=None)
    unanswered.update(state=PracticeState.MISSED, looked_back=False)
    Practice.objects.filter(contact__in=due).update(own_check=None, answer=None)
    return forget_contacts(Contact.objects.filter(pk__in=due, practice_for__isnull=False))
