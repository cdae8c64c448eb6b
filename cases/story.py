"""The history of a contact or case told as a story: who did what, when; it names people and quotes nobody."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import OPENING_REASONS
from cases.models import Case, ErasureReason, Handover, HandoverReason, LegalGround, NoteRevision, Told
from cases.notes import FIELD_NAMES
from roster.models import Member
from triage import reasons
from triage.models import Contact, ContactEvent, ContactState, EventKind, Offer, OfferState
from triage.reassessing import Reason
from vault.models import Entry

CALLER = "caller"


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """One line of the story."""

    at: datetime.datetime
    words: str


#: What the person did, what somebody of the team did or what happened to them (``who``), what the line did by itself.
BY_THE_CALLER: dict[str, Promise] = {
    "opened": gettext_lazy("La persona abrió la línea."),
    "agreed": gettext_lazy("La persona aceptó el texto de consentimiento."),
    "danger": gettext_lazy("La persona avisó que estaba en peligro."),
    "queued": gettext_lazy("La persona entró a la espera."),
    "came_back": gettext_lazy("La persona volvió con su código y espera otra vez."),
    "woke": gettext_lazy("La persona volvió a escribir."),
    "consent_given": gettext_lazy("La persona dio su acuerdo."),
    "consent_refused": gettext_lazy("La persona no dio su acuerdo."),
    "left": gettext_lazy("La persona salió de golpe."),
    "ended": gettext_lazy("La persona terminó la conversación."),
    "withdrawn": gettext_lazy("La persona retiró su consentimiento: lo que dijo se borró."),
}
BY_A_MEMBER: dict[str, Promise] = {
    "accepted": gettext_lazy("%(who)s aceptó y empezó a conversar."),
    "consent_asked": gettext_lazy("%(who)s pidió su acuerdo a la persona."),
    "reassessed": gettext_lazy("%(who)s cambió el nivel de %(before)s a %(level)s, %(why)s."),
    "asked": gettext_lazy("%(who)s anotó que ya preguntó por el suicidio."),
    "ended": gettext_lazy("%(who)s terminó la conversación."),
    "back_to_queue": gettext_lazy(
        "Se perdió la conexión con %(who)s: la persona volvió a la espera, primera en su nivel."
    ),
    "handover_asked": gettext_lazy("%(who)s pidió que otra persona siga la conversación."),
    "handed_over": gettext_lazy("%(who)s siguió con la conversación."),
    "handed_back": gettext_lazy("Se perdió la conexión con quien seguía: %(who)s continuó la conversación."),
    "companion_left": gettext_lazy("%(who)s se despidió de la conversación."),
}
BY_THE_LINE: dict[str, Promise] = {
    "assessed": gettext_lazy("La línea leyó sus respuestas: nivel %(level)s."),
    "reassessed": gettext_lazy("La línea subió el nivel de %(before)s a %(level)s por lo que escribió."),
    "marked": gettext_lazy("La línea marcó la conversación por lo que escribió."),
    "asleep": gettext_lazy("La conversación quedó en pausa."),
    "left": gettext_lazy("La página de la persona se cerró y no volvió."),
    "ended": gettext_lazy("La línea cerró la conversación."),
    "back_to_queue": gettext_lazy("La persona volvió a la espera, primera en su nivel."),
    "consent_asked": gettext_lazy("La línea pidió su acuerdo a la persona."),
}
ASSIGNED = gettext_lazy("%(by)s eligió a %(who)s, que empezó a conversar.")
DANGER_OFF = gettext_lazy("%(who)s cambió el nivel de %(before)s a %(level)s, %(why)s, y quitó la marca de peligro.")
#: What is no longer told once the consent was taken back.
ABOUT_THE_PERSON = frozenset({"danger", "assessed", "reassessed", "marked", "asked"})


class _Names:
    """The aliases of members by the ids that stand in events and in the trail."""

    def __init__(self, ids: Iterable[str]) -> None:
        found = Member.objects.filter(pk__in=set(filter(None, map(_as_id, ids))))
        self._aliases = {str(member.pk): member.alias for member in found}

    def of(self, actor: str) -> str:
        """Return the alias; an account that is gone is called so."""
        return self._aliases.get(actor, _("Una cuenta que ya no existe"))


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None  # the caller, or the line itself


def _template_of(event: ContactEvent) -> str:
    """Return the words of what a member did; who wants no reminder is nobody's business."""
    if event.detail.get("how") == "dismissed":
        return ""
    if event.kind == EventKind.ACCEPTED and event.detail.get("by"):
        return str(ASSIGNED)
    return str(DANGER_OFF if event.detail.get("danger") == "off" else BY_A_MEMBER.get(event.kind, ""))


