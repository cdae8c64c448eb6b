"""Which stage is on: A, where the server opens what it has sealed, or B, where only somebody signed in does."""

from django.conf import settings

A, B = "A", "B"


def only_people_open() -> bool:
    """Say whether keys are sealed to people (stage B) and no longer to the line itself (HOTLINE_STAGE)."""
    return bool(settings.STAGE == B)
