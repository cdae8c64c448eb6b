"""The journal: pages that their author alone writes, reads and deletes for good; a copy of thanks left is one too."""

import dataclasses
import datetime
import uuid

from django.db import transaction

from reflection import spaces
from reflection.models import JournalPage, OwnSpace
from reflection.own_errors import NothingWritten, TooLong
from reflection.spaces import Opened
from vault import actions as vault
from vault.actions import Context
from vault.errors import CannotOpen
from vault.models import DataKey

PAGE_BUCKET = 1024  # bytes
PAGE_LIMIT = 20_000  # code points of one page


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """A page in the clear: of which day, the how-manieth, the question it begins with, if any, and its words.

    ``to`` is the colleague to whom these words were left as thanks, on a page that is a copy of them.
    """

    id: uuid.UUID
    day: datetime.date
    number: int
    prompt: str
    text: str
    to: str = ""

    @property
    def beginning(self) -> str:
        """The first words, by which it is found again."""
        first = " ".join(self.text.split())
        return first if len(first) <= 80 else first[:79] + "…"


def page_context(page: uuid.UUID) -> Context:
    """Return what a page is bound to."""
    return Context(purpose="journal", table="reflection_journalpage", column="page", record=str(page))


def draft_context(space: uuid.UUID) -> Context:
    """Return what the draft of the next page is bound to."""
    return Context(purpose="journal", table="reflection_ownspace", column="draft", record=str(space))


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise NothingWritten
    if len(text) > PAGE_LIMIT:
        raise TooLong(PAGE_LIMIT)
    return text


def pages(opened: Opened) -> list[Page]:
    """Return all pages that open, the newest first."""
    found = (_read(opened, row) for row in opened.space.pages.select_related("key"))
    return sorted((page for page in found if page), key=lambda page: (page.day, page.number), reverse=True)


def _read(opened: Opened, row: JournalPage) -> Page | None:
    try:
        told = opened.read(page_context(row.pk), bytes(row.page), row.key)
    except CannotOpen:
        return None
    day = datetime.date.fromisoformat(told["day"])
    return Page(row.pk, day, told["number"], told["prompt"], told["text"], told.get("to", ""))


def page_of(opened: Opened, page: uuid.UUID) -> Page | None:
    """Return one page, or None if there is none of this id in this space, or it does not open."""
    row = opened.space.pages.select_related("key").filter(pk=page).first()
    return _read(opened, row) if row else None


def _sealed(space: OwnSpace, page: Page, key: DataKey) -> bytes:
    told = {"day": page.day.isoformat(), "number": page.number, "prompt": page.prompt, "text": page.text, "to": page.to}
    return spaces.seal(space, page_context(page.id), told, key=key, pad_to=PAGE_BUCKET)


def write(opened: Opened, text: str, *, day: datetime.date, prompt: str = "") -> Page:
    """Keep a new page, and empty the draft that it was. Raises NothingWritten or TooLong."""
    words, space = _checked(text), opened.space
    with transaction.atomic():
        page = _keep(space, Page(uuid.uuid4(), day, space.pages.count() + 1, prompt, words))
        OwnSpace.objects.filter(pk=space.pk).update(draft=None)
    return page


def keep_thanks(space: OwnSpace, to: str, text: str, *, day: datetime.date) -> Page:
    """Keep a copy of what a member left a colleague as thanks, as a page; it needs no open space. Raises SpaceShut."""
    return _keep(space, Page(uuid.uuid4(), day, space.pages.count() + 1, "", text, to))


def _keep(space: OwnSpace, page: Page) -> Page:
    key = vault.issue_line_key()
    JournalPage.objects.create(pk=page.id, space=space, key=key, page=_sealed(space, page, key))
    return page


def amend(opened: Opened, page: Page, text: str) -> Page:
    """Change the words of a page; no earlier version is kept. Raises NothingWritten or TooLong."""
    changed = dataclasses.replace(page, text=_checked(text))
    row = opened.space.pages.select_related("key").get(pk=page.id)
    JournalPage.objects.filter(pk=row.pk).update(page=_sealed(opened.space, changed, row.key))
    return changed


@transaction.atomic
def delete(opened: Opened, page: uuid.UUID) -> bool:
    """Delete a page for good: the row goes, and its key is destroyed; say whether there was one."""
    row = opened.space.pages.filter(pk=page).first()
    if row is None:
        return False
    row.delete()
    spaces.destroy_after_commit([row.key_id])
    return True


def keep_draft(space: OwnSpace, text: str, prompt: str) -> None:
    """Keep what is being written, sealed as a page is; it needs no open space. Raises TooLong or SpaceShut."""
    if len(text) > PAGE_LIMIT:
        raise TooLong(PAGE_LIMIT)
    told = {"text": text.replace("\r\n", "\n"), "prompt": prompt}
    sealed = spaces.seal(space, draft_context(space.pk), told, pad_to=PAGE_BUCKET) if text.strip() else None
    OwnSpace.objects.filter(pk=space.pk).update(draft=sealed)


def draft(opened: Opened) -> tuple[str, str]:
    """Return what was being written and the question it answers; empty when there is nothing, or it does not open."""
    sealed = opened.space.draft
    try:
        told = opened.read(draft_context(opened.space.pk), bytes(sealed)) if sealed else {}
    except CannotOpen:
        return "", ""
    return told.get("text", ""), told.get("prompt", "")
