"""The verbs of the supervisors' window: let the roster know how many volunteers the forecast asks for."""

import datetime

from oversight import forecast
from roster import shifts
from roster.shift_rules import AHEAD


def note_needed(now: datetime.datetime) -> int:
    """Write into the roster how many volunteers each hour needs, as far ahead as shifts are promised; return how many.

    While the forecast still rests on a guess of who comes nothing is written: what the coordination set stands.
    """
    made = forecast.read(now)
    if made.pattern.guessed:
        return 0
    counts = {hour: made.needed(hour) for hour in shifts.hours_from(now, AHEAD // datetime.timedelta(hours=1))}
    shifts.need(counts)
    return len(counts)
