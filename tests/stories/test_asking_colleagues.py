"""Asking a colleague about a conversation: they are told, read along and answer; the customer never sees a word of it."""

import asyncio
from dataclasses import dataclass

import pytest

from app import commands
from core import events as e
from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, EN, ZH, Talk, name_of
from tests.stories.test_assist_panel import opened, token
from tests.stories.test_handoff import served
from tests.stories.world import World

pytestmark = pytest.mark.asyncio
BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)


@dataclass(frozen=True)
class Words:
    question: str
    answer: str
    more: str


WORDS = {
    "zh": Words("三号楼的光纤今天恢复了吗？<script>", "机房说四点前恢复", "好的，我让客户等到四点"),
    "en": Words("Is the fibre in block three back? <script>", "The exchange says before four", "Thanks, I let them wait"),
}


async def asked(world: World, talk: Talk) -> tuple[Customer, Agent, Agent]:
    """Anna, who serves, has asked Ben."""
    customer, anna = await served(world, talk)
    ben = await world.agent("ben")
    words = WORDS[talk.language]
    assert await anna.does("note", customer.conversation, id="q1", text=words.question, to={"agent": "ben"}) is None
    return customer, anna, ben


@BOTH_TALK
async def test_a_colleague_is_asked_reads_and_answers(world: World, talk: Talk) -> None:
    customer, anna, ben = await asked(world, talk)
    words, id = WORDS[talk.language], customer.conversation
    assert await anna.does("note", id, id="q1", text=words.question, to={"agent": "ben"}) is None  # sent again

    frame = await ben.wire.until("mention")
    assert (frame["conversation"], frame["by"], frame["kind"], frame["thread"]) == (id, "anna", "question", "q1")
    (kept,) = (await ben.reads("/mentions"))["items"]
    assert (kept["kind"], kept["text"]) == ("question", words.question)
    await ben.does("watch", id)
    told = (await ben.reads(f"/conversations/{id}/events?limit=200"))["items"]
    assert talk.person in [event.get("text") for event in told]
    refused = await ben.does("message", id, id="b1", text=words.answer)
    assert refused is not None and refused["code"] == "not_yours"

    assert await ben.does("note", id, id="a1", text=words.answer, thread="q1") is None
    answer = await anna.wire.until("mention")
    assert (answer["by"], answer["kind"], answer["text"], answer["thread"]) == ("ben", "answer", words.answer, "q1")
    assert (await anna.wire.until("event", conversation=id))["event"]
    assert await anna.does("note", id, id="a2", text=words.more, thread="q1") is None
    assert (await ben.wire.until("mention"))["text"] == words.more

    assert [(note.agent, note.thread, note.mentions) for note in await world.of(id, e.AgentNoted)] == [
        ("anna", "q1", ("ben",)), ("ben", "q1", ("anna",)), ("anna", "q1", ("ben",)),
    ]  # fmt: skip
    acted = {recorded.by for recorded in await world.log(id) if isinstance(recorded.event, e.AgentNoted)}
    assert acted == {e.Actor(e.AGENT, "anna"), e.Actor(e.AGENT, "ben")}
    assert (await world.fold(id)).assignee == "anna"


