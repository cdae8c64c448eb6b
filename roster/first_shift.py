"""What follows an invitation: training, practice, and a first shift with a supervisor there."""

import dataclasses
from collections.abc import Sequence

from roster.application_model import Application, ApplicationState
from roster.models import Member, Role, Shift


@dataclasses.dataclass(frozen=True, slots=True)
class FirstShift:
    """The first shift that somebody has ahead, and whether a supervisor has one at the same time."""

    shift: Shift
    supervised: bool


def is_ahead(member: Member) -> bool:
    """Say whether a member came by an application and has not begun a shift yet."""
    return Application.objects.filter(member=member, state=ApplicationState.INVITED).exists()


def first_shifts(applications: Sequence[Application]) -> dict[object, FirstShift]:
    """Return the first shift of each application's member, by the application's id; who has none is left out."""
    members = {one.member_id: one.pk for one in applications if one.member_id}
    found: dict[object, FirstShift] = {}
    for shift in Shift.objects.filter(member__in=members).order_by("-starts_at"):  # the earliest stays
        found[members[shift.member_id]] = FirstShift(shift, supervised=False)
    return {pk: FirstShift(one.shift, supervised=_is_supervised(one.shift)) for pk, one in found.items()}


def _is_supervised(shift: Shift) -> bool:
    beside = Shift.objects.filter(member__role=Role.SUPERVISOR, member__is_active=True, member__rehearsal=False)
    return beside.filter(starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at).exists()