def _event_words(event: ContactEvent, names: _Names) -> str:
    if event.actor == CALLER:
        return str(BY_THE_CALLER.get(event.kind, ""))
    told = {"level": event.detail.get("urgency", ""), "before": event.detail.get("from", "")}
    if _as_id(event.actor):
        why = dict(Reason.choices).get(event.detail.get("why", ""), "")
        by = names.of(event.detail.get("by", ""))
        return _template_of(event) % {**told, "who": names.of(event.actor), "why": why, "by": by}
    return str(BY_THE_LINE.get(event.kind, "")) % told


def _event_moments(contacts: list[Contact]) -> Iterator[Moment]:
    withdrawn = {contact.pk for contact in contacts if contact.state == ContactState.WITHDRAWN}
    events = list(ContactEvent.objects.filter(contact__in=contacts).order_by("pk"))
    names = _Names(one for event in events for one in (event.actor, event.detail.get("by", "")))
    for event in events:
        hidden = event.contact_id in withdrawn and event.kind in ABOUT_THE_PERSON
        words = "" if hidden else _event_words(event, names)
        if words:
            yield Moment(event.at, words)


def _offered(offer: Offer) -> str:
    return _("Se ofreció %(to)s.") % {"to": reasons.in_words(offer.reason, offer.member.alias)}


def _offer_moments(contacts: list[Contact]) -> Iterator[Moment]:
    answers = {
        OfferState.DECLINED: _("%(who)s la dejó pasar."),
        OfferState.EXPIRED: _("%(who)s no llegó a responder."),
    }
    offers = Offer.objects.filter(contact__in=contacts).select_related("member").order_by("sent_at", "pk")
    for offer in offers:
        yield Moment(offer.sent_at, _offered(offer))
        answer = answers.get(OfferState(offer.state))
        if answer and offer.answered_at:
            yield Moment(offer.answered_at, answer % {"who": offer.member.alias})


def _note_words(revision: NoteRevision, fields: Iterable[str]) -> str:
    names = {"who": revision.author.alias, "what": ", ".join(str(FIELD_NAMES[field]) for field in fields)}
    if revision.revision == 1:
        return _("%(who)s escribió la nota.") % names
    if names["what"]:
        return _("%(who)s cambió la nota: %(what)s.") % names
    return _("%(who)s cambió la nota.") % names


def _note_moments(case: Case, changed: Mapping[int, Iterable[str]]) -> Iterator[Moment]:
    revisions = NoteRevision.objects.filter(note__case=case).select_related("author")
    for revision in revisions.order_by("note_id", "revision"):
        yield Moment(revision.at, _note_words(revision, changed.get(revision.pk, ())))


def _handover_moments(case: Case) -> Iterator[Moment]:
    for row in Handover.objects.filter(case=case).select_related("giver", "taker").order_by("pk"):
        why = dict(HandoverReason.choices).get(row.reason, row.reason)
        words = _("El caso pasó de %(giver)s a %(taker)s: %(why)s.")
        yield Moment(row.at, words % {"giver": row.giver.alias, "taker": row.taker.alias, "why": why})


def _opening_words(entry: Entry, who: str) -> str:
    things = {"case": _("el caso"), "note": _("la nota"), "contact": _("la conversación")}
    parts = {"who": who, "what": things[entry.subject_kind], "why": OPENING_REASONS.get(entry.reason, "")}
    if entry.result == "no_reason":
        return _("%(who)s quiso abrir %(what)s sin decir por qué, y no pudo.") % parts
    if entry.result == "refused":
        return _("%(who)s intentó abrir %(what)s y no pudo.") % parts
    if entry.result == "damaged":
        return _("%(who)s abrió %(what)s y una parte no se pudo leer.") % parts
    if parts["why"]:
        return _("%(who)s abrió %(what)s. Motivo: %(why)s.") % parts
    return _("%(who)s abrió %(what)s.") % parts


