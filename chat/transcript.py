"""The frames after a given number, opened for those entitled (the callers of this module check who that is)."""

import dataclasses
import datetime
import uuid
from collections.abc import Mapping

from chat.lines import worded
from chat.models import Message, Speaker
from chat.protocol import Said, stamp
from chat.rows import Stored
from chat.sealing import context_of
from triage.models import Contact
from vault import actions as vault
from vault.actions import CaseKey, case_key_for
from vault.errors import CannotOpen

AT_ONCE = 100  # said frames that answer one look
UNREADABLE = "[…]"


@dataclasses.dataclass(frozen=True, slots=True)
class Spoken:
    """One durable message, in the clear, on its way to those in the conversation.

    ``line_key`` and ``line_params`` are the line's own words, which each of them reads in their language.
    """

    contact_id: uuid.UUID
    seq: int
    client_id: str
    by: str
    name: str
    text: str
    at: datetime.datetime
    member_id: uuid.UUID | None = None
    line_key: str = ""
    line_params: Mapping[str, object] | None = None

    def frame(self, *, for_desk: bool, me: uuid.UUID | None = None) -> Said:
        """Return it as the frame that the caller's page or (``for_desk``) the desk of this member hears.

        What the line says is worded in the language of the moment.
        """
        return Said(
            contact=str(self.contact_id) if for_desk else None,
            seq=self.seq,
            id=self.client_id,
            by=self.by,
            name=self.name,
            text=worded(self.line_key, self.line_params or {}) if self.line_key else self.text,
            at=stamp(self.at),
            other=True if for_desk and self.member_id not in {None, me} else None,
        )


def _text_of(message: Message | Stored, key: CaseKey) -> str:
    if message.by == Speaker.LINE:
        return worded(message.line_key, message.line_params)
    try:
        return key.unseal(context_of(message), bytes(message.text or b"")).decode()
    except CannotOpen:
        vault.note_damaged("message", f"{message.contact_id}:{message.seq}")
        return UNREADABLE  # one damaged row harms no other


def spoken(message: Message | Stored, key: CaseKey) -> Spoken:
    """Open one stored message. A damaged one reads «[…]»."""
    return Spoken(
        contact_id=message.contact_id,
        seq=message.seq,
        client_id=str(message.client_id),
        by=message.by,
        name=message.name,
        text=_text_of(message, key),
        at=message.at,
        member_id=message.member,
        line_key=message.line_key,
        line_params=message.line_params,
    )


def messages_after(contact: Contact, after: int, most: int = AT_ONCE) -> list[Spoken]:
    """Return up to ``most`` messages numbered above ``after``, in order.

    Raises vault.errors.CannotOpen when the contact's key is blocked or destroyed, or not its holder's.
    """
    key = case_key_for(contact.key, contact.holder)
    rows = Message.objects.filter(contact=contact, seq__gt=after).order_by("seq").values_list(*Stored._fields)[:most]
    return [spoken(Stored(*row), key) for row in rows]
