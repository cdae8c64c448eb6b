"""What can go wrong with members and their shifts; codes, no texts."""

from collections.abc import Sequence

from roster.shift_rules import Rule


class RosterError(Exception):
    """The base of this app's errors."""


class MayNotTakeCallers(RosterError):
    """The member is inactive, no volunteer, or has no checked licence."""


class InvitationGone(RosterError):
    """The invitation is unknown, used or too old."""


class ApplicationMoved(RosterError):
    """The application is not where this step begins: somebody moved it, it was withdrawn, or it is gone."""


class NotByThemselves(RosterError):
    """Nobody confirms their own role."""


class ShiftRefused(RosterError):
    """The shift breaks rules (roster/shift_rules.py); ``theirs``: for the other member of an exchange."""

    def __init__(self, rules: Sequence[Rule], *, theirs: bool = False) -> None:
        super().__init__(*rules)
        self.rules = list(rules)
        self.theirs = theirs


class NotYourShift(RosterError):
    """The shift does not exist any more, or is another member's."""


class ShiftBegun(RosterError):
    """A shift that has begun is neither given back nor put up for a swap."""


class SwapTaken(RosterError):
    """The shift is not up for a swap with this member, or not any more."""


class WordingProblem(RosterError):
    """The file of an official wording cannot be taken; one sentence for whoever wrote the file, in Spanish."""
