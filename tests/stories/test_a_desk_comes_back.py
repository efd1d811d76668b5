"""A desk that lost its line misses nothing and gets nothing twice, whatever happens in the moment of its return."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from app.http import desk_ready, desk_socket, session
from core import events as e
from core.conversation import PREFIX
from core.errors import Unavailable
from core.ports import Append
from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def served(world: World, talk: Talk) -> tuple[Customer, Agent, int]:
    """A customer with an agent, and the last that the agent's screen has."""
    customer = await world.customer(talk.language)
    agent = await world.agent("anna")
    await ask_for_person(customer, talk)
    await agent.accepts(customer.conversation)
    return customer, agent, (await world.fold(customer.conversation)).version


async def shown(agent: Agent, conversation: str, last: int) -> list[int]:
    """The places of the events that came to the screen, up to `last`."""
    while not (told := [f["event"]["seq"] for f in agent.wire.frames if f["type"] == "event"]) or told[-1] < last:
        await agent.wire.receive()
    assert {f["conversation"] for f in agent.wire.frames if f["type"] == "event"} == {conversation}
    return told


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[Any]]) -> None:
    """`happens` once a returning desk listens and has not been told yet what it missed."""
    ready = desk_ready.snapshot

    async def slowly(*given: Any) -> dict[str, Any]:
        await happens()
        return await ready(*given)

    monkeypatch.setattr(desk_socket, "snapshot", slowly)


async def test_words_from_before_and_from_the_moment_of_the_return_come_in_order(
    world: World, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, agent, seen = await served(world, talk)
    await agent.leave()
    await customer.says(talk.customer_more)
    meanwhile(monkeypatch, lambda: customer.says(talk.thanks))
    await agent.connect({customer.conversation: seen})
    await customer.says(talk.hello)
    last = (await world.fold(customer.conversation)).version
    assert await shown(agent, customer.conversation, last) == list(range(seen + 1, last + 1))


async def test_a_hole_is_filled_before_what_is_behind_it(world: World, talk: Talk) -> None:
    customer, agent, seen = await served(world, talk)
    await agent.leave()
    await agent.connect({customer.conversation: seen})
    stream = PREFIX + customer.conversation
    said = [e.CustomerSaid(id=f"elsewhere-{number}", text=talk.hello) for number in range(3)]
    (written,) = await world.system.store.append(Append(stream, tuple(said), e.THE_CUSTOMER, world.system.clock()))
    told = await world.system.store.read(stream, after=written.first)
    for recorded in told:  # of what another process wrote, the first did not come through
        world.system.hub.publish([recorded])
    last = written.first + 2
    assert await shown(agent, customer.conversation, last) == list(range(seen + 1, last + 1))


async def test_who_follows_more_than_can_be_told_loads_the_rest(world: World, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, agent, seen = await served(world, talk)
    monkeypatch.setattr(desk_socket, "FOLLOWED", 1)
    await agent.leave()
    await customer.says(talk.customer_more)
    await agent.connect({"nowhere": 1, customer.conversation: seen})
    assert (await agent.wire.until("resync"))["conversation"] == customer.conversation


async def test_a_place_beyond_the_end_hides_nothing(world: World, talk: Talk) -> None:
    customer, agent, seen = await served(world, talk)
    await agent.leave()
    await agent.connect({customer.conversation: seen + 500})
    await customer.says(talk.customer_more)
    last = (await world.fold(customer.conversation)).version
    assert await shown(agent, customer.conversation, last) == list(range(seen + 1, last + 1))


async def test_a_desk_that_could_not_be_opened_is_closed_and_opens_the_next_time(
    world: World, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, agent, seen = await served(world, talk)
    await agent.leave()

    async def away(*given: Any) -> dict[str, Any]:
        raise Unavailable("The database does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(desk_socket, "snapshot", away)
        with pytest.raises(ConnectionClosed) as closed:
            await agent.connect({customer.conversation: seen})
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
    await customer.says(talk.customer_more)
    await agent.connect({customer.conversation: seen})
    last = (await world.fold(customer.conversation)).version
    assert await shown(agent, customer.conversation, last) == list(range(seen + 1, last + 1))


async def nobody_listens(world: World) -> bool:
    """Whether no desk is told of events."""
    return not world.system.hub.has_desk()


async def test_a_desk_whose_opening_takes_too_long_leaves_nothing_behind(
    world: World, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, agent, _ = await served(world, talk)
    await agent.leave()

    async def never(*given: Any) -> dict[str, Any]:
        nothing: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        return await nothing

    monkeypatch.setattr(desk_socket, "snapshot", never)
    monkeypatch.setattr(session, "HELLO_SECONDS", 0.2)
    with pytest.raises(ConnectionClosed):
        await agent.connect()
    await world.until(lambda: nobody_listens(world))
