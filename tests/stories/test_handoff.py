"""From the machine to a person and back: the offer with the story, the limit, both ways, the note, the close."""

import asyncio

import pytest

from core import events as e
from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, PHONE, Talk, ask_for_person, name_of, report_fault
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def waiting(world: World, talk: Talk) -> Customer:
    """A customer in the line."""
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    return customer


async def served(world: World, talk: Talk) -> tuple[Customer, Agent]:
    """A customer and the agent who serves them."""
    anna = await world.agent("anna")
    customer = await waiting(world, talk)
    await anna.offer(customer.conversation)
    assert (await anna.accepts(customer.conversation))["type"] == "taken"
    await customer.catch_up()
    return customer, anna


async def test_the_offer_tells_the_whole_story(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    await customer.says(talk.unknown)
    number = await report_fault(customer, talk)
    await ask_for_person(customer, talk)

    offer = await anna.offer(customer.conversation)

    story = offer["summary"]
    assert offer["reason"] == story["reason"] == "asked"
    asked = [item["text"] for item in story["asked"]]
    assert talk.question in asked and talk.unknown in asked
    (answered,) = [item for item in story["answered"] if item["question"] == talk.question]
    assert answered["sources"][0]["document"] == talk.page
    assert {item["outcome"] for item in story["tried"]} >= {"completed", "missed"}
    assert [(ticket["ticket"], ticket["type"]) for ticket in story["tickets"]] == [(number, "fault")]
    assert PHONE in [slot["value"] for slot in story["slots"]]
    assert story["sources"][0]["document"] == talk.page
    assert number in story["text"] and len(story["text"].splitlines()) == 3
    transcript = await anna.reads(f"/conversations/{customer.conversation}/events?limit=200")
    said = [event["text"] for event in transcript["items"] if event["kind"] == "customer_said"]
    assert said[:2] == [talk.question, talk.unknown]


async def test_both_talk_and_the_close_has_a_disposition(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    assert (await world.fold(customer.conversation)).assignee == "anna"

    await anna.says(customer.conversation, talk.agent_hello)
    heard = await customer.catch_up()
    assert [(event["agent"], event["text"]) for event in heard] == [("Anna", talk.agent_hello)]
    reply = await customer.says(talk.customer_more)
    assert reply.kinds == ["customer_said"], "the machine does not talk between the two"
    assert (await anna.sees(customer.conversation, "customer_said"))["text"] == talk.customer_more

    error = await anna.does("close", customer.conversation, disposition="whatever")
    assert error is not None and error["code"] == "invalid"
    await anna.says(customer.conversation, talk.agent_bye)
    assert await anna.does("close", customer.conversation, disposition="resolved") is None

    ended = await customer.catch_up()
    assert ended.of("closed")["by"] == "agent"
    row = await anna.reads(f"/conversations/{customer.conversation}")
    assert (row["mode"], row["disposition"]) == ("closed", "resolved")


async def test_a_note_stays_among_colleagues(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    words = "VIP, call the shift lead"

    assert await anna.does("note", customer.conversation, text=words) is None

    assert (await anna.sees(customer.conversation, "agent_noted"))["text"] == words
    await anna.says(customer.conversation, talk.agent_hello)
    assert [event["kind"] for event in await customer.catch_up()] == ["agent_said"]
    shown = (await customer.http("GET", "/events?limit=200")).text
    assert words not in shown
    assert all(words not in str(frame) for frame in customer.wire.frames)


async def test_an_offer_that_runs_out_goes_to_the_next_agent(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await waiting(world, talk)
    offer = await anna.offer(customer.conversation)
    ben = await world.agent("ben")

    await world.pass_time(seconds=world.pack.routing.offer_seconds)

    assert (await anna.wire.until("withdrawn"))["conversation"] == customer.conversation
    next_offer = await ben.offer(customer.conversation)
    assert next_offer["summary"]["asked"] == offer["summary"]["asked"]
    late = await anna.accepts(customer.conversation)
    assert (late["type"], late["code"]) == ("error", "taken")
    assert (await ben.accepts(customer.conversation))["agent"] == "ben"
    kinds = [recorded.event.KIND for recorded in await world.log(customer.conversation)]
    assert [kind for kind in kinds if kind.startswith("handoff")] == [
        "handoff_asked", "handoff_offered", "handoff_expired", "handoff_offered", "handoff_taken",
    ]  # fmt: skip


async def test_a_second_accept_after_the_limit_when_nobody_else_is_there(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await waiting(world, talk)
    await anna.offer(customer.conversation)
    await world.pass_time(seconds=world.pack.routing.offer_seconds)
    await anna.wire.until("withdrawn")

    answer = await anna.accepts(customer.conversation)

    assert answer["type"] == "taken", "nobody else wants it, so the customer need not wait for another offer"
    assert len(await world.of(customer.conversation, e.HandoffTaken)) == 1


async def test_who_declines_passes_it_on_at_once(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await waiting(world, talk)
    await anna.offer(customer.conversation)
    ben = await world.agent("ben")

    assert await anna.does("decline", customer.conversation, reason="lunch") is None

    await ben.offer(customer.conversation)
    (declined,) = await world.of(customer.conversation, e.HandoffDeclined)
    assert (declined.agent, declined.reason) == ("anna", "lunch")


async def test_of_two_who_accept_at_once_one_wins(world: World, talk: Talk) -> None:
    anna, ben = await world.agent("anna"), await world.agent("ben")
    await anna.state("busy")
    await ben.state("busy")
    customer = await waiting(world, talk)

    answers = await asyncio.gather(anna.accepts(customer.conversation), ben.accepts(customer.conversation))

    assert sorted(answer["type"] for answer in answers) == ["error", "taken"]
    (lost,) = [answer for answer in answers if answer["type"] == "error"]
    assert lost["code"] == "taken"
    (taken,) = await world.of(customer.conversation, e.HandoffTaken)
    loser = ben if taken.agent == "anna" else anna
    error = await loser.does("message", customer.conversation, id="x", text=talk.agent_hello)
    assert error is not None and error["code"] == "not_yours"


async def test_an_agents_second_tab_shows_the_same(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    other = await world.second_tab(anna)

    await anna.says(customer.conversation, talk.agent_hello)
    await customer.says(talk.customer_more)

    assert (await other.sees(customer.conversation, "agent_said"))["text"] == talk.agent_hello
    assert (await other.sees(customer.conversation, "customer_said"))["text"] == talk.customer_more
    await other.says(customer.conversation, talk.agent_bye)
    assert talk.agent_bye in (await customer.catch_up()).text
    assert (await anna.accepts(customer.conversation))["type"] == "taken"
    assert len(await world.of(customer.conversation, e.HandoffTaken)) == 1


async def test_an_agent_who_comes_back_finds_everything(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    await anna.leave()
    await customer.says(talk.customer_more)
    last = (await world.fold(customer.conversation)).version

    ready = await anna.connect({customer.conversation: last - 1})

    assert [row["id"] for row in ready["mine"]] == [customer.conversation]
    assert (await anna.sees(customer.conversation, "customer_said"))["text"] == talk.customer_more


async def test_an_offer_stands_for_a_desk_that_is_opened_again(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await waiting(world, talk)
    await anna.offer(customer.conversation)
    await anna.leave()

    await anna.connect()

    assert (await anna.offer(customer.conversation))["summary"]["reason"] == "asked"


async def test_back_to_the_machine(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)

    assert await anna.does("transfer", customer.conversation, to={"bot": True}) is None

    reply = await customer.catch_up()
    assert "handoff_returned" in reply.kinds and reply.said
    assert (await customer.says(talk.question)).citations[0]["document"] == talk.page


async def test_to_another_skill_with_a_note_for_the_colleague(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    await anna.says(customer.conversation, talk.agent_hello)
    ben = await world.agent("ben", skills=("faults",))

    assert await anna.does("transfer", customer.conversation, to={"skill": "faults"}, note="router swap") is None

    assert (await ben.offer(customer.conversation))["summary"]["text"]
    assert (await ben.accepts(customer.conversation))["type"] == "taken"
    events = (await ben.reads(f"/conversations/{customer.conversation}/events?limit=200"))["items"]
    (moved,) = [event for event in events if event["kind"] == "transferred"]
    assert (moved["skill"], moved["note"]) == ("faults", "router swap")
    await ben.says(customer.conversation, talk.agent_bye)
    assert (await customer.catch_up()).said[-1]["agent"] == "Ben"
    refused = await anna.does("message", customer.conversation, id="late", text=talk.agent_hello)
    assert refused is not None and refused["code"] == "not_yours"


async def test_to_a_colleague_by_name(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    await world.agent("ben")
    carl = await world.agent("carl")

    assert await anna.does("transfer", customer.conversation, to={"agent": "carl"}) is None

    await carl.offer(customer.conversation)
    assert (await carl.accepts(customer.conversation))["agent"] == "carl"


async def test_only_who_serves_may_close_transfer_or_speak(world: World, talk: Talk) -> None:
    customer, _ = await served(world, talk)
    ben = await world.agent("ben")
    for type, fields in (
        ("close", {"disposition": "resolved"}),
        ("transfer", {"to": {"bot": True}}),
        ("message", {"id": "b", "text": talk.agent_hello}),
    ):
        error = await ben.does(type, customer.conversation, **fields)
        assert error is not None and error["code"] == "not_yours", type
    over_http = await ben.http(
        "POST", f"/conversations/{customer.conversation}/messages", json={"text": talk.agent_hello}
    )
    assert (over_http.status_code, over_http.json()["error"]["code"]) == (403, "not_yours")
    assert await world.mode(customer.conversation) == "human"


async def test_one_who_is_full_gets_no_more(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    await anna.state("available", capacity=1)
    first, second = await waiting(world, talk), await waiting(world, talk)
    await anna.offer(first.conversation)
    await anna.accepts(first.conversation)
    await world.settled()
    assert await world.of(second.conversation, e.HandoffOffered) == []

    await anna.does("close", first.conversation, disposition="resolved")

    await anna.offer(second.conversation)
