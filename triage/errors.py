"""What can go wrong with a contact; each is told to the person in words by the room above."""


class TriageError(Exception):
    """Any refusal of this app."""


class OfferGone(TriageError):
    """The offer is taken, expired, declined or unknown."""


class BadAnswers(TriageError):
    """An answer is none of its question's options, or longer than its limit."""


class UnknownWording(BadAnswers):
    """The answers name a version of an instrument's wording that this line does not have."""


class NotYours(TriageError):
    """There is no such contact, or another member leads it: the asker cannot tell which."""


class NotAllowed(TriageError):
    """The state of the contact, or the member, does not allow it."""


class NobodyFree(TriageError):
    """The colleague who was chosen, or anybody at all, cannot take the conversation just now."""


class ChangedMeanwhile(TriageError):
    """Somebody else was first: what stood on the page stands no more; nothing was changed."""


class AppendOnly(TriageError):
    """An event is never changed and never deleted."""


class QuestionsProblem(TriageError):
    """The questions are incomplete or were edited after their digest was noted; one sentence for the operator."""


class PhrasesProblem(TriageError):
    """The file of phrases is malformed or its own examples fail; one sentence for whoever edits it, in Spanish."""


class PatternProblem(PhrasesProblem):
    """One pattern of the phrases cannot be read."""


class RowsProblem(TriageError):
    """A CSV file of phrases cannot be read; one sentence that names file and line."""
