"""The words that the load says, each with a number by which it is known again when it is heard."""

import json
import re
import uuid

#: As long as what people write (about 120 signs).
FILLER = "Hola, hace varias semanas que no puedo dormir bien y me siento muy sola; no quiero preocupar a mi familia."
NUMBER = re.compile(rb"~(\d{10})~")
SEQUENCE = re.compile(rb'"seq":(\d+)')


def numbered(number: int) -> str:
    """Return the text of a message."""
    return f"~{number:010d}~ {FILLER}"


def number_in(data: bytes) -> int | None:
    """Return the number of the message that a frame carries, or None if it carries none of ours."""
    found = NUMBER.search(data)
    return int(found.group(1)) if found else None


def sequence_in(data: bytes) -> int:
    """Return the ``seq`` of a frame of the line, 0 where it has none."""
    found = SEQUENCE.search(data)
    return int(found.group(1)) if found else 0


def _about(contact: str | None, **frame: object) -> bytes:
    """Return a frame; a desk's names the contact."""
    return json.dumps(frame if contact is None else {**frame, "contact": contact}).encode()


def for_the_line(text: str, contact: str | None = None) -> bytes:
    """Return the frame ``say`` of docs/PROTOCOL.md; a desk names the contact."""
    return _about(contact, op="say", id=str(uuid.uuid4()), text=text)


def look(after: int, contact: str | None = None) -> bytes:
    """Return the frame ``look``, which every page sends every 20 s with the last ``seq`` it knows."""
    return _about(contact, op="look", after=after)


def for_the_yardstick(text: str) -> bytes:
    """Return the frame that the yardsticks understand."""
    return json.dumps({"body": text}).encode()
