"""A circle whose members sit at two nodes: what one says the other hears, and Redis may die in between."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.reflection.places import Place, people_of
from tests.walk.test_two_nodes import Cluster

pytestmark = pytest.mark.database("postgresql")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Serve both nodes."""
    with ExitStack() as stack:
        yield Cluster(tmp_path_factory, stack)


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
