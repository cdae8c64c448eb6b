"""The base of a frame, parsing and refusals; each app defines its own frames on it (docs/PROTOCOL.md)."""

import json
import re
from typing import Annotated, Any

import msgspec

LONGEST_FRAME = 16_384  # bytes of one client frame
LONGEST_TEXT = 4_000  # Unicode code points after trimming
HIGHEST_SEQ = 2**53 - 1  # what a JavaScript number holds exactly
UUID_FORM = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z"  # «$» would let a line feed pass

ClientId = Annotated[str, msgspec.Meta(pattern=UUID_FORM)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_SEQ)]
Text = str

#: The Unicode property White_Space; Python's own ``strip`` also takes the control characters 1C to 1F.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
FIELD_IN_PATH = re.compile(r"\$\.(\w+)")
FIELD_NAMED = re.compile(r"field `([^`]*)`")


class Refused(Exception):
    """A frame that was not taken: ``code`` is of the protocol's closed list, the rest says which frame it answers."""

    def __init__(self, code: str, *, to: str | None = None, id: str | None = None, field: str | None = None) -> None:  # noqa: A002  the frame's own word
        super().__init__(code)
        self.code = code
        self.to = to
        self.id = id
        self.field = field
        self.contact: str | None = None

    def encoded(self) -> str:
        """Return the ``refused`` frame as JSON text; what is unknown is left out."""
        facts = {"op": "refused", "code": self.code, "to": self.to, "id": self.id, "field": self.field}
        named = facts | {"contact": self.contact}
        return json.dumps({name: value for name, value in named.items() if value is not None}, ensure_ascii=False)


class Frame(msgspec.Struct, tag_field="op", forbid_unknown_fields=True, kw_only=True):
    """The base of a client's frame; unknown fields are refused."""


def client_id(text: str) -> str:
    """Return a client's id if it is a lower-case UUID. Raises Refused otherwise."""
    if not re.match(UUID_FORM, text):
        raise Refused("bad_field", to="say", field="id")
    return text


def spoken_text(text: str) -> str:
    """Return a message's text, trimmed; never normalised. Raises Refused (empty, too_long or bad_field)."""
    trimmed = text.strip(WHITE_SPACE)
    if not trimmed:
        raise Refused("empty", to="say")
    if len(trimmed) > LONGEST_TEXT:
        raise Refused("too_long", to="say")
    if FORBIDDEN.search(trimmed):
        raise Refused("bad_field", to="say", field="text")
    return trimmed


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _no_number(_digits: str) -> None:
    """Read no number: whatever its size, only names and ids are looked for here."""


def _loosely(raw: str) -> dict[str, Any]:
    """Read JSON without judging its values. Raises Refused when it is no object."""
    try:
        facts = json.loads(raw, parse_int=_no_number, parse_float=_no_number, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("bad_frame") from None
    if not isinstance(facts, dict):
        raise Refused("bad_frame")
    return facts


def _known(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= len(UUID_FORM) and not FORBIDDEN.search(value) else None


def refusal_of(raw: str, code: str) -> Refused:
    """Return a refusal of this frame that names its ``op`` and ``id`` as far as they can be read."""
    try:
        facts = _loosely(raw)
    except Refused:
        return Refused(code)
    refused = Refused(code, to=_known(facts.get("op")), id=_known(facts.get("id")))
    refused.contact = _known(facts.get("contact"))
    return refused


def _surrogate_field(facts: dict[str, Any]) -> str | None:
    return next((name for name, value in facts.items() if isinstance(value, str) and FORBIDDEN.search(value)), None)


def _wrong(raw: str, error: Exception, ops: frozenset[str]) -> Refused:
    facts = _loosely(raw)
    if _known(facts.get("op")) not in ops:
        return refusal_of(raw, "unknown_op")
    found = FIELD_IN_PATH.search(str(error)) or FIELD_NAMED.search(str(error))
    refused = refusal_of(raw, "bad_field")
    refused.field = _surrogate_field(facts) or (_known(found.group(1)) if found else None)
    return refused


class Parser:
    """Turns JSON text into one of the given kinds of frame."""

    def __init__(self, kinds: Any) -> None:
        self._decoder = msgspec.json.Decoder(kinds)
        self._ops = frozenset(str(kind.__struct_config__.tag) for kind in kinds.__args__)

    def parse(self, raw: str) -> Any:
        """Return the frame. Raises Refused, which names the field that is wrong and never its value."""
        try:
            frame = self._decoder.decode(raw)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            raise _wrong(raw, error, self._ops) from None
        if hasattr(frame, "text"):
            try:
                frame.text = spoken_text(frame.text)
            except Refused as refused:
                raise self._about(refused, frame) from None
        return frame

    @staticmethod
    def _about(refused: Refused, frame: Any) -> Refused:
        refused.id = frame.id
        refused.contact = getattr(frame, "contact", None)
        return refused
