"""What can go wrong in training."""


class TrainingError(Exception):
    """The base of this app's errors."""


class ScenarioProblem(TrainingError):
    """A file of scenarios, signs or the checklist cannot be used; the text names file and place, in Spanish."""


class NotNow(TrainingError):
    """A practice cannot begin: ``why`` is «practising», «ready», «talking», «unknown» or «not_yours»."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotYours(TrainingError):
    """No such practice for this member, or not in a state for what they want."""


class BadAnswer(TrainingError):
    """What somebody filled in is missing, too long or not among the choices; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotFinished(TrainingError):
    """A training is not noted as finished: too few practices are passed, or it was noted already."""
