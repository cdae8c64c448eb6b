"""What the load says is a message of the protocol, and is known again by its number."""

import json
import uuid
from typing import Any

import msgspec
import pytest

from bench.words import for_the_line, for_the_yardstick, look, number_in, numbered, sequence_in
from chat.protocol import CallerFrame, DeskFrame
from wire.frames import spoken_text


def test_the_line_takes_it_from_a_caller_and_from_a_desk() -> None:
    contact = str(uuid.uuid4())
    said: Any = msgspec.json.decode(for_the_line(numbered(7)), type=CallerFrame)
    answered: Any = msgspec.json.decode(for_the_line(numbered(8), contact), type=DeskFrame)
    assert spoken_text(said.text) == numbered(7)
    assert (spoken_text(answered.text), answered.contact) == (numbered(8), contact)


def test_a_look_asks_from_the_last_number_that_was_heard() -> None:
    contact = str(uuid.uuid4())
    said = b'{"op":"said","seq":41,"id":"x","by":"caller","text":"~0000000007~ seq"}'
    asked: Any = msgspec.json.decode(look(sequence_in(said)), type=CallerFrame)
    at_the_desk: Any = msgspec.json.decode(look(sequence_in(b""), contact), type=DeskFrame)
    assert (asked.after, at_the_desk.after, at_the_desk.contact) == (41, 0, contact)


def test_no_two_messages_have_one_id() -> None:
    ids = {json.loads(for_the_line("Hola"))["id"] for _message in range(100)}
    assert len(ids) == 100


@pytest.mark.parametrize("number", [0, 1, 9_999_999_999])
def test_a_number_is_known_again_in_whatever_frame_it_comes(number: int) -> None:
    for frame in (for_the_line(numbered(number)), for_the_yardstick(numbered(number))):
        assert number_in(frame) == number


@pytest.mark.parametrize("data", [b"", b'{"op":"state"}', b"~12~", b"~123456789x~ Hola"])
def test_what_carries_none_of_ours_has_no_number(data: bytes) -> None:
    assert number_in(data) is None
