"""What can go wrong with consent."""


class TextProblem(Exception):
    """A consent text is incomplete, unknown or was edited after its digest was noted; one sentence for the operator."""


class AppendOnly(Exception):
    """A decision is never changed and never deleted."""
