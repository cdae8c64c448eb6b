"""Finds who else has the licence number of an applicant, and whether the same person applied before."""

import dataclasses
from collections.abc import Sequence

from roster.application_model import Applicant, Application
from roster.models import Member


@dataclasses.dataclass(frozen=True, slots=True)
class Before:
    """What is known already: members with the same number; other applications, each with who applied."""

    members: Sequence[Member]
    applications: Sequence[tuple[Application, Applicant]]

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.members or self.applications)


def _digits(number: str) -> str:
    return number.lstrip("0")


def known_before(application: Application, applicant: Applicant) -> Before:
    """Return who else gave this number, and what else came from this address (two questions).

    Numbers of applications are sealed, so each that still holds its words is opened here; its page is not.
    """
    number = _digits(applicant.licence_number)
    holders = Member.objects.exclude(licence_number="").filter(licence_number__endswith=number, rehearsal=False)
    members = [member for member in holders if _digits(member.licence_number) == number]
    found = []
    for other in Application.objects.exclude(pk=application.pk).exclude(sealed=""):
        theirs = other.applicant
        if theirs and (_digits(theirs.licence_number) == number or other.found_by == application.found_by):
            found.append((other, theirs))
    return Before(members, found)
