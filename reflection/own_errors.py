"""What may keep a member from what is theirs alone, or from thanking somebody; the pages say it in words."""

from collections.abc import Sequence


class OwnError(Exception):
    """The base."""


class UnknownForm(OwnError):
    """There is no such questionnaire."""


class Unanswered(OwnError):
    """Items lack an answer; ``missing`` are their numbers."""

    def __init__(self, missing: Sequence[int]) -> None:
        super().__init__()
        self.missing = list(missing)


class SpaceShut(OwnError):
    """The words that were given do not open this space, or it is not open now."""


class SpaceStands(OwnError):
    """The member has a space already."""


class NothingWritten(OwnError):
    """There are no words."""


class TooLong(OwnError):
    """There are more words than one page or note takes; ``most`` is how many signs it takes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


class NoThanksTaken(OwnError):
    """The colleague has no space yet, or takes no notes of thanks."""
