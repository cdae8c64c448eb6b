"""A circle over real sockets, in both stages: heard by all who sit there, once, in order; shut for everybody else."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.reflection.impatient_line import AWAY_AFTER
from tests.reflection.places import ROSA, Place, people_of
from tests.running_line import RunningLine, own_databases
from tests.visitors import Visitor
from tests.voices import Voice


@pytest.fixture(scope="module", params=["A", "B"])
def staged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of each stage."""
    variables = {"HOTLINE_STAGE": str(request.param), **own_databases()}
    line = RunningLine(tmp_path_factory.mktemp("circle"), **variables)
    line.module = "tests.reflection.impatient_line"
    with line as running:
        yield running


@pytest.fixture(scope="module")
def people(staged: RunningLine) -> list[Visitor]:
    """Sign in whoever leads, whoever sits there, and somebody else: once, as a sign-in takes its time."""
    return people_of(staged)


@pytest.fixture
def place(staged: RunningLine, people: list[Visitor]) -> Place:
    return Place(staged, people)


@pytest.fixture
async def rosa(place: Place) -> AsyncIterator[Voice]:
    async with place.at(place.rosa) as voice:
        await voice.hear("room", state="thread")
        await voice.look(0)
        yield voice


@pytest.fixture
async def carmen(place: Place) -> AsyncIterator[Voice]:
    async with place.at(place.carmen) as voice:
        await voice.hear("room", leads=True)
        await voice.look(0)
        yield voice


async def test_what_one_says_all_hear_once_under_the_same_number(rosa: Voice, carmen: Voice) -> None:
    one = await rosa.say("Hoy me costó.")
    mine, theirs = await rosa.hear("said"), await carmen.hear("said")
    assert (mine["id"], mine["seq"], mine["mine"]) == (one, 1, True)
    assert (theirs["id"], theirs["seq"], theirs["name"], theirs["text"]) == (one, 1, "Rosa", "Hoy me costó.")
    assert "mine" not in theirs
    await rosa.say("otra cosa", id=one)
    again = await rosa.hear("said")
    assert (again["seq"], again["text"]) == (1, "Hoy me costó.")
    assert await carmen.quiet() == []
    await carmen.say("x", id=one)
    assert (await carmen.refusal())["code"] == "bad_field"


def say_many(place: Place, count: int) -> None:
    """Say so many things by the plain form, which no socket's pace bounds."""
    place.rosa.get(place.path)
    for number in range(count):
        done = place.rosa.post(f"{place.path}decir/", {"id": str(uuid.uuid4()), "text": str(number)})
        assert done.status == 302


async def test_whoever_comes_back_catches_up_by_looking(place: Place) -> None:
    await asyncio.to_thread(say_many, place, 105)
    async with place.at(place.carmen) as carmen:
        first = await carmen.look(0)
        said = [frame for frame in first if frame["op"] == "said"]
        assert (len(said), first[-1]) == (100, {"op": "more", "after": 100})
        rest = await carmen.look(100)
        assert [frame["text"] for frame in rest[:-1]] == ["100", "101", "102", "103", "104"]
        assert rest[-1] == {"op": "idle", "last": 105}
        await carmen.send("look", after=106)
        assert (await carmen.refusal())["code"] == "ahead"


async def test_a_gathering_is_held_live_with_a_round_in_which_one_may_pass(
    place: Place, rosa: Voice, carmen: Voice
) -> None:
    await asyncio.to_thread(place.begin)
    assert (await rosa.look(0))[0]["state"] == "door"
    await rosa.send("enter")
    await rosa.hear("room", state="live", here=True, code="welcome")
    await carmen.send("enter")
    await carmen.hear("room", here=True, may_move=True)
    await rosa.send("move_on", phase=0)
    assert (await rosa.refusal())["code"] == "not_now"
    await rosa.send("hand", up=True)
    await carmen.hear("room", hands=["Rosa"])
    await carmen.send("move_on", phase=0)
    assert (await rosa.hear("room", code="arrival", my_turn=True))["left"] > 0
    await rosa.send("done")
    await carmen.hear("room", my_turn=True)
    await rosa.say("espera")
    assert (await rosa.refusal())["code"] == "not_your_turn"


