"""Reads callers' words for the process that serves: one line of texts, one line of what was found in them.

``python -m triage.attention_aside`` is what ``chat.heeding`` asks, so that reading takes nothing from a conversation.
It knows no settings, no database and nobody's name. It comes last (``wire.comes_last``): a message is delivered first
and read then, some milliseconds later; on a machine without a free moment ``chat.heeding`` loses patience, and reads
by itself.
"""

import gc
import sys
from collections.abc import Sequence

import msgspec

from triage import attention


class Found(msgspec.Struct, array_like=True):
    """What one of the texts says: its place among them (from 0), its level, and codes."""

    place: int
    level: str | None
    codes: tuple[str, ...]


def read_all(texts: Sequence[str]) -> list[Found]:
    """Read some texts; return what was found in those that say anything."""
    readings = map(attention.read, texts)
    return [Found(at, one.level, one.codes) for at, one in enumerate(readings) if one.level or one.codes]


def asked(texts: Sequence[str]) -> bytes:
    """Return the line that asks for these texts."""
    return msgspec.json.encode(texts)


def answered(line: bytes) -> list[Found]:
    """Return what a line answers. Raises msgspec.DecodeError."""
    return msgspec.json.decode(line, type=list[Found])


def main() -> None:
    """Answer each line until there are no more."""
    attention.read("hola")
    gc.freeze()
    for line in sys.stdin.buffer:
        found = read_all(msgspec.json.decode(line, type=list[str]))
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
