"""What can go wrong with a case; codes, no texts."""

import datetime


class CasesError(Exception):
    """The base of this app's errors."""


class NotYours(CasesError):
    """No such case for this member; the same answer whether it exists or not."""


class Withdrawn(CasesError):
    """The person took their consent back: the member's own contact, and nothing of it can be read or written."""


class ReasonMissing(CasesError):
    """A supervisor opens a case only with one of the known reasons."""


class NotYet(CasesError):
    """Another supervisor has to say yes first, or a day to go by: ``opens_at``; ``declined`` if they said no."""

    def __init__(self, opens_at: datetime.datetime, *, declined: bool) -> None:
        super().__init__()
        self.opens_at, self.declined = opens_at, declined


class BadNote(CasesError):
    """A field of a note is missing or unknown; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Stale(CasesError):
    """Another window saved this note after this one had opened it; nothing was stored."""


class NotPassedOn(CasesError):
    """The case cannot go to that member, for that reason, or while somebody still talks."""


class NotErased(CasesError):
    """The case is not erased: nobody said why, or somebody still talks."""


class BadRescue(CasesError):
    """What was given for a rescue is missing, too long or not among the choices; ``field`` names it.

    «judge»: an order of a judge goes to whoever is responsible for the data. «practice»: nobody is in danger there.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class AlreadyAsked(CasesError):
    """A rescue for this conversation waits for its answer already."""
