"""What goes wrong between people: late clicks, two tabs, somebody gone, two devices, a flood."""

import asyncio

import pytest

from core import events as e
from core.ports import Append
from tests.stories.people import Agent, Customer
from tests.stories.talk import EN, ask_for_person
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


async def waits(world: World) -> Customer:
    customer = await world.customer("en")
    await ask_for_person(customer, EN)
    return customer


async def served(world: World, agent: Agent) -> Customer:
    customer = await waits(world)
    await agent.offer(customer.conversation)
    assert (await agent.accepts(customer.conversation))["type"] == "taken"
    await customer.catch_up()
    return customer


async def offered_to(world: World, customer: Customer) -> list[str]:
    return [event.agent for event in await world.of(customer.conversation, e.HandoffOffered)]


async def test_an_offer_accepted_too_late_is_not_taken_from_a_colleague(world: World) -> None:
    anna = await world.agent("anna")
    customer = await waits(world)
    await anna.offer(customer.conversation)
    ben = await world.agent("ben")

    await world.pass_time(seconds=31)
    await ben.offer(customer.conversation)
    late = await anna.accepts(customer.conversation)

    assert (late["type"], late["code"]) == ("error", "taken")
    assert (await ben.accepts(customer.conversation))["agent"] == "ben"
    assert [event.agent for event in await world.of(customer.conversation, e.HandoffTaken)] == ["ben"]


async def test_a_click_in_the_second_of_the_end_has_one_outcome(world: World) -> None:
    anna = await world.agent("anna")
    customer = await waits(world)
    await anna.offer(customer.conversation)
    world.clock.move(31_000_000)

    answer, _ = await asyncio.gather(anna.accepts(customer.conversation), world.system.jobs.beat(world.clock.now))
    await world.settled()

    taken = await world.of(customer.conversation, e.HandoffTaken)
    assert (answer["type"] == "taken") is bool(taken) and len(taken) < 2
    assert await world.mode(customer.conversation) == ("human" if taken else "waiting")


async def test_two_tabs_accept_at_once_and_one_event_stands(world: World) -> None:
    anna = await world.agent("anna")
    other = await world.second_tab(anna)
    customer = await waits(world)
    await asyncio.gather(anna.offer(customer.conversation), other.offer(customer.conversation))

    answers = await asyncio.gather(anna.accepts(customer.conversation), other.accepts(customer.conversation))

    assert [answer["type"] for answer in answers] == ["taken", "taken"]
    assert len(await world.of(customer.conversation, e.HandoffTaken)) == 1


async def test_an_offer_declined_in_one_tab_is_withdrawn_in_the_other(world: World) -> None:
    anna = await world.agent("anna")
    other = await world.second_tab(anna)
    customer = await waits(world)
    await asyncio.gather(anna.offer(customer.conversation), other.offer(customer.conversation))

    await anna.does("decline", customer.conversation)

    assert (await other.wire.until("withdrawn"))["conversation"] == customer.conversation


async def test_a_reload_keeps_the_agent_on_duty_and_one_who_is_gone_gets_nothing_more(world: World) -> None:
    anna = await world.agent("anna")
    await anna.state("busy", capacity=2)
    await anna.leave()
    await world.pass_time(seconds=5)
    await anna.connect()
    (state,) = await world.system.presence.all()
    assert (state.state, state.capacity) == ("busy", 2)
    await world.pass_time(seconds=20)
    assert [state.agent for state in await world.system.presence.all()] == ["anna"], "she came back in time"

    await goes(world, anna)
    await world.until(lambda: nobody(world))


async def leaving(world: World, name: str) -> bool:
    return name in world.system.duty.leaving


async def goes(world: World, agent: Agent) -> None:
    """The browser is closed, and the moment for coming back passes."""
    await agent.leave()
    await world.until(lambda: leaving(world, agent.name))
    await world.pass_time(seconds=11)
    await world.until(lambda: gone(world, agent.name))


async def gone(world: World, name: str) -> bool:
    return all(state.agent != name for state in await world.system.presence.all())


async def nobody(world: World) -> bool:
    return await world.system.presence.all() == []


async def test_what_is_offered_to_one_who_goes_is_offered_to_the_next_at_once(world: World) -> None:
    anna = await world.agent("anna")
    customer = await waits(world)
    await anna.offer(customer.conversation)
    ben = await world.agent("ben")

    await goes(world, anna)

    await ben.offer(customer.conversation)
    assert await offered_to(world, customer) == ["anna", "ben"]


