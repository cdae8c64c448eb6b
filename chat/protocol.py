"""Every frame in either direction; docs/PROTOCOL.md is compared with this file by a test."""

import datetime
from typing import Annotated, Any

import msgspec

from wire.frames import ClientId, Frame, Seq, Text

ContactId = ClientId


# What a caller may send -------------------------------------------------------------------------------------------


class Say(Frame, tag="say"):
    """Say something; the same ``id`` again is the same message."""

    id: ClientId
    text: Text


class Look(Frame, tag="look"):
    """Send me what I miss after this number; also the heartbeat, every 20 s."""

    after: Seq


class Typing(Frame, tag="typing"):
    """I am writing."""


class Seen(Frame, tag="seen"):
    """I have read up to here."""

    seq: Seq


class Leave(Frame, tag="leave"):
    """I end the conversation."""


CallerFrame = Say | Look | Typing | Seen | Leave


# What the desk may send ---------------------------------------------------------------------------------------------


class DeskSay(Frame, tag="say"):
    """Say something in one of my conversations."""

    contact: ContactId
    id: ClientId
    text: Text


class DeskLook(Frame, tag="look"):
    """Send me what I miss of a contact, or without ``contact`` everything of mine."""

    after: Seq
    contact: ContactId | None = None


class DeskTyping(Frame, tag="typing"):
    """I am writing in this conversation."""

    contact: ContactId


class DeskSeen(Frame, tag="seen"):
    """I have read this conversation up to here."""

    contact: ContactId
    seq: Seq


class DeskLeave(Frame, tag="leave"):
    """I end this conversation."""

    contact: ContactId


class Ready(Frame, tag="ready"):
    """I take contacts."""


class Away(Frame, tag="away"):
    """I take no contacts now."""


class Accept(Frame, tag="accept"):
    """I take the contact of this offer."""

    offer: ClientId


class Decline(Frame, tag="decline"):
    """Not this one."""

    offer: ClientId


DeskFrame = DeskSay | DeskLook | DeskTyping | DeskSeen | DeskLeave | Ready | Away | Accept | Decline

#: The closed list of refusals.
CODES = (
    "bad_frame",
    "unknown_op",
    "bad_field",
    "empty",
    "too_long",
    "too_fast",
    "not_open",
    "not_yours",
    "offer_gone",
    "ahead",
    "not_saved",
)


# What the line sends -------------------------------------------------------------------------------------------------


class _Out(msgspec.Struct, tag_field="op", omit_defaults=True, kw_only=True):
    """The base of a frame of ours; ``contact`` is set on the desk only."""

    contact: str | None = None


class Said(_Out, tag="said", kw_only=True):
    """A message, durable already; for its author it is the receipt.

    ``other`` on the desk only: another volunteer said it.
    """

    seq: int
    id: str
    by: str
    name: str = ""
    text: str
    at: str
    other: bool | None = None


class State(_Out, tag="state", kw_only=True):
    """Where the contact stands; all from ``urgency`` on is told on the desk only.

    ``marked``: by the caller's words. ``handover``: how it stands with passing it on, ``asked`` of whom; ``companion``
    stays beside whoever leads it; ``part``: I am the companion, or not in it any more. ``practice``: a scripted caller
    plays it.
    """

    state: str
    ahead: int | None = None
    wait: int | None = None
    name: str | None = None
    urgency: str | None = None
    last: int | None = None
    marked: bool | None = None
    handover: str | None = None
    asked: str | None = None
    companion: str | None = None
    part: str | None = None
    practice: bool | None = None


class More(_Out, tag="more", kw_only=True):
    """100 ``said`` were sent: look again from here."""

    after: int


class Idle(_Out, tag="idle", kw_only=True):
    """Nothing more is missing."""

    last: int
    state: str


class SaysTyping(_Out, tag="typing", kw_only=True):
    """The other side is writing."""

    by: str


class HasSeen(_Out, tag="seen", kw_only=True):
    """The other side has read up to here."""

    by: str
    seq: int


class PresenceIs(_Out, tag="presence", kw_only=True):
    """What the line takes the member for; ``shift_ends``: when their shift ends, if soon, or ended."""

    state: str
    reason: str = ""
    shift_ends: str | None = None


class Offered(_Out, tag="offer", kw_only=True):
    """A contact is offered; ``waited`` and ``until`` are seconds. ``from``: who passes the conversation on.

    ``practice``: a scripted caller plays it.
    """

    offer: str
    urgency: str
    waited: int
    until: int
    giver: str | None = msgspec.field(default=None, name="from")
    practice: bool | None = None


class OfferGone(_Out, tag="offer_gone", kw_only=True):
    """An offer stands no more."""

    offer: str
    reason: str


Outgoing = Annotated[Any, "one of the frames above"]
_encode = msgspec.json.Encoder().encode


def encoded(frame: msgspec.Struct) -> str:
    """Return the frame as the JSON text that goes over the wire."""
    return _encode(frame).decode()


def stamp(at: datetime.datetime) -> str:
    """Return a time as RFC 3339 in UTC with milliseconds."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
