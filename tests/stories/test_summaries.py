"""A hundred generated conversations with known facts, through the whole service: the story that a person is told has every
slot, ticket and source, and nothing that is not in the log."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core import events as e
from handoff.words import CHANNELS, OUTCOMES, REASONS, TEMPLATES
from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]

COUNT = 50
"""Conversations of each language."""
QUESTIONS = Path(__file__).parents[1] / "evals" / "data"

PLACES = {"zh": ("客厅", "阳台", "地下车库", "办公室", "电梯口"), "en": ("kitchen", "garage", "attic", "office", "hallway")}
FAULTS = {"zh": "在{place}一格信号都没有，已经{days}天了", "en": "not a single bar in the {place} for {days} days"}
ASIDES = {"zh": ("太慢了，等得着急", "谢谢您"), "en": ("this is ridiculous", "thanks a lot")}

CANCELS = {"zh": "取消", "en": "cancel"}


@dataclass
class Known:
    """What the generator knows of a conversation, apart from the log."""

    phone: str = ""
    problem: str = ""
    ticket: str = ""
    questions: list[str] = field(default_factory=list)


class Generator:
    """Makes customers up; the same seed makes the same ones."""

    def __init__(self, talk: Talk, seed: int) -> None:
        self.talk = talk
        self._given_over = False
        self.random = random.Random(f"{talk.language}-{seed}")
        rows = (QUESTIONS / f"retrieval_{talk.language}.jsonl").read_text("utf-8").splitlines()
        self._questions = [json.loads(row)["query"] for row in rows]

    async def plays(self, customer: Customer) -> Known:
        """One conversation: questions, an aside, and a fault report that ends somewhere between its first word and its
        ticket; then a person is asked for."""
        known = Known()
        parts = [self._asks] * self.random.randint(0, 3) + [self._mutters] * self.random.randint(0, 1)
        parts += [self._reports] * self.random.choice((0, 1, 1))
        self.random.shuffle(parts)
        for part in parts or [self._asks]:
            if not self._given_over:  # some questions lead to a person, who does not take reports in this story
                await part(customer, known)
        return known

    async def _asks(self, customer: Customer, known: Known) -> None:
        question = self.random.choice(self._questions)
        known.questions.append(question)
        await self._says(customer, question)

    async def _mutters(self, customer: Customer, known: Known) -> None:
        await self._says(customer, self.random.choice(ASIDES[self.talk.language]))

    async def _says(self, customer: Customer, words: str) -> None:
        """What begins a flow (one's own bill, a complaint) is broken off again."""
        reply = await customer.says(words)
        while reply.said and reply.said[-1].get("asks"):
            reply = await customer.says(CANCELS[self.talk.language])
        self._given_over = any(event["kind"] == "handoff_asked" for event in reply)

    async def _reports(self, customer: Customer, known: Known) -> None:
        place = self.random.choice(PLACES[self.talk.language])
        known.problem = FAULTS[self.talk.language].format(place=place, days=self.random.randint(2, 9))
        known.phone = f"139{self.random.randint(0, 99_999_999):08d}"
        words = (self.talk.fault[0], known.problem, self.talk.fault[2], known.phone, self.talk.yes)
        until = self.random.randint(1, len(words))
        for word in words[:until]:
            reply = await customer.says(word)
        if until < 2:
            known.problem = ""
        if until < 4:
            known.phone = ""
        if until == len(words):
            known.ticket = reply.of("ticket_opened")["ticket"]


# What the log says, read without the code that tells the story -----------------------------------------------------


def slots_in(log: list[e.Recorded]) -> dict[str, Any]:
    slots: dict[str, Any] = {}
    for recorded in log:
        if isinstance(recorded.event, e.SlotFilled):
            slots[recorded.event.name] = recorded.event.value
        elif isinstance(recorded.event, e.SlotCleared):
            slots.pop(recorded.event.name, None)
    return slots


def sources_in(log: list[e.Recorded]) -> set[tuple[str, str]]:
    said = [recorded.event for recorded in log if isinstance(recorded.event, e.BotSaid)]
    return {(one.document, one.version) for event in said for one in event.citations}


def strings(value: Any) -> Iterator[str]:
    """Every text within JSON values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def plain(text: str) -> str:
    return " ".join(text.split())


def left_over(text: str, allowed: list[str]) -> str:
    """What of the text is none of the allowed, the longest taken away first."""
    for words in sorted(filter(None, map(plain, allowed)), key=len, reverse=True):
        text = text.replace(words, " ")
    return re.sub(r"[\W_]+", "", text)


def own_words(world: World) -> list[str]:
    """The words that the story is told in: templates, and what the pack calls its own ids."""
    labels = world.system.pack.labels
    named = [labels.slots, labels.flows, labels.tickets, *labels.values.values(), *labels.statuses.values(), REASONS, OUTCOMES, CHANNELS]
    words = [text for table in named for texts in table.values() for text in texts.values()]
    for texts in TEMPLATES.values():
        words += [part for text in texts.values() for part in re.split(r"\{\w+\}", text)]
    return words


async def test_every_story_is_whole_and_made_of_the_log_alone(world: World, talk: Talk) -> None:
    anna = await world.staff("anna")
    words = own_words(world)
    seen = {"slots": 0, "tickets": 0, "sources": 0, "phones": 0, "problems": 0}
    for seed in range(COUNT):
        customer = await world.customer(talk.language)
        known = await Generator(talk, seed).plays(customer)
        if await world.mode(customer.conversation) == "bot":
            await ask_for_person(customer, talk)
        for language in ("zh", "en"):
            story = await story_of(anna, customer, language)
            await complete(world, customer, story, known, seen if language == talk.language else None)
            await nothing_more(world, customer, story, words)
    assert seen["tickets"] >= 3 and seen["phones"] >= 3 and seen["problems"] >= 5, seen
    assert seen["sources"] >= 20 and seen["slots"] >= 30, seen


async def story_of(anna: Agent, customer: Customer, language: str) -> dict[str, Any]:
    story: dict[str, Any] = await anna.reads(f"/conversations/{customer.conversation}/summary?language={language}")
    return story


async def complete(world: World, customer: Customer, story: dict[str, Any], known: Known, seen: dict[str, int] | None) -> None:
    """Every slot, ticket and source of the log is told, in the parts and in the text; so is what the generator knows."""
    log = await world.log(customer.conversation)
    text = story["text"]
    slots = slots_in(log)
    tickets = {recorded.event.ticket for recorded in log if isinstance(recorded.event, e.TicketOpened)}
    assert [slot["name"] for slot in story["slots"]] == list(slots)
    assert {ticket["ticket"] for ticket in story["tickets"]} == tickets
    assert {(source["document"], source["version"]) for source in story["sources"]} == sources_in(log)
    for slot in story["slots"]:
        assert slot["label"] in text and plain(slot["value"]) in text, (slot, text)
    assert all(number in text for number in tickets) and all(source["title"] in text for source in story["sources"])
    told = plain(" ".join(strings({name: story[name] for name in ("asked", "slots")})))
    if known.ticket:
        assert tickets == {known.ticket}
    elif known.problem:
        assert plain(known.problem) in told
    if known.phone and not known.ticket:
        assert known.phone in told
    if seen is not None:
        seen["slots"] += len(slots)
        seen["tickets"] += len(tickets)
        seen["sources"] += len(story["sources"])
        seen["phones"] += bool(known.phone and not known.ticket)
        seen["problems"] += bool(known.problem and not known.ticket)


async def nothing_more(world: World, customer: Customer, story: dict[str, Any], words: list[str]) -> None:
    """Nothing is told that is not in the log: each part points at its event, and the text is of these parts alone."""
    log = await world.log(customer.conversation)
    said = {recorded.seq: recorded.event.text for recorded in log if isinstance(recorded.event, e.CustomerSaid)}
    bot: dict[int, list[str]] = {}
    for recorded in log:
        if isinstance(recorded.event, e.BotSaid):
            for seq in recorded.event.in_reply_to:
                bot.setdefault(seq, []).append(recorded.event.text)
    assert all(said[item["seq"]] == item["text"] for item in story["asked"])
    for item in story["answered"]:
        assert item["question"] == said[item["seq"]]
        assert left_over(plain(item["answer"]), bot[item["seq"]]) == ""
    assert all(sign["quote"] in said[sign["seq"]] for sign in story["mood"]["signs"])
    flows = {recorded.event.flow for recorded in log if isinstance(recorded.event, e.FlowStarted)}
    assert {item["flow"] for item in story["tried"]} - {""} <= flows
    facts = [text for recorded in log for text in strings(msgspec.to_builtins(recorded.event))]
    values = [json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in slots_in(log).values() if not isinstance(value, str)]
    assert left_over(story["text"], [*facts, *values, *words]) == "", story["text"]

