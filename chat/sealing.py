"""How a message is bound to its place before it is sealed (docs/CRYPTOGRAPHY.md)."""

import uuid

from chat.models import Message
from chat.rows import Stored
from vault.actions import Context

MESSAGE_BUCKET = 256  # bytes; lengths inside a bucket look alike


def message_context(contact_id: uuid.UUID, seq: int, by: str, client_id: uuid.UUID) -> Context:
    """Return the context a message's ciphertext is bound to: contact, number, speaker, client id."""
    return Context(
        purpose="chat",
        table="chat_message",
        column="text",
        record=str(contact_id),
        extra=(str(seq), by, str(client_id)),
        number=seq,
    )


def draft_context(contact_id: uuid.UUID, member_id: uuid.UUID) -> Context:
    """Return the context a member's draft is bound to."""
    return Context(purpose="draft", table="chat_draft", column="text", record=str(contact_id), extra=(str(member_id),))


def plan_context(contact_id: uuid.UUID, revision: int) -> Context:
    """Return the context a version of a safety plan is bound to."""
    place = {"table": "chat_safetyplan", "column": "body", "record": str(contact_id)}
    return Context(purpose="safety-plan", **place, extra=(str(revision),), number=revision)


def plan_draft_context(contact_id: uuid.UUID, member_id: uuid.UUID | None) -> Context:
    """Return the context of a draft of a safety plan: a member's, or the caller's own."""
    return Context(
        purpose="safety-plan-draft",
        table="chat_plandraft",
        column="body",
        record=str(contact_id),
        extra=(str(member_id or "caller"),),
    )


def context_of(message: Message | Stored) -> Context:
    """Return the context of a stored message."""
    return message_context(message.contact_id, message.seq, message.by, message.client_id)
