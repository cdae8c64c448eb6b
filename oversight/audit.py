"""The trail on the supervisor's screen: the newest entries, in words, and whether the chain is whole."""

import dataclasses
import datetime
import uuid

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oversight.board import member_names
from vault.models import Entry

ACTS: dict[str, Promise] = {
    "sign_in": gettext_lazy("entró"),
    "sign_out": gettext_lazy("salió"),
    "case.create": gettext_lazy("abrió un caso nuevo"),
    "case.open": gettext_lazy("leyó un caso"),
    "case.close": gettext_lazy("cerró un caso"),
    "case.hand_over": gettext_lazy("pasó un caso"),
    "note.write": gettext_lazy("escribió una nota"),
    "note.amend": gettext_lazy("cambió una nota"),
    "contact.accept": gettext_lazy("aceptó una conversación"),
    "contact.end": gettext_lazy("terminó una conversación"),
    "contact.withdraw": gettext_lazy("se retiró el consentimiento"),
    "trail.read": gettext_lazy("leyó este registro"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    seq: int
    at: datetime.datetime
    who: str
    what: str
    subject: str
    result: str
    reason: str


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def newest(count: int = 200) -> list[Line]:
    """Return the newest entries in words, newest first."""
    entries = list(Entry.objects.order_by("-seq")[:count])
    names = member_names({found for entry in entries if (found := _as_uuid(entry.actor))})
    return [
        Line(
            entry.seq,
            entry.at,
            names.get(entry.actor, _("la línea") if not _as_uuid(entry.actor) else _("cuenta retirada")),
            str(ACTS.get(entry.act, entry.act)),
            entry.subject,
            entry.result,
            entry.reason,
        )
        for entry in entries
    ]
