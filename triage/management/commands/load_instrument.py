"""``python -m hotline load-instrument FILE``: takes the official wording of an instrument in, once for each version."""

from roster.loading import LoadCommand
from triage import wordings
from triage.instruments import INSTRUMENTS
from triage.models import InstrumentWording

EXAMPLE = f"""
code = "phq4"              one of {", ".join(INSTRUMENTS)}
language = "es-PE"
version = "2026-1"         a changed file is a new version
source = "where the official form was taken from"
licence = "under which it may be used"
licence_accepted = true    once somebody has read it
items = ["…", "…"]         the items in the order of the official form, unaltered
answers = ["…", "…"]       for phq4 only: the official words of 0, 1, 2 and 3 points
"""


class Command(LoadCommand):
    """Loads the wording of one kind of form."""

    help = "Load the official wording of an instrument from a TOML file:" + EXAMPLE

    def load(self, raw: bytes) -> tuple[InstrumentWording, bool]:
        """Keep what a file holds."""
        return wordings.load(raw)
