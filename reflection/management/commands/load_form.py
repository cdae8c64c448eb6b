"""``python -m hotline load-form FILE --yes``: says how a questionnaire for members will count, then takes it in."""

from collections.abc import Sequence

from reflection import form_wordings
from reflection.models import FormWording
from reflection.questionnaires import FORMS
from roster.loading import LoadCommand

EXAMPLE = f"""
code = "who5"              one of {", ".join(FORMS)}
language = "es-PE"
version = "2026-1"         a changed file is a new version
source = "the author and where the official form was taken from"
licence = "under which it may be used"
licence_accepted = true    once somebody has read it
intro = "…"                what stands above the items of the official form, if anything
items = ["…", "…"]         the items in the order of the official form, unaltered
answers = ["…", "…"]       the official words of each number of points, from the least to the most
scales = ["…", "…"]        for proqol5 and proqol9: satisfaction, burnout or stress, for each item
turned = [1, 4]            for both: the numbers of the items that the official form turns round; [] for none
"""


class Command(LoadCommand):
    """Loads the wording of one kind of form."""

    help = "Load the official wording of a questionnaire for members from a TOML file:" + EXAMPLE

    def load(self, raw: bytes) -> tuple[FormWording, bool]:
        """Keep what a file holds."""
        return form_wordings.load(raw)

    def to_compare(self, raw: bytes) -> Sequence[object]:
        """Return how the form will be scored."""
        return form_wordings.preview(raw).facts
