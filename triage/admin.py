"""The administration of the official wordings of instruments."""

from django.contrib import admin

from roster.models import Member
from roster.official_wordings import Preview
from roster.wording_admin import OfficialWordingAdmin
from triage import wordings
from triage.instruments import INSTRUMENTS
from triage.models import InstrumentWording


@admin.register(InstrumentWording)
class InstrumentWordingAdmin(OfficialWordingAdmin):
    """The versions of each wording."""

    forms = INSTRUMENTS

    def preview(self, raw: bytes) -> Preview:
        """Read a file and keep nothing."""
        return wordings.preview(raw)

    def load(self, raw: bytes, member: Member) -> tuple[InstrumentWording, bool]:
        """Keep what a file holds."""
        return wordings.load(raw, member)

    def example(self, code: str) -> str:
        """Return the example of a file."""
        return wordings.example(INSTRUMENTS[code])
