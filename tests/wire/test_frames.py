"""Reading a frame: what is taken, and with which code everything else is refused."""

import json
import time
import uuid
from typing import Any

import pytest

from chat.protocol import CallerFrame, DeskFrame, Look, Say
from wire.frames import LONGEST_TEXT, Parser, Refused, refusal_of

ID = "0b9f8a52-6a3f-4c7e-9d55-1f2e3d4c5b6a"
CALLER, DESK = Parser(CallerFrame), Parser(DeskFrame)


def refusal(raw: str, parser: Parser = CALLER) -> Refused:
    with pytest.raises(Refused) as caught:
        parser.parse(raw)
    return caught.value


def say(text: Any, id: Any = ID) -> str:  # noqa: A002  the frame's own word
    return json.dumps({"op": "say", "id": id, "text": text})


@pytest.mark.parametrize("raw", ["{", "[]", '"x"', "123", "null", "true", "", "NaN", '{"op":"typing"} x', "\ufeff{}"])
def test_what_is_no_json_object_is_a_bad_frame(raw: str) -> None:
    assert refusal(raw).code == "bad_frame"


@pytest.mark.parametrize("raw", ["{}", '{"op":5}', '{"op":null}', '{"op":["say"]}', '{"op":{}}', '{"op":"shout"}'])
def test_an_op_that_is_missing_or_unknown_is_an_unknown_op(raw: str) -> None:
    assert refusal(raw).code == "unknown_op"


def test_the_desk_knows_ops_that_a_caller_does_not() -> None:
    assert DESK.parse('{"op":"ready"}')
    assert refusal('{"op":"ready"}').code == "unknown_op"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ('{"op":"look"}', "after"),
        ('{"op":"look","after":1,"more":true}', "more"),
        ('{"op":"typing","contact":"x"}', "contact"),
        ('{"op":"seen","seq":null}', "seq"),
        (say(5), "text"),
        (say("hola", id=5), "id"),
        (say("hola", id=ID.upper()), "id"),
        (say("hola", id=ID + "\n"), "id"),
        (say("hola", id=""), "id"),
        (say("hola", id="{" + ID + "}"), "id"),
    ],
)
def test_a_wrong_field_is_named_and_its_value_is_not(raw: str, field: str) -> None:
    refused = refusal(raw)
    assert (refused.code, refused.field) == ("bad_field", field)


@pytest.mark.parametrize(
    "after", ["-1", '"a"', '"1"', "1.5", "1.0", "1e3", "1e400", "-1e400", "true", "null", "[]", str(2**53), "9" * 1000]
)
def test_a_number_that_is_no_sequence_number_is_a_bad_field(after: str) -> None:
    refused = refusal(f'{{"op":"look","after":{after}}}')
    assert (refused.code, refused.field) == ("bad_field", "after")


@pytest.mark.parametrize("after", [0, 1, 2**53 - 1])
def test_every_sequence_number_is_taken(after: int) -> None:
    assert CALLER.parse(f'{{"op":"look","after":{after}}}') == Look(after=after)


@pytest.mark.parametrize("raw", ["[" * 10_000, '{"op":"look","after":' + "[" * 8_000 + "]" * 8_000 + "}"])
def test_deep_nesting_is_refused_within_50_ms(raw: str) -> None:
    began = time.perf_counter()
    refusal(raw)
    assert time.perf_counter() - began < 0.05


def test_white_space_at_both_ends_is_trimmed_and_nothing_else() -> None:
    frame = CALLER.parse(say("\u2003\n\t e\u0301  \u202ez\u200dw \r\n\u3000"))
    assert frame == Say(id=ID, text="e\u0301  \u202ez\u200dw")


@pytest.mark.parametrize("text", ["", " \n\t", "\u2003\u3000\x85"])
def test_nothing_but_white_space_is_empty(text: str) -> None:
    refused = refusal(say(text))
    assert (refused.code, refused.to, refused.id) == ("empty", "say", ID)


@pytest.mark.parametrize("sign", ["a", "ñ", "😀", "e\u0301"[1:]])
def test_4000_code_points_are_taken_and_4001_are_too_long(sign: str) -> None:
    longest = "x" + sign * (LONGEST_TEXT - 2) + "x"
    assert CALLER.parse(say(f" {longest} ")).text == longest
    assert refusal(say(longest + "x")).code == "too_long"


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x0b", "\x0c", "\r", "\x1b", "\x1c", "\x7f", "\x85", "\x9f"])
def test_control_characters_other_than_line_feed_and_tab_are_a_bad_field(control: str) -> None:
    refused = refusal(say(f"a{control}b"))
    assert (refused.code, refused.field, refused.id) == ("bad_field", "text", ID)


def test_line_feed_and_tab_are_taken() -> None:
    assert CALLER.parse(say("a\n\tb")).text == "a\n\tb"


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\udfffb"', '"\\udc00\\ud800"', '"\\u0000"'])
def test_escapes_of_lone_surrogates_and_of_nul_are_a_bad_field(text: str) -> None:
    refused = refusal(f'{{"op":"say","id":"{ID}","text":{text}}}')
    assert (refused.code, refused.field) == ("bad_field", "text")


def test_an_escaped_pair_of_surrogates_is_one_sign() -> None:
    assert CALLER.parse(f'{{"op":"say","id":"{ID}","text":"\\ud83d\\ude00"}}').text == "😀"


def test_a_refusal_names_the_op_the_id_and_the_contact_it_answers() -> None:
    contact = str(uuid.uuid4())
    refused = refusal(json.dumps({"op": "say", "contact": contact, "id": ID, "text": " "}), DESK)
    assert json.loads(refused.encoded()) == {
        "op": "refused",
        "code": "empty",
        "to": "say",
        "id": ID,
        "contact": contact,
    }


@pytest.mark.parametrize("planted", ["\ud800", "x" * 200, "\x00"])
def test_a_refusal_repeats_nothing_that_could_not_be_a_name(planted: str) -> None:
    raw = json.dumps({"op": planted, "id": planted, "contact": planted})
    assert json.loads(refusal_of(raw, "too_fast").encoded()) == {"op": "refused", "code": "too_fast"}
    assert refusal(raw).encoded().encode()