RESCUES: dict[str, Promise] = {
    "rescue.ask": gettext_lazy("%(who)s pidió un rescate."),
    "rescue.agree": gettext_lazy("%(who)s estuvo de acuerdo con el rescate."),
    "rescue.refuse": gettext_lazy("%(who)s no estuvo de acuerdo con el rescate."),
    "rescue.note": gettext_lazy("%(who)s anotó que se avisó."),
    "rescue.read": gettext_lazy("%(who)s leyó el pedido de rescate."),
}
#: The same, with the ground it rests on or whom somebody told; not told any more once the consent was taken back.
RESCUES_IN_FULL: dict[str, Promise] = {
    "rescue.ask": gettext_lazy("%(who)s pidió un rescate. Motivo legal: %(why)s."),
    "rescue.note": gettext_lazy("%(who)s anotó que se avisó. A quién: %(why)s."),
}


def _rescue_words(entry: Entry, who: str, *, hidden: bool) -> str:
    why = dict([*LegalGround.choices, *Told.choices]).get(entry.reason, "")
    words = RESCUES if hidden or not why else RESCUES | RESCUES_IN_FULL
    return str(words[entry.act]) % {"who": who, "why": why}


def _entry_words(entry: Entry, names: _Names, *, hidden: bool = False) -> str:
    who = names.of(entry.actor)
    if entry.act in RESCUES:
        return _rescue_words(entry, who, hidden=hidden)
    if entry.act.endswith(".open"):
        return _opening_words(entry, who)
    if entry.act == "case.erase":
        return _erasing_words(entry, who)
    words = {
        "case.create": _("%(who)s empezó un caso para la conversación."),
        "case.close": _("%(who)s cerró el caso."),
        "case.plan_write": _("%(who)s escribió el plan de cuidado."),
        "case.plan_open": _("%(who)s leyó el plan de cuidado."),
        "contact.instrument": _("%(who)s usó un instrumento en la conversación."),
        "case.ask_open": _("%(who)s pidió abrir el caso. Motivo: %(why)s."),
        "case.agree_open": _("%(who)s estuvo de acuerdo con que se abra."),
        "case.decline_open": _("%(who)s no estuvo de acuerdo con que se abra."),
        "alarm.see": _("%(who)s vio la alarma de que la persona esperaba."),
    }
    return words.get(entry.act, "") % {"who": who, "why": OPENING_REASONS.get(entry.reason, "")}


def _erasing_words(entry: Entry, who: str) -> str:
    why = dict(ErasureReason.choices).get(entry.reason)
    if why is None:
        return _("La línea borró el caso, porque la persona retiró su consentimiento.")
    return _("%(who)s borró el caso. Motivo: %(why)s.") % {"who": who, "why": why}


def _trail_moments(
    kind: str, subjects: Iterable[uuid.UUID], withdrawn: frozenset[str] = frozenset()
) -> Iterator[Moment]:
    """Tell what the trail holds about these; of those withdrawn, nothing about the person."""
    entries = list(Entry.objects.filter(subject_kind=kind, subject__in=[str(one) for one in subjects]).order_by("seq"))
    names = _Names(entry.actor for entry in entries)
    for entry in entries:
        words = _entry_words(entry, names, hidden=entry.subject in withdrawn)
        if words:
            yield Moment(entry.at, words)


def _contact_moments(contacts: list[Contact]) -> Iterator[Moment]:
    withdrawn = frozenset(str(contact.pk) for contact in contacts if contact.state == ContactState.WITHDRAWN)
    return _trail_moments("contact", [contact.pk for contact in contacts], withdrawn)


def _in_order(*parts: Iterator[Moment]) -> list[Moment]:
    """Put the moments in order of time; those of one instant stay in the order of their part."""
    return sorted((moment for part in parts for moment in part), key=lambda moment: moment.at)


def story_of(case: Case, changed: Mapping[int, Iterable[str]]) -> list[Moment]:
    """Return the story of a case, oldest first.

    ``changed`` names, by the primary key of a revision of a note, the fields in which it differs from the one before.
    """
    contacts = list(case.contacts.order_by("opened_at", "pk"))
    return _in_order(
        _event_moments(contacts),
        _offer_moments(contacts),
        _contact_moments(contacts),
        _trail_moments("case", [case.pk]),
        _handover_moments(case),
        _note_moments(case, changed),
        _trail_moments("note", case.notes.values_list("pk", flat=True)),
    )


def story_of_contact(contact: Contact) -> list[Moment]:
    """Return the story of a contact, with or without a case; of one taken back, nothing about the person."""
    case = Case.objects.filter(contacts=contact).first()
    if case is not None:
        return story_of(case, {})
    return _in_order(_event_moments([contact]), _offer_moments([contact]), _contact_moments([contact]))
