"""After a conversation: its place stays taken until the agent has said how it ended, or the time for it is up."""

import asyncio

import pytest

from app import commands
from core import events as e
from core.time import iso
from tests.stories.conftest import Build
from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, ZH, Talk, name_of
from tests.stories.test_handoff import served, waiting
from tests.stories.world import World, changed

pytestmark = pytest.mark.asyncio
BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)
SECONDS = 90
NOTES = {"zh": "已教客户重启光猫", "en": "showed them how to restart the router"}


async def closed(world: World, talk: Talk) -> tuple[Customer, Agent]:
    """Anna, who can serve one at a time, has ended a conversation and has not said how."""
    customer, anna = await served(world, talk)
    await anna.state("available", capacity=1)
    assert await anna.does("close", customer.conversation) is None
    return customer, anna


async def offers(world: World, customer: Customer) -> int:
    """How often somebody was offered to somebody."""
    return len(await world.of(customer.conversation, e.HandoffOffered))


@BOTH_TALK
async def test_no_offers_until_it_is_said_how_it_ended(world: World, talk: Talk) -> None:
    customer, anna = await closed(world, talk)
    boss = await world.staff("boss", "supervisor")
    id = customer.conversation
    began = world.clock.now
    told = await anna.wire.until("wrapping")
    assert (told["conversation"], told["until"], told["over"]) == (id, iso(began + SECONDS * 1_000_000), False)
    next_one = await waiting(world, talk)
    await world.pass_time(seconds=40)
    assert await offers(world, next_one) == 0
    (person,) = (await boss.reads("/insights"))["people"]
    assert (person["wrapping"], person["load"], person["capacity"]) == (1, 1, 1)
    again = await world.second_tab(anna)  # a reload finds it
    ready = next(frame for frame in again.wire.frames if frame["type"] == "ready")
    assert [(one["conversation"], one["until"]) for one in ready["wrapping"]] == [(id, told["until"])]
    assert {"resolved", "ticket", "other"} <= {one["id"] for one in ready["dispositions"]}
    assert all(set(one["name"]) == {"zh", "en"} for one in ready["dispositions"])

    refused = await anna.does("wrap_up", id, disposition="whatever")
    assert refused is not None and (refused["code"], refused["conversation"]) == ("invalid", id)
    assert await anna.does("wrap_up", id, disposition="ticket", note=NOTES[talk.language]) is None
    assert await anna.does("wrap_up", id, disposition="other") is None  # said is said

    await anna.offer(next_one.conversation)
    assert (await again.wire.until("wrapped"))["disposition"] == "ticket"
    (event,) = await world.of(id, e.WrappedUp)
    assert (event.agent, event.disposition, event.seconds) == ("anna", "ticket", 40)
    (note,) = await world.of(id, e.AgentNoted)
    assert note.text == NOTES[talk.language]
    assert (await anna.reads(f"/conversations/{id}"))["disposition"] == "ticket"
    (person,) = (await boss.reads("/insights"))["people"]
    assert (person["wrapping"], person["load"]) == (0, 0)
    assert NOTES[talk.language] not in str(customer.wire.frames)
    assert "wrapped_up" not in (await customer.http("GET", "/events?limit=200")).text


@BOTH_TALK
async def test_when_the_time_is_up_the_next_one_comes_and_the_end_can_still_be_said(world: World, talk: Talk) -> None:
    customer, anna = await closed(world, talk)
    id = customer.conversation
    next_one = await waiting(world, talk)
    await world.pass_time(seconds=SECONDS - 1)
    assert await offers(world, next_one) == 0
    await world.pass_time(seconds=1)

    await anna.offer(next_one.conversation)
    assert (await anna.wire.until("wrapped"))["disposition"] == ""
    (event,) = await world.of(id, e.WrappedUp)
    assert (event.disposition, event.seconds) == ("", SECONDS)
    again = await world.second_tab(anna)
    ready = next(frame for frame in again.wire.frames if frame["type"] == "ready")
    assert [(one["conversation"], one["over"]) for one in ready["wrapping"]] == [(id, True)]

    assert await anna.does("wrap_up", id, disposition="resolved") is None
    assert [one.disposition for one in await world.of(id, e.WrappedUp)] == ["", "resolved"]
    assert (await world.of(id, e.WrappedUp))[1].seconds == SECONDS
    assert (await anna.reads(f"/conversations/{id}"))["disposition"] == "resolved"
    assert await world.system.wraps.of("anna") == []


