"""The trail on the supervisor's screen: entries in words, newest first, and whether the chain is whole."""

import dataclasses
import datetime
import re
import uuid

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import OPENING_REASONS
from cases.models import Case, ErasureReason, HandoverReason, LegalGround, Note, Told
from oversight.board import member_names
from oversight.models import AlarmKind, HoldReason
from roster.application_model import DeclineReason
from roster.models import BeyondReason, Role
from triage.instruments import INSTRUMENTS
from triage.models import Ending
from triage.reassessing import Reason
from vault.models import Entry, Watch

AT_ONCE = 200

ACTS: dict[str, Promise] = {
    "sign_in": gettext_lazy("entró"),
    "sign_out": gettext_lazy("salió"),
    "sign_out_everywhere": gettext_lazy("salió en todas partes"),
    "case.create": gettext_lazy("abrió un caso nuevo"),
    "case.open": gettext_lazy("leyó un caso"),
    "case.close": gettext_lazy("cerró un caso"),
    "case.hand_over": gettext_lazy("pasó un caso a otra persona"),
    "case.ask_open": gettext_lazy("pidió abrir un caso"),
    "case.agree_open": gettext_lazy("estuvo de acuerdo con que se abra un caso"),
    "case.decline_open": gettext_lazy("no estuvo de acuerdo con que se abra un caso"),
    "case.erase": gettext_lazy("destruyó las claves de un caso"),
    "rescue.ask": gettext_lazy("pidió un rescate: que el secreto ceda ante un peligro"),
    "rescue.agree": gettext_lazy("estuvo de acuerdo con un rescate"),
    "rescue.refuse": gettext_lazy("no estuvo de acuerdo con un rescate"),
    "rescue.note": gettext_lazy("anotó a quién se avisó en un rescate"),
    "rescue.read": gettext_lazy("leyó un pedido de rescate"),
    "note.write": gettext_lazy("escribió una nota"),
    "note.amend": gettext_lazy("cambió una nota"),
    "note.open": gettext_lazy("abrió su nota para seguir escribiendo"),
    "contact.accept": gettext_lazy("aceptó una conversación"),
    "contact.assign": gettext_lazy("eligió quién conversa con una persona"),
    "contact.hand_over_ask": gettext_lazy("pidió pasar una conversación"),
    "contact.hand_over": gettext_lazy("siguió con una conversación que le pasaron"),
    "contact.hand_over_leave": gettext_lazy("dejó la conversación que había pasado"),
    "contact.end": gettext_lazy("terminó una conversación"),
    "contact.open": gettext_lazy("abrió una conversación"),
    "contact.read": gettext_lazy("leyó una conversación con su caso"),
    "contact.erase": gettext_lazy("se borraron las palabras de una conversación"),
    "contact.withdraw": gettext_lazy("retiró su consentimiento"),
    "contact.reassess": gettext_lazy("cambió el nivel de una conversación"),
    "contact.instrument": gettext_lazy("usó un instrumento en una conversación"),
    "contact.safety_plan": gettext_lazy("escribió lo acordado y el plan de una conversación"),
    "instrument.load": gettext_lazy("cargó el texto oficial de un instrumento"),
    "form.load": gettext_lazy("cargó el texto oficial de un cuestionario para el equipo"),
    "case.plan_write": gettext_lazy("escribió el plan de cuidado de un caso"),
    "case.plan_open": gettext_lazy("leyó el plan de cuidado de un caso"),
    "key.grant": gettext_lazy("dio la llave a quien la lleva ahora"),
    "circle.turn": gettext_lazy("cambió la llave de un grupo, porque alguien entró o salió"),
    "reflection.found": gettext_lazy("fundó un círculo"),
    "reflection.remove": gettext_lazy("sacó a alguien de un círculo"),
    "reflection.let_back": gettext_lazy("dejó volver a alguien a un círculo"),
    "reflection.pass_lead": gettext_lazy("pasó la conducción de un círculo"),
    "reflection.name_co_leader": gettext_lazy("nombró a alguien para conducir un círculo a su lado"),
    "reflection.end_co_leading": gettext_lazy("terminó que alguien condujera un círculo al lado de otra persona"),
    "reflection.end": gettext_lazy("terminó un círculo"),
    "recovery.partners": gettext_lazy("nombró a las organizaciones que pueden recuperar un llavero"),
    "recovery.asked": gettext_lazy("pidió a las organizaciones recuperar un llavero"),
    "recovery.done": gettext_lazy("recuperó un llavero con tres organizaciones"),
    "trail.read": gettext_lazy("leyó este registro"),
    "figures.make": gettext_lazy("hizo las cifras de un mes, con lo que se puede decir"),
    "figures.publish": gettext_lazy("publicó las cifras de un mes"),
    "figures.put_back": gettext_lazy("repuso las cifras publicadas de un mes, tras volver a una copia"),
    "figures.hold": gettext_lazy("detuvo las cifras de un mes"),
    "alarm.see": gettext_lazy("vio una alarma y se ocupa"),
    "drill.erasure": gettext_lazy("probó que lo borrado no se abre desde una copia antigua"),
    "seal.damaged": gettext_lazy("encontró algo sellado que está dañado"),
    "member.licence_checked": gettext_lazy("revisó una colegiatura"),
    "member.changed": gettext_lazy("cambió una cuenta"),
    "member.deactivated": gettext_lazy("cerró una cuenta"),
    "member.factor_removed": gettext_lazy("quitó un segundo factor"),
    "member.invited": gettext_lazy("invitó a alguien"),
    "member.joined": gettext_lazy("creó su cuenta"),
    "member.keys_expected": gettext_lazy("reservó un llavero para alguien"),
    "member.keys_renewed": gettext_lazy("dio un llavero nuevo a alguien"),
    "keys.expected": gettext_lazy("empezó la etapa B: reservó un llavero para cada persona"),
    "keys.open": gettext_lazy("abrió su llavero con su código"),
    "keys.code_made": gettext_lazy("hizo el código de su llavero"),
    "member.above_limit": gettext_lazy("dijo si acepta una emergencia de más"),
    "shift.take": gettext_lazy("tomó un turno"),
    "shift.give_back": gettext_lazy("devolvió un turno"),
    "shift.open_swap": gettext_lazy("ofreció un turno"),
    "shift.close_swap": gettext_lazy("se quedó con un turno que había ofrecido"),
    "shift.take_swap": gettext_lazy("recibió el turno de otra persona"),
    "shift.put": gettext_lazy("puso o cambió un turno"),
    "shift.remove": gettext_lazy("quitó un turno"),
    "calendar.renew": gettext_lazy("hizo la dirección secreta de su calendario"),
    "calendar.stop": gettext_lazy("quitó la dirección secreta de su calendario"),
    "language.review": gettext_lazy("anotó que alguien leyó todas las palabras de un idioma"),
    "language.take_back": gettext_lazy("retiró un idioma de las páginas de quien llama"),
    "member.trained": gettext_lazy("anotó que alguien terminó la formación"),
    "practice.begin": gettext_lazy("empezó una práctica con un guion"),
    "practice.read": gettext_lazy("leyó una práctica"),
    "practice.answer": gettext_lazy("escribió la devolución de una práctica"),
    "practice.require": gettext_lazy("cambió cuántas prácticas aprobadas se piden"),
    "application.received": gettext_lazy("postuló al voluntariado"),
    "application.read": gettext_lazy("leyó una postulación"),
    "application.to_interview": gettext_lazy("acordó la entrevista de una postulación"),
    "application.interviewed": gettext_lazy("anotó que la entrevista se hizo"),
    "application.checked": gettext_lazy("revisó la colegiatura de una postulación"),
    "application.invited": gettext_lazy("invitó a quien postuló"),
    "application.joined": gettext_lazy("creó su cuenta desde una postulación"),
    "application.on_first_shift": gettext_lazy("anotó que empezó el primer turno de quien postuló"),
    "application.declined": gettext_lazy("respondió que no a una postulación"),
    "application.withdrawn": gettext_lazy("retiró su postulación, y sus datos se borraron"),
    "application.note": gettext_lazy("escribió la nota de una postulación"),
    "application.mail_again": gettext_lazy("envió otra vez el correo de una postulación"),
    "application.forgotten": gettext_lazy("borró una postulación que pasó su tiempo"),
    "member.role_confirmed": gettext_lazy("confirmó un rol por seis meses"),
    "member.password_changed": gettext_lazy("cambió su contraseña"),
}
#: What somebody tried and could not.
ATTEMPTS: dict[str, Promise] = {
    "sign_in": gettext_lazy("quiso entrar"),
    "case.open": gettext_lazy("quiso leer un caso"),
    "contact.open": gettext_lazy("quiso abrir una conversación"),
    "keys.open": gettext_lazy("quiso abrir su llavero"),
    "desk.open": gettext_lazy("quiso abrir el escritorio"),
    "contact.take": gettext_lazy("quiso atender"),
    "case.list_own": gettext_lazy("quiso ver casos"),
    "note.write": gettext_lazy("quiso escribir una nota"),
    "contact.assign": gettext_lazy("quiso elegir quién conversa con una persona"),
    "urgency.change_own": gettext_lazy("quiso cambiar un nivel"),
    "urgency.change_any": gettext_lazy("quiso cambiar un nivel"),
    "rescue.ask": gettext_lazy("quiso pedir un rescate"),
    "rescue.answer": gettext_lazy("quiso responder a un pedido de rescate"),
    "board.see": gettext_lazy("quiso ver el tablero"),
    "shift.take": gettext_lazy("quiso tocar un turno"),
    "talk.answer": gettext_lazy("quiso ver quién quisiera conversar"),
    "trend.see": gettext_lazy("quiso ver cómo está el grupo"),
    "reflection.enter": gettext_lazy("quiso entrar a los espacios de reflexión"),
    "circle.found": gettext_lazy("quiso fundar un círculo"),
    "forecast.see": gettext_lazy("quiso ver el pronóstico"),
    "figures.publish": gettext_lazy("quiso ver las cifras antes de publicarse"),
    "case.read_any": gettext_lazy("quiso leer casos de otras personas"),
    "case.erase": gettext_lazy("quiso borrar un caso"),
    "practice.begin": gettext_lazy("quiso empezar una práctica"),
    "practice.see": gettext_lazy("quiso ver las prácticas"),
    "practice.answer": gettext_lazy("quiso leer una práctica"),
    "practice.require": gettext_lazy("quiso cambiar cuántas prácticas se piden"),
    "training.finish": gettext_lazy("quiso anotar el fin de una formación"),
    "trail.read": gettext_lazy("quiso leer este registro"),
    "application.manage": gettext_lazy("quiso ver las postulaciones"),
    "member.manage": gettext_lazy("quiso cambiar cuentas"),
    "text.check": gettext_lazy("quiso ver los textos públicos"),
    "language.manage": gettext_lazy("quiso ver los idiomas de las páginas"),
    "reference.manage": gettext_lazy("quiso entrar a la administración"),
}
RESULTS: dict[str, Promise] = {
    "done": gettext_lazy("hecho"),
    "refused": gettext_lazy("no se permitió"),
    "no_reason": gettext_lazy("no se permitió: faltó el motivo"),
    "damaged": gettext_lazy("algo no se pudo abrir"),
    "failed": gettext_lazy("no salió bien"),
}
REASONS: dict[str, str | Promise] = {
    **dict(AlarmKind.choices),
    **dict(HoldReason.choices),
    **OPENING_REASONS,
    **dict(HandoverReason.choices),
    **dict(ErasureReason.choices),
    **dict(LegalGround.choices),
    **dict(Told.choices),
    **dict(Role.choices),
    **dict(BeyondReason.choices),
    **dict(DeclineReason.choices),
    **dict(Ending.choices),
    **dict(Reason.choices),
    **{code: one.name for code, one in INSTRUMENTS.items()},
    "withdrawn": gettext_lazy("se retiró el consentimiento"),
    "retention": gettext_lazy("pasó el tiempo que se guarda"),
    "kept": gettext_lazy("nadie pudo dársela antes"),
    "claim": gettext_lazy("aceptó la conversación"),
    "wished": gettext_lazy("a alguien que eligió"),
    "anybody": gettext_lazy("a quien pueda"),
    "own": gettext_lazy("se despidió"),
    "time": gettext_lazy("pasó el rato de acompañar"),
    "lost": gettext_lazy("se perdió su conexión, o la conversación terminó"),
    "hand_over": gettext_lazy("pasó a otra persona"),
    "password": gettext_lazy("contraseña equivocada"),
    "code": gettext_lazy("código equivocado"),
    "key": gettext_lazy("llave equivocada"),
    "role": gettext_lazy("rol"),
    "email": gettext_lazy("correo"),
    "is_active": gettext_lazy("cuenta activa"),
    "licence_number": gettext_lazy("colegiatura"),
    "capacity": gettext_lazy("conversaciones a la vez"),
    "skills": gettext_lazy("idiomas y temas"),
    "trained_on": gettext_lazy("formación"),
    "late": gettext_lazy("faltaban menos de 24 horas"),
    "passed": gettext_lazy("aprobada"),
    "again": gettext_lazy("conviene repetirla"),
    "yes": gettext_lazy("sí"),
    "no": gettext_lazy("no"),
}
ACTORS: dict[str, Promise] = {
    "caller": gettext_lazy("Quien llamó"),
    "applicant": gettext_lazy("Quien postula"),
    "line": gettext_lazy("La línea"),
    "operator": gettext_lazy("Quien opera el servidor"),
    "unknown": gettext_lazy("Alguien que no se identificó"),
}
_VERSION = re.compile(r"v(\d+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One entry in words; ``case_id`` leads to the case that it is about, if that can still be opened.

    ``contact_id`` leads to the story of the contact that it is about.
    """

    seq: int
    at: datetime.datetime
    who: str
    what: str
    subject: str
    result: str
    reason: str
    done: bool
    case_id: uuid.UUID | None
    contact_id: uuid.UUID | None


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _ids(entries: list[Entry], kind: str) -> set[uuid.UUID]:
    return {found for entry in entries if entry.subject_kind == kind and (found := _as_uuid(entry.subject))}


def _cases(entries: list[Entry]) -> dict[tuple[str, str], uuid.UUID]:
    """Return the case of each subject (kind and id) that is one, or a note of one, and can still be opened."""
    opened = Case.objects.living().without_practice()
    cases = opened.filter(pk__in=_ids(entries, "case")).values_list("pk", flat=True)
    notes = Note.objects.filter(pk__in=_ids(entries, "note"), case__in=opened)
    return {("case", str(pk)): pk for pk in cases} | {
        ("note", str(pk)): case_id for pk, case_id in notes.values_list("pk", "case_id")
    }


def _who(actor: str, names: dict[str, str]) -> str:
    return names.get(actor) or str(ACTORS.get(actor) or _("Una cuenta que ya no existe"))


def _what(entry: Entry) -> str:
    tried = entry.result in {"refused", "no_reason"}
    return str((ATTEMPTS if tried else ACTS).get(entry.act) or ACTS.get(entry.act) or entry.act)


def _why(reason: str) -> str:
    version = _VERSION.fullmatch(reason)
    if version:
        return _("versión %(n)s") % {"n": version.group(1)}
    return str(REASONS.get(reason, reason))


def entries_before(seq: int | None = None, count: int = AT_ONCE) -> list[Line]:
    """Return entries in words, newest first: the newest, or those before a number."""
    older = Entry.objects.all() if seq is None else Entry.objects.filter(seq__lt=seq)
    entries = list(older.order_by("-seq")[:count])
    names = member_names({found for entry in entries if (found := _as_uuid(entry.actor))})
    cases = _cases(entries)
    return [
        Line(
            seq=entry.seq,
            at=entry.at,
            who=_who(entry.actor, names),
            what=_what(entry),
            subject=entry.subject,
            result=str(RESULTS.get(entry.result, entry.result)),
            reason=_why(entry.reason),
            done=entry.result == "done",
            case_id=cases.get((entry.subject_kind, entry.subject)),
            contact_id=_as_uuid(entry.subject) if entry.subject_kind == "contact" else None,
        )
        for entry in entries
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """A witness outside: how far it has seen the trail, when, and since when it cannot be reached."""

    who: str
    seq: int
    at: datetime.datetime | None
    failing_since: datetime.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """How far the line has found the trail whole, when, where it breaks if it does, and which witnesses saw it."""

    seq: int
    at: datetime.datetime | None
    first_bad: int | None
    witnesses: list[Seen]


WITNESSES: dict[str, Promise] = {
    "print": gettext_lazy("la salida del programa"),
    "folder": gettext_lazy("una carpeta"),
    "mail": gettext_lazy("un buzón de correo"),
}


def state() -> State:
    """Return how the trail stands by what the line and its witnesses saw last."""
    rows = {row.name: row for row in Watch.objects.all()}
    own = rows.pop(Watch.LINE, Watch(name=Watch.LINE))
    seen = [
        Seen(str(WITNESSES.get(name.partition(":")[0], name)), row.seq, row.at, row.failing_since)
        for name, row in sorted(rows.items())
    ]
    return State(own.seq, own.at, own.first_bad, seen)


def length() -> int:
    """Return the number of the newest entry."""
    return Entry.objects.aggregate(newest=Max("seq"))["newest"] or 0
