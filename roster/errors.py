"""What can go wrong with members; codes, no texts."""


class RosterError(Exception):
    """The base of this app's errors."""


class MayNotTakeCallers(RosterError):
    """The member is inactive, no volunteer, or has no checked licence."""


class InvitationGone(RosterError):
    """The invitation is unknown, used or too old."""


class NotByThemselves(RosterError):
    """Nobody confirms their own role."""
