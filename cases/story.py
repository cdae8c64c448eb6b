"""A case's history told as a story: created, offered, accepted, opened by whom and why, note changed."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from cases.access import OPENING_REASONS
from cases.models import Case, Handover, NoteRevision
from cases.notes import FIELD_NAMES
from roster.models import Member
from triage.models import Contact, ContactEvent, Offer
from vault.models import Entry


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One line of the story."""

    at: datetime.datetime
    words: str


def _names(ids: Iterable[str]) -> dict[str, str]:
    wanted = set()
    for text in ids:
        try:
            wanted.add(uuid.UUID(text))
        except ValueError:
            continue  # the line itself, or an account that is gone
    return {str(member.pk): member.alias for member in Member.objects.filter(pk__in=wanted)}


def _kinds() -> dict[str, str]:
    return {
        "opened": _("Alguien abrió la línea."),
        "agreed": _("Aceptó el texto de consentimiento."),
        "danger": _("Avisó que estaba en peligro."),
        "assessed": _("Respondió las preguntas."),
        "queued": _("Entró a la espera."),
        "waiting": _("Volvió a la espera."),
        "accepted": _("Lo aceptó %(who)s."),
        "asleep": _("La conversación quedó en pausa."),
        "woke": _("Volvió a escribir."),
        "consent_asked": _("%(who)s pidió su acuerdo."),
        "consent_given": _("Dio su acuerdo."),
        "consent_refused": _("No dio su acuerdo."),
        "left": _("Salió de golpe."),
        "ended": _("La conversación terminó."),
        "withdrawn": _("Retiró su consentimiento."),
        "back_to_queue": _("Se perdió la conexión con %(who)s y volvió a la espera."),
    }


def _event_moments(contacts: list[Contact]) -> Iterable[Moment]:
    events = list(ContactEvent.objects.filter(contact__in=contacts))
    names, kinds = _names(event.actor for event in events), _kinds()
    for event in events:
        words = kinds.get(event.kind)
        if words:
            yield Moment(event.at, words % {"who": names.get(event.actor, _("la línea"))})


def _offer_moments(contacts: list[Contact]) -> Iterable[Moment]:
    for offer in Offer.objects.filter(contact__in=contacts).select_related("member"):
        yield Moment(offer.sent_at, _("Se ofreció a %(who)s.") % {"who": offer.member.alias})


def _note_words(revision: NoteRevision, fields: Iterable[str]) -> str:
    names = {"who": revision.author.alias, "what": ", ".join(str(FIELD_NAMES[field]) for field in fields)}
    if revision.revision == 1:
        return _("%(who)s escribió la nota.") % names
    if names["what"]:
        return _("%(who)s cambió la nota: %(what)s.") % names
    return _("%(who)s guardó la nota otra vez.") % names


def _note_moments(case: Case, changed: Mapping[int, Iterable[str]]) -> Iterable[Moment]:
    for revision in NoteRevision.objects.filter(note__case=case).select_related("author"):
        yield Moment(revision.at, _note_words(revision, changed.get(revision.pk, ())))


def _handover_moments(case: Case) -> Iterable[Moment]:
    for row in Handover.objects.filter(case=case).select_related("giver", "taker"):
        words = _("%(giver)s pasó el caso a %(taker)s.")
        yield Moment(row.at, words % {"giver": row.giver.alias, "taker": row.taker.alias})


def _opening_words(entry: Entry, who: str) -> str:
    reason = OPENING_REASONS.get(entry.reason)
    if entry.result != "done":
        return _("%(who)s intentó abrir el caso y no pudo.") % {"who": who}
    if reason:
        return _("%(who)s abrió el caso. Motivo: %(why)s.") % {"who": who, "why": reason}
    return _("%(who)s abrió el caso.") % {"who": who}


def _opening_moments(case: Case) -> Iterable[Moment]:
    entries = list(Entry.objects.filter(subject_kind="case", subject=str(case.pk), act="case.open"))
    names = _names(entry.actor for entry in entries)
    for entry in entries:
        yield Moment(entry.at, _opening_words(entry, names.get(entry.actor, _("Alguien"))))


def story_of(case: Case, changed: Mapping[int, Iterable[str]]) -> list[Moment]:
    """Return the story of a case, oldest first; it names people and times and quotes nobody.

    ``changed`` names, by the primary key of a revision of a note, the fields in which it differs from the one before.
    """
    contacts = list(case.contacts.all())
    parts = (
        _event_moments(contacts),
        _offer_moments(contacts),
        _note_moments(case, changed),
        _handover_moments(case),
        _opening_moments(case),
    )
    return sorted(moment for part in parts for moment in part)
