"""What can go wrong in a circle; codes, no texts."""


class ReflectionError(Exception):
    """The base of them; ``code`` says which."""

    code = "unknown"

    def __init__(self, code: str = "") -> None:
        super().__init__(code or self.code)
        self.code = code or self.code


class NotYours(ReflectionError):
    """It does not exist, is over, or belongs to others."""

    code = "not_yours"


class AlreadyThere(ReflectionError):
    """They have signed up before."""

    code = "already_there"


class Removed(ReflectionError):
    """Whoever leads the circle took them out of it, and has not let them back."""

    code = "removed"


class Leading(ReflectionError):
    """Who leads a circle passes it on, or ends it, before they leave."""

    code = "leading"


class NotNow(ReflectionError):
    """The room does not allow it at this moment."""

    code = "not_now"


class Taken(ReflectionError):
    """Somebody was first."""

    code = "taken"


class NotSealed(ReflectionError):
    """No key could be made or opened: nothing was stored."""

    code = "not_sealed"
