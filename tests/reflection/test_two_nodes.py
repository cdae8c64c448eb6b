"""A circle whose members sit at two nodes: what one says the other hears, and Redis may die in between."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.reflection.impatient_line import AWAY_AFTER
from tests.reflection.places import Place, people_of
from tests.walk.test_two_nodes import Cluster

pytestmark = pytest.mark.database("postgresql")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Serve both nodes."""
    with ExitStack() as stack:
        yield Cluster(tmp_path_factory, stack, "tests.reflection.impatient_line")


async def test_what_is_said_at_one_node_is_heard_at_the_other_also_after_redis_was_away(nodes: Cluster) -> None:
    place = await asyncio.to_thread(lambda: Place(nodes.one, people_of(nodes.one)))
    async with place.at(place.rosa) as rosa, place.at(place.carmen, nodes.other) as carmen:
        await rosa.look(0)
        await carmen.look(0)
        await rosa.say("de un nodo al otro")
        assert (await carmen.hear("said"))["text"] == "de un nodo al otro"
        await carmen.say("y de vuelta")
        await rosa.hear("said", text="y de vuelta")

        await asyncio.to_thread(nodes.restart_redis_empty, 1)
        await rosa.say("sin timbre")
        assert (await carmen.hear("said", within=20, text="sin timbre"))["seq"] == 3


async def test_whose_page_is_open_at_the_other_node_is_not_away(nodes: Cluster) -> None:
    place = await asyncio.to_thread(lambda: Place(nodes.one, people_of(nodes.one)))
    await asyncio.to_thread(place.begin)
    async with place.at(place.carmen, nodes.other) as carmen:
        await carmen.send("enter")
        async with place.at(place.rosa, nodes.other) as other:
            async with place.at(place.rosa) as rosa:
                await rosa.send("enter")
                await carmen.hear("room", people=["Carmen", "Rosa"])
                await other.hear("room", here=True)
            await other.look(0)
            assert await carmen.quiet(AWAY_AFTER + 1) == []
        async with place.at(place.rosa) as again:
            await again.hear("room", here=True)
            assert await carmen.quiet(AWAY_AFTER + 1) == []
        await carmen.hear("room", people=["Carmen"])
