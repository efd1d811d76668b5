"""Who else has a conversation open and who is writing: told among colleagues, never to the customer, gone with the desk."""

import pytest

from tests.stories.people import Agent, Frame
from tests.stories.talk import BOTH, ZH, Talk, name_of
from tests.stories.test_handoff import served
from tests.stories.world import World

pytestmark = pytest.mark.asyncio
BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)


async def looks(agent: Agent, conversation: str) -> None:
    """The desk shows it, and the service knows."""
    assert await agent.does("looking", conversation) is None


async def people(agent: Agent) -> list[str]:
    """The accounts of the next frame that says who looks."""
    frame = await agent.wire.until("colleagues")
    assert all(set(one) == {"agent", "name"} for one in frame["people"])
    return [one["agent"] for one in frame["people"]]


def of_type(frames: list[Frame], type: str) -> list[Frame]:
    """Those of one type."""
    return [frame for frame in frames if frame["type"] == type]


@BOTH_TALK
async def test_colleagues_come_into_sight_and_leave_it(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    ben = await world.agent("ben")
    id = customer.conversation
    before = (await world.fold(id)).version

    await looks(anna, id)
    assert await people(anna) == ["anna"]
    await looks(ben, id)
    assert await people(anna) == ["anna", "ben"] and await people(ben) == ["anna", "ben"]
    tab = await world.second_tab(ben)
    await looks(tab, id)
    assert await people(anna) == ["anna", "ben"]  # two desks are one colleague
    await tab.leave()
    assert await people(anna) == ["anna", "ben"]
    await looks(ben, "")
    assert await people(anna) == ["anna"]
    await looks(ben, id)
    assert await people(anna) == ["anna", "ben"]
    await ben.leave()
    assert await people(anna) == ["anna"]

    assert (await world.fold(id)).version == before  # nothing of it is an event
    await customer.says(talk.customer_more)
    assert "ben" not in str(customer.wire.frames)


@BOTH_TALK
async def test_who_writes_is_seen_by_who_looks(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    ben, carl = await world.agent("ben"), await world.agent("carl")
    id = customer.conversation
    for agent in (anna, ben):
        await looks(agent, id)

    assert await anna.does("typing", id) is None
    seen = await ben.wire.until("typing", by="agent")
    assert {name: seen[name] for name in ("conversation", "agent", "name", "kind")} == {
        "conversation": id, "agent": "anna", "name": "Anna", "kind": "reply",
    }  # fmt: skip
    assert (await customer.wire.until("typing"))["by"] == "agent"

    assert await anna.does("typing", id, kind="note") is None
    assert (await ben.wire.until("typing", by="agent"))["kind"] == "note"
    assert await ben.does("typing", id, kind="note") is None
    assert (await anna.wire.until("typing", by="agent"))["agent"] == "ben"
    await customer.says(talk.customer_more)

    assert len(of_type(customer.wire.frames, "typing")) == 1  # of a note the customer sees nothing
    assert await carl.does("looking", "") is None
    assert of_type(carl.wire.frames, "typing") == [] == of_type(carl.wire.frames, "colleagues")
    assert [one for one in of_type(anna.wire.frames, "typing") if one.get("agent") == "anna"] == []


async def test_what_is_not_there_cannot_be_looked_at(world: World) -> None:
    _, anna = await served(world, ZH)
    refused = await anna.does("looking", "nobody")
    assert refused is not None and refused["code"] == "not_found"
    refused = await anna.does("looking", 5)  # type: ignore[arg-type]
    assert refused is not None and refused["code"] == "bad_frame"
    refused = await anna.does("typing", "nobody", kind="song")
    assert refused is not None and refused["code"] == "bad_frame"
    assert world.system.looking.at("nobody") == []
