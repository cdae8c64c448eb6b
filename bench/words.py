"""The words that the load says, each with a number by which it is known again when it is heard."""

import json
import re
import uuid

#: As long as what people write (about 120 signs).
FILLER = "Hola, hace varias semanas que no puedo dormir bien y me siento muy sola; no quiero preocupar a mi familia."
NUMBER = re.compile(rb"~(\d{10})~")


def numbered(number: int) -> str:
    """Return the text of a message."""
    return f"~{number:010d}~ {FILLER}"


def number_in(data: bytes) -> int | None:
    """Return the number of the message that a frame carries, or None if it carries none of ours."""
    found = NUMBER.search(data)
    return int(found.group(1)) if found else None


def for_the_line(text: str, contact: str | None = None) -> bytes:
    """Return the frame ``say`` of docs/PROTOCOL.md; a desk names the contact."""
    frame = {"op": "say", "id": str(uuid.uuid4()), "text": text}
    if contact is not None:
        frame["contact"] = contact
    return json.dumps(frame).encode()


def for_the_yardstick(text: str) -> bytes:
    """Return the frame that the yardsticks understand."""
    return json.dumps({"body": text}).encode()
