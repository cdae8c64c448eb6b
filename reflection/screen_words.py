"""The words of circles on the screen: refusals, phases, rules; they wait for the yes of a clinician."""

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from reflection.protocol import CODES
from reflection.schedule import BadSchedule

REFUSALS: dict[str, Promise] = {
    "bad_frame": _("No entendimos lo que llegó. Actualiza la página, por favor."),
    "unknown_op": _("No entendimos lo que llegó. Actualiza la página, por favor."),
    "bad_field": _("Hay algo en el texto que no podemos guardar. Escríbelo otra vez, por favor."),
    "empty": _("Todavía no hay nada escrito."),
    "too_long": _("Es muy largo. Pártelo en dos, por favor."),
    "too_fast": _("Vas muy rápido. Espera un momento y sigue."),
    "not_yours": _(
        "Ya no estás en este círculo, o terminó. Lo que escribiste sigue en la caja: cópialo si lo quieres."
    ),
    "ahead": _("La página se adelantó. Actualízala, por favor."),
    "not_saved": _("No se pudo guardar. Lo que escribiste sigue aquí: inténtalo otra vez."),
    "not_sealed": _(
        "No pudimos cerrarlo con llave, así que no se guardó. Cierra tu sesión, entra otra vez y reinténtalo."
    ),
    "not_now": _("Ahora no se puede: la sala está en otro momento."),
    "taken": _("Alguien llegó antes. Mira cómo quedó."),
    "not_in_room": _("El círculo está reunido. Entra a la sala para hablar."),
    "not_your_turn": _("Ahora habla otra persona. Tu turno llega en la ronda."),
    "only_presenter": _("En este momento habla solo quien presenta."),
    "presenter_rests": _("En este momento escuchas: el grupo imagina y luego vuelves."),
}

#: To whoever acts in a circle in which they have no seat (any more), without script; and where it was their note.
GONE = _("Ya no estás en este círculo, o terminó.")
NOTE_GONE = _("Ya no estás en este círculo, o terminó, y la nota no se guardó. Cópiala si la quieres.")

#: Code of a phase → its name, and one line on what it is for.
PHASES: dict[str, tuple[Promise, Promise]] = {
    "welcome": (_("Bienvenida"), _("Llegar, saludar y recordar los acuerdos.")),
    "arrival": (
        _("Ronda de llegada"),
        _("¿Cómo llego hoy? Cada quien habla una vez, sin interrupciones; se puede pasar."),
    ),
    "theme": (_("Tema"), _("Conversar sobre el tema. Si quieres la palabra, levanta la mano.")),
    "closing": (_("Ronda de cierre"), _("¿Con qué me voy? Cada quien habla una vez; se puede pasar.")),
    "presenting": (_("Presentar"), _("Quien presenta cuenta, sin apuntes. Los demás escuchan.")),
    "asking": (_("Preguntas"), _("Solo preguntas breves sobre hechos. Todavía sin opiniones.")),
    "imagining": (
        _("El grupo imagina"),
        _("Quien presentó escucha. El grupo imagina qué sintieron las dos personas. Sin consejos."),
    ),
    "returning": (_("Vuelve quien presentó"), _("Quien presentó cuenta qué le quedó.")),
    "arrived": (_("¿Cómo llegué?"), _("Cada quien dice cómo llega al final del turno; se puede pasar.")),
    "stays": (_("¿Qué se queda conmigo?"), _("Algo que sigue dando vueltas. Sin nombres.")),
    "leave_here": (_("¿Qué dejo aquí?"), _("Algo que no te llevas a casa.")),
    "kind_act": (_("Un gesto amable para hoy"), _("Algo pequeño que harás por ti.")),
    "talk": (_("Conversar"), _("Dos colegas, sin prisa.")),
}

#: What everybody agrees to before they take a seat.
RULES: tuple[Promise, ...] = (
    _("Lo que se dice aquí se queda aquí."),
    _("Sin nombres, lugares ni detalles que dejen reconocer a alguien que escribió a la línea."),
    _("Nadie da consejos ni evalúa. Nada de esto llega a tu ficha."),
    _("Siempre puedes pasar, escuchar o salir."),
)

MINUTES = ((45, _("45 minutos")), (60, _("1 hora")), (75, _("1 hora y cuarto")), (90, _("1 hora y media")))
EVERY = (
    (0, _("Una sola vez")),
    (1, _("Cada semana")),
    (2, _("Cada 2 semanas")),
    (3, _("Cada 3 semanas")),
    (4, _("Cada 4 semanas")),
)
LIVES = ((7, _("7 días")), (14, _("14 días")), (30, _("30 días")), (60, _("60 días")), (90, _("90 días")))
NAME_TOO_LONG = _("Ese nombre tiene %(show_value)d letras. Acórtalo a %(limit_value)d o menos.")
BAD_LENGTH = _("Una reunión dura entre 30 minutos y 2 horas.")
BAD_REPETITION = _("Elige cada cuánto se repite, y de 1 a 13 veces.")
SCHEDULES: dict[str, Promise] = {
    "past": _("Esa hora ya pasó. Elige una que esté por venir."),
    "too_far": _("Eso es dentro de más de un año. Elige una fecha más cercana."),
    "bad_length": BAD_LENGTH,
    "bad_repetition": BAD_REPETITION,
    "once": _("Pusiste «Una sola vez» y más de una reunión. Elige cada cuánto se repite, o deja una sola."),
    "overlaps": _("El %(at)s el círculo ya está en otra reunión. Elige otra hora, o cancela primero la otra."),
}


def schedule_refusal(refused: BadSchedule) -> str:
    """Return the words for gatherings that cannot be."""
    at = date_format(localtime(refused.at), "l j \\d\\e F, H:i") if refused.at else ""
    return str(SCHEDULES[refused.code]) % {"at": at}


def refusal(code: str) -> Promise:
    """Return the words for a code of the protocol's closed list."""
    return REFUSALS.get(code, REFUSALS["not_saved"])


def refusals() -> list[tuple[str, Promise]]:
    """Return every code with its words."""
    return [(code, REFUSALS[code]) for code in CODES]
