"""Notes that call a colleague: told at once, kept until looked at, never seen by the customer, gone with an erasure."""

import asyncio

import pytest

from app import commands
from tests.stories.talk import ZH
from tests.stories.test_handoff import served
from tests.stories.world import World

pytestmark = pytest.mark.asyncio

WORDS = "@ben 请看一下 <script>alert(1)</script>"


async def test_a_colleague_is_told_and_finds_it_later(world: World) -> None:
    customer, anna = await served(world, ZH)
    ben = await world.agent("ben")
    id = customer.conversation

    assert await anna.does("note", id, id="n1", text=WORDS) is None
    assert await anna.does("note", id, id="n1", text=WORDS) is None

    frame = await ben.wire.until("mention")
    assert (frame["conversation"], frame["by"], frame["text"]) == (id, "anna", WORDS)
    (kept,) = (await ben.reads("/mentions"))["items"]
    assert (kept["seq"], kept["text"]) == (frame["seq"], WORDS)
    later = await world.second_tab(ben)
    ready = next(one for one in later.wire.frames if one["type"] == "ready")
    assert [one["seq"] for one in ready["mentions"]] == [frame["seq"]]

    seen = await ben.http("POST", "/mentions/seen", json={"conversation": id})
    assert seen.status_code == 204
    assert (await ben.reads("/mentions"))["items"] == []
    await customer.says("在吗")
    assert "script" not in str(customer.wire.frames)


async def test_only_who_is_called_and_works_here_is_told(world: World) -> None:
    customer, anna = await served(world, ZH)
    ben, carl = await world.agent("ben"), await world.staff("carl", active=False)
    assert await anna.does("note", customer.conversation, text="@anna @carl @nobody a@ben.example") is None
    assert await anna.does("note", customer.conversation, text="@Ben") is None
    (kept,) = (await ben.reads("/mentions"))["items"]
    assert kept["text"] == "@Ben"
    assert (await anna.reads("/mentions"))["items"] == []
    assert await world.system.mentions.waiting(carl.name) == []
    bad = await ben.http("POST", "/mentions/seen", json={"conversation": 5})
    assert bad.status_code == 422


async def test_an_erasure_takes_the_words(world: World) -> None:
    customer, anna = await served(world, ZH)
    ben = await world.agent("ben")
    assert await anna.does("note", customer.conversation, text="@ben 欧阳女士的门牌号") is None
    await ben.wire.until("mention")
    contact = (await world.fold(customer.conversation)).contact

    await asyncio.to_thread(commands.erase, world.settings, contact)

    assert [one["text"] for one in (await ben.reads("/mentions"))["items"]] == [""]
