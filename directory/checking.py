"""Knows when somebody last made sure of a place, and for how long that counts."""

import datetime as dt

from django.db.models import QuerySet

from directory.models import Place

COUNTS_FOR = dt.timedelta(days=90)


def in_date(place: Place, day: dt.date) -> bool:
    """Say whether a person's check of this place still counts on ``day``."""
    return place.checked_on is not None and (place.expires_on is None or place.expires_on >= day)


def note(places: QuerySet[Place], *, by: str, day: dt.date) -> int:
    """Note that ``by`` made sure of these places on ``day``; return how many. It counts for 90 days."""
    return places.update(checked_by=by, checked_on=day, expires_on=day + COUNTS_FOR)
