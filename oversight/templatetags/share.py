"""Shows shares and what is measured in seconds or shares as people read them."""

import math

from django import template
from django.utils.translation import gettext as _

from oversight.arrivals import Figure

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """Return a share of one in per cent, never more than it is: «99 %», «menos de 1 %»."""
    if 0 < share < 0.01:
        return _("menos de 1 %")
    return _("%(n)d %%") % {"n": math.floor(100 * share + 1e-9)}


@register.filter
def in_words(figure: Figure) -> str:
    """Return what a figure of the forecast says: «53 min», «12 s», «80 %»."""
    if figure.unit == "share":
        return percent(figure.value)
    if figure.unit == "minutes":
        return _("%(n)d min") % {"n": round(figure.value / 60)}
    return _("%(n)d s") % {"n": round(figure.value)}