@BOTH_TALK
async def test_a_disposition_at_the_closing_leaves_nothing_to_do(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    await anna.state("available", capacity=1)
    assert await anna.does("close", customer.conversation, disposition="answered") is None
    await anna.offer((await waiting(world, talk)).conversation)
    assert await world.system.wraps.of("anna") == []
    refused = await anna.does("wrap_up", customer.conversation, disposition="resolved")
    assert refused is not None and refused["code"] == "not_wrapping"


async def test_a_colleague_wraps_up_nothing_of_somebody_elses(world: World) -> None:
    customer, _ = await closed(world, ZH)
    ben = await world.agent("ben")
    refused = await ben.does("wrap_up", customer.conversation, disposition="resolved")
    assert refused is not None and refused["code"] == "not_wrapping"
    refused = await ben.does("wrap_up", "nobody", disposition="resolved")
    assert refused is not None and refused["code"] == "not_found"
    refused = await ben.does("wrap_up", customer.conversation)
    assert refused is not None and refused["code"] == "bad_frame"


async def test_a_customer_who_comes_back_does_not_disturb_it(world: World) -> None:
    customer, anna = await closed(world, ZH)
    await customer.says(ZH.question)
    assert await world.mode(customer.conversation) == "bot"
    assert await anna.does("wrap_up", customer.conversation, disposition="follow_up") is None
    assert await world.mode(customer.conversation) == "bot"
    (event,) = await world.of(customer.conversation, e.WrappedUp)
    assert event.disposition == "follow_up"


async def test_a_restart_keeps_the_time(world: World) -> None:
    customer, _ = await closed(world, ZH)
    await world.restart()
    assert [one["conversation"] for one in await world.system.wraps.of("anna")] == [customer.conversation]
    await world.pass_time(seconds=SECONDS)
    (event,) = await world.of(customer.conversation, e.WrappedUp)
    assert (event.disposition, event.seconds) == ("", SECONDS)


async def test_a_pack_without_time_asks_at_the_closing(build: Build, world: World) -> None:
    words = (world.pack.folder / "routing.yml").read_text("utf-8").replace("wrap_up_seconds: 90\n", "")
    short = await build(pack=changed(world.pack, world.folder, {"routing.yml": words}))
    customer, anna = await served(short, ZH)
    refused = await anna.does("close", customer.conversation)
    assert refused is not None and refused["code"] == "invalid"
    assert await anna.does("close", customer.conversation, disposition="resolved") is None


@BOTH_TALK
async def test_how_conversations_ended_is_counted(world: World, talk: Talk) -> None:
    boss = await world.staff("boss", "supervisor")
    customer, anna = await closed(world, talk)
    await anna.does("wrap_up", customer.conversation, disposition="ticket")
    for disposition in ("ticket", "resolved"):
        other = await waiting(world, talk)
        await anna.offer(other.conversation)
        await anna.accepts(other.conversation)
        await anna.does("close", other.conversation, disposition=disposition)
    unsaid = await waiting(world, talk)
    await anna.offer(unsaid.conversation)
    await anna.accepts(unsaid.conversation)
    await anna.does("close", unsaid.conversation)
    left = await world.customer(talk.language)
    await left.says(talk.question)
    await left.does("close")  # no person has said how it ended
    await world.pass_time(seconds=1)

    told = (await boss.reads("/insights"))["dispositions"]
    assert [(one["id"], one["count"], one["share"]) for one in told["items"]] == [
        ("ticket", 2, 0.5), ("resolved", 1, 0.25), ("", 1, 0.25),
    ]  # fmt: skip
    assert set(told["formula"]) == set(told["items"][0]["name"]) == {"zh", "en"}
    other_language = "en" if talk.language == "zh" else "zh"
    assert (await boss.reads(f"/insights?language={other_language}"))["dispositions"]["items"] == []
    await world.system.store.rebuild()
    assert (await boss.reads("/insights"))["dispositions"] == told


async def test_an_erasure_leaves_what_was_said_of_the_end(world: World) -> None:
    customer, anna = await closed(world, ZH)
    await anna.does("wrap_up", customer.conversation, disposition="resolved", note="门牌号八号")
    contact = (await world.fold(customer.conversation)).contact
    await asyncio.to_thread(commands.erase, world.settings, contact)
    assert [note.text for note in await world.of(customer.conversation, e.AgentNoted)] == [""]
    assert [event.disposition for event in await world.of(customer.conversation, e.WrappedUp)] == ["resolved"]
