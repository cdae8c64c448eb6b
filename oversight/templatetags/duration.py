"""Shows seconds as people read them."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def minutes_seconds(seconds: int) -> str:
    """Return whole seconds as «45 s», «3 min 05 s» or «1 h 04 min»."""
    hours, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    if hours:
        return _("%(h)d h %(m)02d min") % {"h": hours, "m": minutes}
    if minutes:
        return _("%(m)d min %(s)02d s") % {"m": minutes, "s": left}
    return _("%(s)d s") % {"s": left}


@register.filter
def as_clock(seconds: int) -> str:
    """Return whole seconds as on a stop-watch, to be read from afar: «0:45», «3:05», «1:04:10»."""
    hours, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