@BOTH_TALK
async def test_the_customer_sees_nothing_of_it(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    ben = await world.agent("ben")
    words, id = WORDS[talk.language], customer.conversation
    panel, ready = await opened(world, await token(anna, id))
    assert await anna.does("note", id, id="q1", text=words.question, to={"agent": "ben"}) is None
    assert await ben.does("looking", id) is None
    assert await ben.does("typing", id, kind="note") is None
    assert await ben.does("note", id, id="a1", text=words.answer, thread="q1") is None
    assert await anna.does("note", id, id="a2", text=words.more, thread="q1") is None
    assert await anna.does("typing", id) is None
    await anna.says(id, talk.agent_hello)
    await customer.says(talk.question)
    await panel.until("suggestion")
    again, second = await opened(world, await token(anna, id))
    elsewhere = await world.again(customer)

    shown = [
        str(customer.wire.frames),  # live
        str(elsewhere.wire.frames),  # replayed: what the page makes its text file from
        (await customer.http("GET", "/events?limit=200")).text,
        (await customer.http("GET", "/conversations")).text,
        str(panel.frames) + str(again.frames) + str(ready) + str(second),
    ]
    for seen in shown:
        for secret in (words.question, words.answer, words.more, "q1", "ben", "Ben", "agent_noted"):
            assert secret not in seen
    assert talk.agent_hello in shown[0] and talk.agent_hello in shown[1]
    for each in (panel, again):
        await each.close()


@BOTH_TALK
async def test_a_skill_is_asked_of_who_has_it_and_is_there(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    id, words = customer.conversation, WORDS[talk.language]
    await world.staff("dora", skills=("faults",))  # has it, and is not on duty
    ben = await world.agent("ben", skills=("faults",))
    carl = await world.agent("carl", skills=("complaints",))
    assert await anna.does("note", id, id="q1", text=words.question, to={"skill": "faults"}) is None
    (note,) = await world.of(id, e.AgentNoted)
    assert (note.skill, note.mentions) == ("faults", ("ben",))
    assert (await ben.wire.until("mention"))["kind"] == "question"
    assert await carl.does("note", id, id="a1", text=words.answer, thread="q1") is None  # who knows it may say it
    assert (await anna.wire.until("mention"))["by"] == "carl"

    await ben.state("away")
    assert await anna.does("note", id, id="q2", text=words.more, to={"skill": "faults"}) is None
    assert (await world.of(id, e.AgentNoted))[-1].mentions == ("ben", "dora")  # nobody is there: all find it later


async def test_what_cannot_be_asked_or_answered_is_refused_with_a_reason(world: World) -> None:
    customer, anna, ben = await asked(world, ZH)
    id = customer.conversation
    await world.staff("gone", active=False)
    for to in (
        {}, {"agent": "ben", "skill": "faults"}, {"agent": "anna"}, {"agent": "gone"}, {"agent": "nobody"}, {"agent": 5},
        {"skill": "magic"}, {"bot": True},
    ):  # fmt: skip
        refused = await anna.does("note", id, id="x", text="?", to=to)
        assert refused is not None and (refused["code"], refused["id"]) == ("invalid", "x"), to
    refused = await anna.does("note", id, id="x", text=" ", to={"agent": "ben"})
    assert refused is not None and refused["code"] == "invalid"
    refused = await ben.does("note", id, id="x", text="?", to={"agent": "anna"})
    assert refused is not None and refused["code"] == "not_yours"
    for thread in ("q2", "x"):
        refused = await ben.does("note", id, id="x", text="!", thread=thread)
        assert refused is not None and refused["code"] == "not_found"
    other, _ = await world.customer("zh"), None
    refused = await ben.does("note", other.conversation, id="x", text="!", thread="q1")
    assert refused is not None and refused["code"] == "not_found"
    assert len(await world.of(id, e.AgentNoted)) == 1


async def test_a_question_outlives_its_asker_and_an_erasure_takes_the_words(world: World) -> None:
    customer, anna, ben = await asked(world, EN)
    id = customer.conversation
    assert await anna.does("close", id, disposition="follow_up") is None
    assert await ben.does("note", id, id="a1", text=WORDS["en"].answer, thread="q1") is None
    (kept,) = (await anna.reads("/mentions"))["items"]
    assert (kept["kind"], kept["text"]) == ("answer", WORDS["en"].answer)
    contact = (await world.fold(id)).contact
    await asyncio.to_thread(commands.erase, world.settings, contact)
    assert [event.text for event in await world.of(id, e.AgentNoted)] == ["", ""]
    assert [one["text"] for one in (await anna.reads("/mentions"))["items"]] == [""]