async def test_a_transfer_to_somebody_who_just_left_goes_to_who_is_there(world: World) -> None:
    anna = await world.agent("anna")
    customer = await served(world, anna)
    ben, carl = await world.agent("ben"), await world.agent("carl")
    await goes(world, ben)

    assert await anna.does("transfer", customer.conversation, to={"agent": "ben"}) is None

    await carl.offer(customer.conversation)


async def test_the_colleague_leaves_while_the_transfer_is_offered(world: World) -> None:
    anna = await world.agent("anna")
    customer = await served(world, anna)
    ben = await world.agent("ben")
    await anna.does("transfer", customer.conversation, to={"agent": "ben"})
    await ben.offer(customer.conversation)

    await goes(world, ben)
    await world.pass_time(seconds=25)
    await world.system.people.match()

    await anna.offer(customer.conversation)


@pytest.mark.parametrize(
    ("to", "why"),
    [({"agent": "nobody"}, "no user"), ({"agent": "anna"}, "yours already"), ({"agent": "off"}, "no longer works")],
)
async def test_a_transfer_to_nobody_is_refused_and_nothing_changes(world: World, to: dict[str, str], why: str) -> None:
    anna = await world.agent("anna")
    await world.user("off")
    await world.system.users.change("off", active=False)
    customer = await served(world, anna)

    error = await anna.does("transfer", customer.conversation, to=to)

    assert error is not None and error["code"] == "invalid" and why in error["message"]
    assert (await world.fold(customer.conversation)).assignee == "anna"


async def test_what_comes_back_from_somebody_who_is_gone_goes_before_those_who_came_later(world: World) -> None:
    anna = await world.agent("anna")
    await anna.state("available", capacity=1)
    first = await served(world, anna)
    await world.pass_time(seconds=60)
    second = await waits(world)
    await goes(world, anna)
    fold = await world.fold(first.conversation)
    back = e.Transferred(by="anna", skill=fold.skill)
    await world.system.log.append(Append(fold.stream, (back,), e.THE_SYSTEM, world.clock.now, expected=fold.version))

    ben = await world.agent("ben")
    await ben.state("available", capacity=1)

    await ben.offer(first.conversation)
    assert await offered_to(world, second) == []


async def test_a_customer_on_two_devices_is_one_conversation_for_the_agent(world: World) -> None:
    anna = await world.agent("anna")
    phone = await served(world, anna)
    laptop = await world.again(phone)
    assert [event["seq"] for event in laptop.events] == [event["seq"] for event in phone.events]

    await phone.sends("from the phone", id="p1")
    await laptop.sends("from the laptop", id="l1")
    assert (await anna.sees(phone.conversation, "customer_said"))["text"] == "from the phone"
    assert (await anna.sees(phone.conversation, "customer_said"))["text"] == "from the laptop"
    await anna.says(phone.conversation, EN.agent_hello)

    assert (await phone.catch_up()).said[-1]["text"] == EN.agent_hello
    assert (await laptop.catch_up()).said[-1]["text"] == EN.agent_hello
    assert len(await world.of(phone.conversation, e.HandoffTaken)) == 1


async def test_one_who_left_with_a_customer_waiting_gives_them_back_to_the_line(world: World) -> None:
    anna = await world.agent("anna")
    customer = await served(world, anna)
    await goes(world, anna)
    await customer.says("are you still there?")
    ben = await world.agent("ben")
    for _ in range(7):
        await world.system.attendance.look()
        await world.pass_time(minutes=1)

    await ben.offer(customer.conversation)
    (moved,) = await world.of(customer.conversation, e.Transferred)
    assert (moved.by, moved.skill) == ("anna", "general")


async def test_an_agents_flood_is_slowed_then_ended_and_the_desk_comes_back(world: World) -> None:
    anna = await world.agent("anna")
    customer = await served(world, anna)
    for _ in range(1260):
        await anna.wire.send({"type": "typing", "conversation": customer.conversation})

    code, _ = await anna.wire.ended()

    assert code == 4429
    assert {f["code"] for f in anna.wire.frames if f["type"] == "error"} == {"rate_limited"}
    await world.pass_time(minutes=1)
    await anna.connect()
    await anna.says(customer.conversation, EN.agent_hello)
    assert (await customer.catch_up()).said[-1]["text"] == EN.agent_hello
