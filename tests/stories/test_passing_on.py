"""Passing a conversation on with a note, and what happens when the one who serves it is gone."""

import pytest

from core import events as e
from tests.stories.people import Agent
from tests.stories.talk import BOTH, EN, ZH, Talk, ask_for_person, name_of
from tests.stories.test_handoff import served, waiting
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


async def switched_off(world: World, name: str) -> None:
    """An administrator switches an account off."""
    root = await world.staff("root", role="admin")
    answer = await root.http("PATCH", "/users", json={"username": name, "active": False})
    assert answer.status_code == 200, answer.text


async def away_from_line(world: World, agent: Agent) -> None:
    await agent.state("busy")
    await world.settled()


async def test_the_offer_shows_who_passed_it_on_and_the_note(world: World) -> None:
    customer, anna = await served(world, EN)
    ben = await world.agent("ben")
    targets = await anna.reads("/transfer-targets")
    assert [(one["agent"], one["name"], one["free"]) for one in targets["people"]] == [("ben", "Ben", True)]
    assert {one["skill"]: one["free"] for one in targets["skills"]} == {"general": 1, "faults": 1, "complaints": 1}
    note = "<script>alert(1)</script> router swap"

    assert await anna.does("transfer", customer.conversation, to={"agent": "ben"}, note=note) is None

    offer = await ben.offer(customer.conversation)
    assert offer["transfer"] == {"by": "anna", "name": "Anna", "note": note}
    await ben.accepts(customer.conversation)
    await customer.catch_up()
    assert "router swap" not in str(customer.wire.frames)


async def test_an_offer_that_nobody_passed_on_has_no_note(world: World) -> None:
    anna = await world.agent("anna")
    customer = await waiting(world, EN)
    assert (await anna.offer(customer.conversation))["transfer"] is None


async def test_the_busy_are_shown_and_the_absent_are_not(world: World) -> None:
    anna = await world.agent("anna")
    ben, carl = await world.agent("ben", skills=("faults",)), await world.agent("carl")
    await away_from_line(world, ben)
    await carl.state("away")
    targets = await anna.reads("/transfer-targets")
    assert [(one["agent"], one["state"], one["free"]) for one in targets["people"]] == [("ben", "busy", False)]
    assert {one["skill"]: one["free"] for one in targets["skills"]} == {"general": 0, "faults": 0, "complaints": 0}


async def test_a_transfer_that_names_nobody_changes_nothing(world: World) -> None:
    customer, anna = await served(world, ZH)
    for to in ({"agent": "nobody"}, {"agent": "anna"}, {"agent": ["ben"]}):
        error = await anna.does("transfer", customer.conversation, to=to, note="请接一下")
        assert error is not None
        assert (error["code"], error["conversation"]) == ("invalid", customer.conversation)
    assert (await world.fold(customer.conversation)).assignee == "anna"
    await anna.says(customer.conversation, ZH.agent_hello)


async def test_who_leaves_after_the_transfer_is_passed_over(world: World) -> None:
    customer, anna = await served(world, ZH)
    ben = await world.agent("ben")
    carl = await world.agent("carl")
    await ben.state("busy")
    assert await anna.does("transfer", customer.conversation, to={"agent": "ben"}, note="请接一下") is None
    assert await world.of(customer.conversation, e.HandoffOffered) == [
        event for event in await world.of(customer.conversation, e.HandoffOffered) if event.agent == "anna"
    ]
    await ben.state("away")
    assert (await carl.offer(customer.conversation))["transfer"]["note"] == "请接一下"


async def test_a_note_to_the_machine_is_for_the_next_colleague(world: World) -> None:
    customer, anna = await served(world, ZH)
    assert await anna.does("transfer", customer.conversation, to={"bot": True}, note="只差查账单") is None
    assert [event.text for event in await world.of(customer.conversation, e.AgentNoted)] == ["只差查账单"]
    reply = await customer.catch_up()
    assert "handoff_returned" in reply.kinds
    assert "查账单" not in reply.text


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_switched_off_while_serving(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    other = await world.agent("ben")
    await away_from_line(world, other)
    earlier = await world.customer(talk.language)
    await ask_for_person(earlier, talk)

    await switched_off(world, "anna")

    assert (await anna.wire.ended())[0] == 4401
    anna.present = False
    told = await customer.catch_up()
    assert told.responses == ["utter_agent_left"]
    fold = await world.fold(customer.conversation)
    assert (fold.mode, fold.assignee) == ("waiting", "")
    assert (await anna.http("GET", "/conversations")).status_code == 401
    line = [item.conversation for item in await world.system.people.waiting()]
    assert line == [customer.conversation, earlier.conversation], "in front of who has waited longer"
    await other.state("available", capacity=1)
    offer = await other.offer(customer.conversation)
    assert offer["transfer"] == {"by": "anna", "name": "Anna", "note": ""}
    assert (await other.accepts(customer.conversation))["agent"] == "ben"
    await other.says(customer.conversation, talk.agent_hello)
    assert (await customer.catch_up()).said[-1]["agent"] == "Ben"


async def test_switched_off_with_an_offer_on_the_table(world: World) -> None:
    anna = await world.agent("anna")
    customer = await waiting(world, EN)
    await anna.offer(customer.conversation)
    ben = await world.agent("ben")

    await switched_off(world, "anna")

    await ben.offer(customer.conversation)
    assert await world.of(customer.conversation, e.Transferred) == []


async def test_one_agent_with_two_tabs_accepts_once(world: World) -> None:
    anna = await world.agent("anna")
    tab = await world.second_tab(anna)
    customer = await waiting(world, EN)
    await anna.offer(customer.conversation)
    await tab.offer(customer.conversation)

    assert (await anna.accepts(customer.conversation))["type"] == "taken"
    assert (await tab.accepts(customer.conversation))["type"] == "taken"

    assert len(await world.of(customer.conversation, e.HandoffTaken)) == 1
    await tab.wire.send({"type": "message", "conversation": customer.conversation, "id": "same", "text": EN.agent_hello})
    await anna.wire.send({"type": "message", "conversation": customer.conversation, "id": "same", "text": EN.agent_hello})
    first = await tab.wire.until("ack", id="same")
    second = await anna.wire.until("ack", id="same")
    assert first["seq"] == second["seq"]
    assert len(await world.of(customer.conversation, e.AgentSaid)) == 1
