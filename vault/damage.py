"""The trace of something sealed that cannot be opened: told once, and it harms nothing beside it."""

import functools

from django.db import transaction

from vault import trail

_noted: set[tuple[str, str]] = set()


def note_damaged(subject_kind: str, subject: str) -> None:
    """Leave the trace of something sealed that is damaged, once from this process, after the transaction under way."""
    if (subject_kind, subject) not in _noted:
        _noted.add((subject_kind, subject))
        transaction.on_commit(functools.partial(_record, subject_kind, subject), robust=True)


def _record(subject_kind: str, subject: str) -> None:
    with transaction.atomic(durable=True):
        trail.append(
            actor="line",
            act="seal.damaged",
            subject_kind=subject_kind,
            subject=subject,
            result="damaged",
            reason="",
        )
