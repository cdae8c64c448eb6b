"""Callers of weeks that passed, as rows alone: what was said says nothing to a forecast."""

import datetime
from collections.abc import Sequence
from typing import Any

from consent.models import ConsentReceipt
from roster.hours import LIMA
from triage.models import Contact
from vault.models import DataKey

#: A Monday at noon, in Lima; no holiday lies in the eight weeks before.
NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=LIMA)


def lima(text: str) -> datetime.datetime:
    """Return a moment in Lima."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LIMA)


def came(moments: Sequence[datetime.datetime], **columns: Any) -> list[Contact]:
    """Let somebody have joined the queue at each of these moments, and be over unless ``columns`` say otherwise."""
    receipt = ConsentReceipt.objects.create(version="x", language="es-PE", digest="x", given_at=NOW, action="test")
    keys = DataKey.objects.bulk_create(DataKey(commitment=b"", created_on=NOW.date()) for _moment in moments)
    rows = [
        Contact(
            **{"state": "ended", "urgency": "D", "language": "es-PE", "opened_at": at, "queued_at": at} | columns,
            key=key,
            consent=receipt,
        )
        for at, key in zip(moments, keys, strict=True)
    ]
    return Contact._base_manager.bulk_create(rows)


def each_day(days: int, per_day: int, *, until: datetime.datetime = NOW, hour: int = 20) -> list[datetime.datetime]:
    """Return moments on each of so many days before ``until``, all in one hour of Lima."""
    last = until.replace(hour=hour, minute=0)
    return [
        last - datetime.timedelta(days=day, minutes=-(number % 60))
        for day in range(1, days + 1)
        for number in range(per_day)
    ]
