"""Delivered and seen: what the customer hears of how far the words have come, and from whom it counts."""

import pytest

from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def served(world: World, talk: Talk) -> tuple[Customer, Agent, int]:
    """A customer, the agent who serves them, and the seq of the customer's last words."""
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    await anna.accepts(customer.conversation)
    await customer.says(talk.question)
    await customer.catch_up()
    return customer, anna, max(event["seq"] for event in customer.events if event["kind"] == "customer_said")


async def test_the_customer_hears_what_was_delivered_and_seen_once(world: World, talk: Talk) -> None:
    customer, anna, seq = await served(world, talk)
    assert await anna.does("receipt", customer.conversation, seq=seq) is None
    assert (await customer.catch_up()).of("delivered")["upto"] == seq
    assert await anna.does("receipt", customer.conversation, seq=seq, seen=True) is None
    heard = await customer.catch_up()
    assert heard.of("seen")["upto"] == seq
    assert set(heard.of("seen")) == {"seq", "at", "kind", "upto"}  # the agent's account is nobody's business

    version = (await world.fold(customer.conversation)).version
    for _ in range(2):
        assert await anna.does("receipt", customer.conversation, seq=seq, seen=True) is None
    assert (await world.fold(customer.conversation)).version == version


async def test_what_the_customer_has_read_is_not_told_to_the_customer(world: World, talk: Talk) -> None:
    customer, _, seq = await served(world, talk)
    await customer.wire.send({"type": "read", "seq": seq})
    await customer.wire.send({"type": "ping"})
    await customer.wire.until("pong")
    await world.settled()
    assert "seen" not in (await customer.catch_up()).kinds


async def test_bad_receipts_count_for_nothing(world: World, talk: Talk) -> None:
    customer, anna, seq = await served(world, talk)
    ben = await world.agent("ben")
    version = (await world.fold(customer.conversation)).version
    assert await ben.does("receipt", customer.conversation, seq=seq, seen=True) is None  # a colleague only looks on
    for wrong in (0, -1, version + 1):
        refused = await anna.does("receipt", customer.conversation, seq=wrong)
        assert refused is not None and refused["code"] == "invalid"
    refused = await anna.does("receipt", "nobody", seq=1)
    assert refused is not None and refused["code"] == "not_found"
    refused = await anna.does("receipt", customer.conversation, seq="all")
    assert refused is not None and refused["code"] == "bad_frame"
    assert (await world.fold(customer.conversation)).version == version
