"""The checker finds every kind of fault that is planted, and nothing in a history that is as it should be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.checker import Fault, Kind, check
from tests.faults.history import Entry, History, Message, Side, load, save, sayings, waits_of_the_other_side

CALLER, VOLUNTEER = 1, 2  # their first sockets


class Script(History):
    """A history that is written down line by line; a second passes with each."""

    def add(self, socket: int, kind: str, name: str = "", seq: int = 0, **facts: str) -> "Script":
        """Add an entry."""
        at = float(len(self.entries))
        self.entries.append(Entry(at=at, socket=socket, kind=kind, id=name, seq=seq, **facts))  # type: ignore[arg-type]
        return self

    def hear(self, name: str, seq: int, by: Side, *sockets: int, text: str = "") -> "Script":
        """Have sockets hear a message (both sides' first ones, unless told)."""
        for socket in sockets or (CALLER, VOLUNTEER):
            self.add(socket, "said", name, seq, by=by, text=text or f"text {name}")
        return self

    def say(self, name: str, socket: int = CALLER) -> "Script":
        """Have a message said."""
        return self.add(socket, "say", name, text=f"text {name}")

    def read(self, *names: str, reader: str = "the caller", **texts: str) -> "Script":
        """Set what stands there at the end."""
        by = {entry.id: self.sides[entry.socket] for entry in self.entries if entry.kind == "say"}
        self.finals[reader] = [
            Message(seq, name, by.get(name, "line"), texts.get(name, f"text {name}"))
            for seq, name in enumerate(names, 1)
        ]
        return self


def script() -> Script:
    """Return a conversation to which both sides have just come."""
    new = Script("contact", {CALLER: "caller", VOLUNTEER: "volunteer"})
    for socket in (CALLER, VOLUNTEER):
        new.add(socket, "look").add(socket, "idle")
    return new


def talk() -> Script:
    """Return one in which each side has said something and everything went well."""
    return script().say("a").hear("a", 1, "caller").say("b", VOLUNTEER).hear("b", 2, "volunteer").read("a", "b")


def kinds(history: History) -> set[Kind]:
    """Return what the checker finds."""
    return {fault.kind for fault in check(history)}


# What is no fault ---------------------------------------------------------------------------------------------------


def again_after_a_cut(history: Script) -> Script:
    """Said without an answer, said again at another socket, stored once, answered with the first number."""
    history.say("c").add(CALLER, "closed")
    third = history.open("caller")
    history.say("c", third).hear("c", 3, "caller", third).hear("c", 3, "caller", VOLUNTEER)
    history.add(third, "look", seq=2).hear("c", 3, "caller", third).add(third, "idle", seq=3)
    return history.read("a", "b", "c")


def never_answered(history: Script) -> Script:
    """Unknown is not failed: what was never answered may stand there or not."""
    return history.say("c").add(CALLER, "closed")


def not_saved_and_stored_all_the_same(history: Script) -> Script:
    """A commit can fail on its way back: «not saved» is unknown, too."""
    history.say("c").add(CALLER, "refused", "c", code="not_saved", by="say")
    return history.hear("c", 3, "caller").read("a", "b", "c")


def words_of_the_line(history: Script) -> Script:
    """The line says something of its own."""
    for socket in (CALLER, VOLUNTEER):
        history.add(socket, "said", "l", 3, by="line", text="text l")
    return history.read("a", "b", "l")


def a_live_message_before_the_first_look_is_answered(history: Script) -> Script:
    """The line is slow: what is new comes before what was missed."""
    third = history.open("caller")
    history.add(third, "look", seq=0).say("c").hear("c", 3, "caller").hear("c", 3, "caller", third)
    history.hear("a", 1, "caller", third).hear("b", 2, "volunteer", third).hear("c", 3, "caller", third)
    return history.add(third, "idle", seq=3).read("a", "b", "c")


def a_live_message_between_a_look_and_its_answer(history: Script) -> Script:
    """It is part of the answer then, too."""
    history.add(CALLER, "look", seq=2).say("c").hear("c", 3, "caller").hear("c", 3, "caller", CALLER)
    return history.add(CALLER, "idle", seq=3).read("a", "b", "c")


def said_again_while_a_look_is_under_way(history: Script) -> Script:
    """The same id again is answered at once, and then once more as part of the look."""
    history.add(CALLER, "look", seq=0).say("a").hear("a", 1, "caller", CALLER).say("c").hear("c", 3, "caller")
    history.hear("a", 1, "caller", CALLER).hear("b", 2, "volunteer", CALLER).hear("c", 3, "caller", CALLER)
    return history.add(CALLER, "idle", seq=3).read("a", "b", "c")


def two_at_once_in_either_order(history: Script) -> Script:
    """What was said before the other's receipt may stand before it or after it."""
    history.say("c").say("d", VOLUNTEER).hear("d", 3, "volunteer").hear("c", 4, "caller")
    return history.read("a", "b", "d", "c")


@pytest.mark.parametrize(
    "goes_on",
    [
        again_after_a_cut,
        never_answered,
        not_saved_and_stored_all_the_same,
        words_of_the_line,
        a_live_message_before_the_first_look_is_answered,
        a_live_message_between_a_look_and_its_answer,
        said_again_while_a_look_is_under_way,
        two_at_once_in_either_order,
    ],
)
def test_what_the_protocol_allows_is_no_fault(goes_on: Callable[[Script], Script]) -> None:
    assert check(goes_on(talk())) == []


# What is one --------------------------------------------------------------------------------------------------------

PLANTED: list[tuple[str, Kind, Callable[[Script], Script]]] = [
    ("an acknowledged message is gone", Kind.LOST, lambda talk: talk.read("b")),
    ("it is gone for one side only", Kind.LOST, lambda talk: talk.read("a", reader="the volunteer")),
    (
        "only the other side had heard it, and it is gone",
        Kind.VANISHED,
        lambda talk: talk.say("c").hear("c", 3, "caller", VOLUNTEER),
    ),
    (
        "one side never heard what is there",
        Kind.UNHEARD,
        lambda talk: talk.say("c").hear("c", 3, "caller", CALLER).read("a", "b", "c"),
    ),
    ("one id stands at two numbers", Kind.DOUBLED, lambda talk: talk.read("a", "b", "a")),
    ("one id was heard at two numbers", Kind.DOUBLED, lambda talk: talk.hear("a", 3, "caller")),
    ("a number is heard twice without asking", Kind.DOUBLED, lambda talk: talk.hear("a", 1, "caller", VOLUNTEER)),
    (
        "an answer stands before its question",
        Kind.REORDERED,
        lambda talk: talk.say("d").hear("d", 4, "caller").say("c").hear("c", 3, "caller").read("a", "b", "c", "d"),
    ),
    (
        "one author's own two, one after the other's receipt, are swapped",
        Kind.REORDERED,
        lambda talk: talk.read("b", "a"),
    ),
    (
        "a message is heard late",
        Kind.REORDERED,
        lambda talk: (
            talk.say("c")
            .say("d")
            .hear("d", 4, "caller", VOLUNTEER)
            .hear("c", 3, "caller", VOLUNTEER)
            .hear("c", 3, "caller", CALLER)
            .hear("d", 4, "caller", CALLER)
            .read("a", "b", "c", "d")
        ),
    ),
    ("a socket skips a number", Kind.GAPPED, lambda talk: talk.say("d").hear("d", 4, "caller", VOLUNTEER)),
    (
        "a look is answered with a gap",
        Kind.GAPPED,
        lambda talk: talk.add(talk.open("caller"), "look").hear("b", 2, "volunteer", 3).add(3, "idle", seq=2),
    ),
    ("the two sides read another text", Kind.DIFFERING, lambda talk: talk.read("a", "b", reader="2", b="other")),
    ("a text is another than was said", Kind.CHANGED, lambda talk: talk.read("a", "b", a="other")),
    (
        "a text is heard as another",
        Kind.CHANGED,
        lambda talk: talk.say("c").hear("c", 3, "caller", text="other").read("a", "b", "c"),
    ),
    (
        "it is said by the other side",
        Kind.CHANGED,
        lambda talk: talk.say("c").hear("c", 3, "volunteer").read("a", "b", "c"),
    ),
    (
        "what was refused is there",
        Kind.UNEXPECTED,
        lambda talk: talk.say("c").add(CALLER, "refused", "c", code="too_fast", by="say").read("a", "b", "c"),
    ),
    (
        "a look shows less than somebody had heard",
        Kind.STALE,
        lambda talk: talk.add(talk.open("caller"), "look").hear("a", 1, "caller", 3).add(3, "idle", seq=1),
    ),
    (
        "a message is refused for good",
        Kind.REFUSED,
        lambda talk: talk.say("c").add(CALLER, "refused", "c", code="not_yours", by="say"),
    ),
    (
        "a look is refused",
        Kind.REFUSED,
        lambda talk: talk.add(1, "look", seq=2).add(1, "refused", code="ahead", by="look"),
    ),
    ("somebody is shut out", Kind.SHUT_OUT, lambda talk: talk.add(CALLER, "closed", code="4401")),
]


@pytest.mark.parametrize(("kind", "plant"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED])
def test_a_planted_fault_is_found(kind: Kind, plant: Callable[[Script], Script]) -> None:
    assert kind in kinds(plant(talk()))


def test_a_gap_at_the_end_is_found() -> None:
    history = talk()
    history.finals["the caller"][1] = Message(3, "b", "volunteer", "text b")
    assert Kind.GAPPED in kinds(history)


def test_what_nobody_said_is_unexpected() -> None:
    history = talk().read("a", "b", "c")
    history.finals["the caller"][2] = Message(3, "c", "caller", "text c")
    assert Kind.UNEXPECTED in kinds(history)


def test_every_kind_of_fault_is_planted_here() -> None:
    assert {row[1] for row in PLANTED} == set(Kind)


def test_a_history_that_nobody_read_at_the_end_proves_nothing() -> None:
    with pytest.raises(ValueError, match="nobody read"):
        check(script().say("a"))


def test_a_fault_names_the_message_and_the_contact() -> None:
    found = check(talk().read("b"))
    assert Fault(Kind.LOST, "contact", "a «text a» of the caller") in found
    assert str(found[-1]).endswith("(contact contact)")


def test_a_kept_history_is_read_back_as_it_was(tmp_path: Path) -> None:
    history = again_after_a_cut(talk())
    save([history], tmp_path / "histories.json")
    (again,) = load(tmp_path / "histories.json")
    assert (again.entries, again.sides, again.finals) == (history.entries, history.sides, history.finals)


def test_the_other_side_waits_from_the_receipt_to_the_moment_it_hears() -> None:
    history = talk().say("c").hear("c", 3, "caller", CALLER).add(VOLUNTEER, "look", seq=2)
    assert waits_of_the_other_side(history.hear("c", 3, "caller", VOLUNTEER)) == [1, -1, 2]


def test_a_message_without_an_answer_is_unknown_and_not_failed() -> None:
    said = sayings(never_answered(talk()).add(VOLUNTEER, "refused", "c", code="bad_field", by="say"))
    assert [saying.outcome for saying in said.values()] == ["ok", "ok", "unknown"]
