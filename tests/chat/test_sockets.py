"""Two people at their sockets."""

from tests.running_line import Pair, RunningLine
from tests.voices import Voice


async def test_what_the_caller_says_reaches_the_volunteer_and_comes_back_as_the_receipt(
    line: RunningLine, pair: Pair
) -> None:
    async with Voice(line, pair.caller) as caller, Voice(line, pair.volunteer, desk=True) as volunteer:
        await caller.hear("state", state="talking")
        await volunteer.hear("state", contact=pair.contact)
        spoken = await caller.say("hola, ¿hay alguien?")
        receipt = await caller.hear("said", id=spoken)
        heard = await volunteer.hear("said", id=spoken)

    assert (heard["text"], heard["by"], heard["contact"]) == ("hola, ¿hay alguien?", "caller", pair.contact)
    assert receipt["seq"] == heard["seq"]
