"""The circles of the line: who is on duty and who supervises, real people and rehearsing ones apart."""

from collections.abc import Callable, Iterator

from django.utils import timezone

from roster.models import ROLE_LASTS, Member, Role
from vault import actions as vault


def duty(*, rehearsal: bool) -> str:
    """Return the name of the circle of those who may take callers: the queue is sealed to it."""
    return "rehearsal_duty" if rehearsal else "duty"


def supervision(*, rehearsal: bool) -> str:
    """Return the name of the circle of supervisors: each case is sealed to it beside whoever leads it."""
    return "rehearsal_supervision" if rehearsal else "supervision"


def for_newcomers(*, rehearsal: bool) -> tuple[str, str]:
    """Return the names of the circles to which a new contact is sealed: who may take it, and who assigns by hand."""
    return duty(rehearsal=rehearsal), supervision(rehearsal=rehearsal)


def _supervises(member: Member) -> bool:
    return member.has_role and member.role == Role.SUPERVISOR


def _takes_callers(member: Member) -> bool:
    return member.may_take_callers


Belongs = Callable[[Member], bool]


def _circles() -> Iterator[tuple[str, str, bool, Belongs]]:
    for rehearsal in (False, True):
        yield duty(rehearsal=rehearsal), Role.VOLUNTEER, rehearsal, _takes_callers
        yield supervision(rehearsal=rehearsal), Role.SUPERVISOR, rehearsal, _supervises


def keep_circles() -> bool:
    """See that each circle's key is sealed to just those who belong to it now; say whether anything changed."""
    if not vault.only_people_open():
        return False
    roles = (Role.VOLUNTEER, Role.SUPERVISOR)
    in_force = Member.objects.filter(is_active=True, role__in=roles, role_confirmed_at__gt=timezone.now() - ROLE_LASTS)
    people = list(in_force)
    changed = [
        vault.keep_circle(name, [one.pk for one in people if one.rehearsal == rehearsal and belongs(one)], [role])
        for name, role, rehearsal, belongs in _circles()
    ]
    return any(changed)
