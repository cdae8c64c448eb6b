"""In which languages somebody could converse with a caller now, and what a caller's choice of a language asks for.

It is called as ``triage.actions``.
"""

import dataclasses
import datetime

from roster import presence
from triage.leaving import BEFORE_QUEUE
from triage.models import Contact, ContactState
from triage.needs import LANGUAGES
from wire.language_paths import SPANISH

#: Language of a page → the skill of whoever converses in it; both southern Quechuas are one skill.
SKILLS = {"quy": "quechua", "quz": "quechua", "ay": "aymara", "en": "english"}


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """``language`` is the one in which the conversation is offered; ``needs`` keeps the wish (``triage.needs``)."""

    language: str
    needs: str


def speaks_now(page_language: str, now: datetime.datetime | None = None, *, rehearsal: bool = False) -> bool:
    """Say whether a volunteer who speaks the language of a page is ready now; every volunteer speaks Spanish."""
    skill = SKILLS.get(page_language)
    if skill is None:
        return True
    return presence.ready(now).filter(member__rehearsal=rehearsal, member__skills__code=skill).exists()


def wish_of(page_language: str) -> Wish:
    """Return what the choice of a page's language asks for.

    A conversation is offered in that language only while somebody who speaks it is ready; else it is in Spanish. The
    wish stays all the same: routing prefers who speaks it, should they come.
    """
    skill = SKILLS.get(page_language, "")
    return Wish(page_language if skill and speaks_now(page_language) else SPANISH, skill)


def choose_language(contact: Contact, page_language: str) -> bool:
    """Let a caller who is not with anybody yet wish for another language; say whether anything changed."""
    wish = wish_of(page_language)
    kept = {one for one in contact.needs.split(",") if one} - LANGUAGES
    needs = ",".join(sorted(kept | ({wish.needs} if wish.needs else set())))
    rows = Contact.objects.filter(pk=contact.pk, state__in=(*BEFORE_QUEUE, ContactState.WAITING), needs=contact.needs)
    changed = rows.exclude(language=wish.language, needs=needs).update(language=wish.language, needs=needs)
    if changed:
        contact.language, contact.needs = wish.language, needs
    return bool(changed)
