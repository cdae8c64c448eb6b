"""The line's own words: stored as a key with parameters, worded here, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

#: Key → words. What the line says is short, true, and never hurries anybody.
WORDS = {
    "joined": _("%(name)s está aquí y te lee. Puedes escribir cuando quieras."),
    "joined_again": _("%(name)s volvió. Sigan cuando quieras."),
    "volunteer_lost": _(
        "Se cortó la conexión con la persona que te acompañaba. Tus palabras están guardadas. "
        "Ya estamos buscando a alguien más para ti, y vas primero en tu turno."
    ),
    "hands_full": _(
        "%(name)s está con otra persona en este momento. Tus palabras están guardadas, y vas primero en tu turno: "
        "te atendemos apenas alguien pueda."
    ),
    "handed_over": _("Se une %(name)s, que va a seguir contigo. %(giver)s se queda un momento."),
    "handed_over_again": _("Vuelve %(name)s, que va a seguir contigo. %(giver)s se queda un momento."),
    "handed_over_asleep": _(
        "Desde ahora te acompaña %(name)s, que puede leer lo que conversaste con %(giver)s. Cuando escribas, te lee."
    ),
    "companion_left": _("%(giver)s se despide; sigues con %(name)s."),
    "handed_back": _("Se cortó la conexión con %(name)s. %(giver)s sigue contigo."),
    "still_there": _("¿Sigues ahí? Escribe cualquier cosa o toca «Sigo aquí» y guardamos tu lugar."),
    "silence": _("Sigo aquí. Tómate el tiempo que necesites. Si quieres, puedes escribir una sola palabra."),
    "asleep": _("Dejo la conversación en pausa. Cuando escribas, seguimos desde aquí."),
    "came_back": _("Volviste. Tus palabras siguen aquí, y ya buscamos a alguien para ti: vas primero en tu turno."),
    "left_suddenly": _("La persona salió de golpe. Puede volver; no es culpa tuya."),
    "danger": _(
        "Gracias por avisarnos. Si tu vida corre peligro ahora, llama al 106 (ambulancia), al 105 (policía) o al 113 "
        "y elige la opción 5. Aquí también viene alguien a acompañarte."
    ),
    "ended_caller": _("Terminaste la conversación. Gracias por confiar en nosotros."),
    "ended_volunteer": _("La conversación terminó. Gracias por confiar en nosotros. Puedes volver cuando quieras."),
    "ended_line": _("La conversación terminó. Puedes volver cuando quieras."),
    "plan_written": _(
        "%(name)s dejó escrito lo que acordaron. Lo lees, y lo cambias si quieres, en «Mi plan y lo que acordamos»."
    ),
    "plan_changed": _("Se guardó un cambio en «Mi plan y lo que acordamos»."),
    "plan_brought": _("El plan de una conversación anterior ya está en «Mi plan y lo que acordamos»."),
    "consent_asked": _("Antes de seguir, necesitamos tu acuerdo. Lo ves arriba, en tu pantalla."),
    "consent_given": _("Diste tu acuerdo. Gracias."),
    "consent_refused": _("Dijiste que no al acuerdo. Puedes llamar a las líneas que ves en tu pantalla."),
}


def worded(key: str, params: Mapping[str, object]) -> str:
    """Return what the line says under ``key``; an unknown key (of a newer version) says nothing."""
    template = WORDS.get(key)
    return str(template) % dict(params) if template else ""
