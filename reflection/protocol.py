"""The frames of a circle's socket, in either direction; docs/PROTOCOL.md is compared with this file by a test."""

from typing import Annotated

import msgspec

from wire.frames import ClientId, Frame, Seq, Text

PhaseNumber = Annotated[int, msgspec.Meta(ge=0, le=99)]


# What a member may send ---------------------------------------------------------------------------------------------


class CircleSay(Frame, tag="say"):
    """Say something; the same ``id`` again is the same entry."""

    id: ClientId
    text: Text


class CircleLook(Frame, tag="look"):
    """Send me what I miss after this number, and how the room stands; also the heartbeat, every 20 s."""

    after: Seq


class Enter(Frame, tag="enter"):
    """I come into the room."""


class StepOut(Frame, tag="step_out"):
    """I leave the room for now."""


class Hand(Frame, tag="hand"):
    """I raise my hand, or take it down."""

    up: bool


class Done(Frame, tag="done"):
    """I give the word on: I have spoken, or I pass."""


class Present(Frame, tag="present"):
    """I present, or no more."""

    on: bool = True


class MoveOn(Frame, tag="move_on"):
    """Begin what follows phase ``phase``."""

    phase: PhaseNumber


CircleFrame = CircleSay | CircleLook | Enter | StepOut | Hand | Done | Present | MoveOn

#: The closed list of refusals: those of every socket, and why somebody may not speak now.
CODES = (
    "bad_frame",
    "unknown_op",
    "bad_field",
    "empty",
    "too_long",
    "too_fast",
    "not_yours",
    "ahead",
    "not_saved",
    "not_sealed",
    "not_now",
    "taken",
    "not_in_room",
    "not_your_turn",
    "only_presenter",
    "presenter_rests",
)


# What the line sends -------------------------------------------------------------------------------------------------


class _Out(msgspec.Struct, tag_field="op", omit_defaults=True, kw_only=True):
    """The base of a frame of ours."""


class CircleSaid(_Out, tag="said", kw_only=True):
    """An entry, durable already; for its author the receipt. ``shut``: it does not open with the member's keys."""

    seq: int
    id: str
    name: str = ""
    text: str = ""
    on: str
    mine: bool = False
    live: bool = False
    shut: bool = False


class Room(_Out, tag="room", kw_only=True):
    """How the room stands, as this member sees it; on connecting and at each change.

    ``state`` is ``thread`` (between gatherings), ``door`` (it may be entered) or ``live``. ``leads``: I
    lead or co-lead. ``left`` and ``begins_in`` (it is not its hour yet) are minutes. ``spoke``: the speaker has, so it
    is no passing any more.
    """

    state: str
    here: bool = False
    leads: bool = False
    phase: int = 0
    of: int = 0
    code: str = ""
    voice: str = ""
    left: int = 0
    begins_in: int = 0
    speaker: str | None = None
    my_turn: bool = False
    spoke: bool = False
    presenter: str | None = None
    presents: bool = False
    may_present: bool = False
    may_move: bool = False
    last_phase: bool = False
    refused: str = ""
    hand: bool = False
    people: list[str] = []
    hands: list[str] = []
    alone: bool = False  # of two colleagues, the other has left for good


class CircleMore(_Out, tag="more", kw_only=True):
    """100 ``said`` were sent: look again from here."""

    after: int


class CircleIdle(_Out, tag="idle", kw_only=True):
    """Nothing more is missing."""

    last: int


_encode = msgspec.json.Encoder().encode


def encoded(frame: msgspec.Struct) -> str:
    """Return the frame as the JSON text that goes over the wire."""
    return _encode(frame).decode()
