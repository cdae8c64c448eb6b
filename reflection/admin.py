"""The administration of the official wordings of questionnaires for members."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from reflection import form_wordings
from reflection.models import FormWording
from reflection.questionnaires import FORMS
from roster.models import Member
from roster.official_wordings import Preview
from roster.wording_admin import OfficialWordingAdmin


@admin.register(FormWording)
class FormWordingAdmin(OfficialWordingAdmin):
    """The versions of each wording, and how its items are scored."""

    forms = FORMS
    fields = (*OfficialWordingAdmin.fields, "intro", "scored")
    readonly_fields = (*OfficialWordingAdmin.readonly_fields, "scored")

    @admin.display(description=gettext_lazy("puntaje"))
    def scored(self, row: FormWording) -> str:
        """Return how the official form is scored, as its file said."""
        return " ".join(form_wordings.scored(row))

    def preview(self, raw: bytes) -> Preview:
        """Read a file and keep nothing."""
        return form_wordings.preview(raw)

    def load(self, raw: bytes, member: Member) -> tuple[FormWording, bool]:
        """Keep what a file holds."""
        return form_wordings.load(raw, member)

    def example(self, code: str) -> str:
        """Return the example of a file."""
        return form_wordings.example(FORMS[code])