async def test_who_is_taken_out_in_the_middle_is_shut_out_at_once_and_hears_nothing_more(
    place: Place, rosa: Voice, carmen: Voice
) -> None:
    out = {"do": "remove", "which": await asyncio.to_thread(place.seat_of, "Rosa")}
    assert (await asyncio.to_thread(place.carmen.post, f"{place.path}conducir/", out)).status == 302
    assert await rosa.closed() == 4401
    await carmen.say("¿Seguimos?")
    await carmen.hear("said")
    assert not rosa.said()
    async with place.at(place.rosa) as again:
        assert await again.closed() == 4401


async def test_who_signs_out_is_shut_out_at_once_and_hears_nothing_more(place: Place, carmen: Voice) -> None:
    browser = await asyncio.to_thread(lambda: Visitor(place.line).sign_in(ROSA))
    async with place.at(browser) as rosa:
        await rosa.look(0)
        await asyncio.to_thread(browser.get, "/equipo/salir/")
        await asyncio.to_thread(browser.post, "/equipo/salir/")
        assert await rosa.closed() == 4401
        await carmen.say("¿Seguimos?")
        await carmen.hear("said")
        assert not rosa.said()


async def test_whoever_closes_their_last_page_is_gone_after_a_while_and_the_round_goes_on(
    place: Place, carmen: Voice
) -> None:
    await asyncio.to_thread(place.begin)
    async with place.at(place.rosa) as other:
        async with place.at(place.rosa) as rosa:
            await rosa.send("enter")
            await rosa.hear("room", here=True)
            await carmen.send("enter")
            await carmen.send("move_on", phase=0)
            await carmen.hear("room", speaker="Rosa")
        await other.look(0)
        assert await carmen.quiet(AWAY_AFTER + 1) == []  # another page of hers is open
    await asyncio.sleep(AWAY_AFTER / 2)
    async with place.at(place.rosa) as again:
        await again.look(0)
        assert await carmen.quiet(AWAY_AFTER + 1) == []  # she was back in time
    left = await carmen.hear("room", my_turn=True)
    assert left["people"] == ["Carmen"]


@pytest.mark.parametrize("who", ["luis", "nobody"])
async def test_who_has_no_seat_is_shut_out(place: Place, who: str) -> None:
    cookie = place.luis.cookie if who == "luis" else "sid=x"
    for circle in (place.circle, str(uuid.uuid4())):
        async with Voice(place.line, cookie, at=f"/ws/circulo/{circle}/") as voice:
            assert await voice.closed() == 4401


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": "hand"}, "bad_field"),
        ({"op": "hand", "up": "yes"}, "bad_field"),
        ({"op": "move_on", "phase": -1}, "bad_field"),
        ({"op": "say", "id": "x", "text": "hola"}, "bad_field"),
        ({"op": "say", "id": str(uuid.uuid4()), "text": "  "}, "empty"),
        ({"op": "ready"}, "unknown_op"),
        ({"op": "enter"}, "not_now"),
        ({"op": "done"}, "not_now"),
    ],
)
async def test_what_cannot_be_is_refused_and_the_socket_goes_on(
    rosa: Voice, frame: dict[str, object], code: str
) -> None:
    await rosa.socket.send(json.dumps(frame))
    assert (await rosa.refusal())["code"] == code
    assert (await rosa.look(0))[-1] == {"op": "idle", "last": 0}


async def test_words_survive_a_killed_server(place: Place) -> None:
    async with place.at(place.rosa) as rosa:
        await rosa.look(0)
        await rosa.say("sigo aquí")
        await rosa.hear("said")
        place.line.kill()
    await asyncio.to_thread(place.line.start)
    async with place.at(place.carmen) as carmen:
        await carmen.send("look", after=0)
        assert (await carmen.hear("said"))["text"] == "sigo aquí"
    assert "Traceback" not in place.line.output
