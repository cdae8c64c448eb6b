"""Reviews of languages, recorded and taken back by the coordination, each with its trace."""

import dataclasses
import datetime
from collections.abc import Iterable

from django.db import transaction

from roster.language_review_model import LanguageReview
from roster.models import Member
from vault import actions as vault
from wire import clock


@dataclasses.dataclass(frozen=True, slots=True)
class Reviewed:
    """Who read the words of a language (name, and what they are), on which day, and who signed its own texts."""

    reviewer: str
    reviewer_is: str
    on: datetime.date
    signed_by: str = ""


def reviews() -> dict[str, LanguageReview]:
    """Return the review that counts, by language."""
    rows = LanguageReview.objects.filter(taken_back_at=None).select_related("recorded_by")
    return {row.language: row for row in rows}  # the newest of each language comes last


def marks_read() -> dict[str, frozenset[str]]:
    """Return the marks of what was read, by language."""
    return {language: frozenset(row.marks.split()) for language, row in reviews().items()}


def _trace(by: Member, act: str, language: str, digest: str) -> None:
    vault.record(actor=str(by.pk), act=act, subject_kind="language", subject=language, reason=digest[:12])


@transaction.atomic
def record(by: Member, language: str, *, digest: str, marks: Iterable[str], reviewed: Reviewed) -> LanguageReview:
    """Keep that somebody has read these words of a language; from then on real callers may choose it."""
    row = LanguageReview.objects.create(
        language=language,
        digest=digest,
        marks=" ".join(sorted(marks)),
        reviewer=reviewed.reviewer,
        reviewer_is=reviewed.reviewer_is,
        reviewed_on=reviewed.on,
        signed_by=reviewed.signed_by,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _trace(by, "language.review", language, digest)
    return row


@transaction.atomic
def take_back(by: Member, language: str) -> bool:
    """Take all reviews of a language back: real callers no longer see it. Say whether there was one."""
    row = reviews().get(language)
    changed = LanguageReview.objects.filter(language=language, taken_back_at=None).update(taken_back_at=clock.now())
    if row is not None and changed:
        _trace(by, "language.take_back", language, row.digest)
    return bool(changed)
