"""What can go wrong with a case; codes, no texts."""


class CasesError(Exception):
    """The base of this app's errors."""


class NotYours(CasesError):
    """No such case for this member; the same answer whether it exists or not."""


class ReasonMissing(CasesError):
    """A supervisor opens a case only with one of the known reasons."""


class BadNote(CasesError):
    """A field of a note is missing or unknown; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
