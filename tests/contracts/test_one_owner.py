"""Whatever several processes do at once, one conversation has one owner, and only the owner speaks."""

import asyncio
import contextlib
import random
from collections.abc import Callable

import pytest

from app.hub import Hub
from app.log import Log
from app.people import People
from bot.dialogue import Dialogue
from core import conversation as conversations
from core import events as e
from core.conversation import HUMAN, WAITING
from core.errors import Conflict, Denied
from core.ports import Append
from handoff.presence import MemoryPresence
from handoff.routing import Routing
from store.wakes import LocalWakes
from tests.contracts.worlds import NOW, Store, World

pytestmark = pytest.mark.asyncio

AGENTS = ("anna", "ben", "carl")
STREAM = "conversation:k"
SKILLS = {"general": {"en": "General"}, "faults": {"en": "Faults"}}


class Process:
    """One process over the shared store: a log with folds of its own, and what agents do through it."""

    def __init__(self, store: Store) -> None:
        self.now = NOW

        def clock() -> int:
            self.now += 1
            return self.now

        async def works(name: str) -> bool:
            return name in AGENTS

        self.log = Log(store, Hub(), LocalWakes(), clock, lambda *_: ())
        self.people = People(self.log, store, MemoryPresence(clock), lambda: Routing(SKILLS), _silent, works)

    async def offer(self, agent: str) -> None:
        fold = await self.log.conversation("k")
        if fold.mode == WAITING and fold.offer is None:
            event = e.HandoffOffered(agent=agent, expires_at=self.now + 10)
            await self.log.append(Append(STREAM, (event,), e.THE_SYSTEM, self.now, expected=fold.version))

    async def ask(self) -> None:
        fold = await self.log.conversation("k")
        if fold.mode not in (WAITING, HUMAN):
            events = (*((e.Reopened(),) if fold.mode == "closed" else ()), e.HandoffAsked(reason="asked", skill="general"))
            await self.log.append(Append(STREAM, events, e.THE_BOT, self.now, expected=fold.version))


def _silent() -> Dialogue:
    raise AssertionError("the machine is not asked to speak here")


async def act(process: Process, chance: random.Random, number: int) -> None:
    """One thing that somebody does, with what is known in this process; it may come too late."""
    people, agent = process.people, chance.choice(AGENTS)
    colleague = chance.choice([name for name in AGENTS if name != agent])
    deeds: list[Callable[[], object]] = [
        lambda: people.accept("k", agent, agent.title()),
        lambda: people.accept("k", agent, agent.title()),
        lambda: people.decline("k", agent),
        lambda: people.say("k", agent, agent.title(), f"m{number}", "hello"),
        lambda: people.say("k", agent, agent.title(), f"m{number}", "hello"),
        lambda: people.transfer("k", agent, {"skill": "faults"}),
        lambda: people.transfer("k", agent, {"agent": colleague}),
        lambda: people.give_back("k", agent),
        lambda: people.close("k", agent, "resolved"),
        lambda: process.offer(agent),
        process.ask,
        process.ask,
    ]
    for _ in range(chance.randrange(4)):
        await asyncio.sleep(0)
    if chance.random() < 0.3:  # a wake came through
        await process.log.conversation("k", fresh=True)
    try:
        await chance.choice(deeds)()  # type: ignore[misc]
    except (Conflict, Denied):
        return


async def speak(process: Process, agent: str, message: str) -> None:
    """Everybody tries to speak; whoever does not serve is refused."""
    with contextlib.suppress(Conflict, Denied):
        await process.people.say("k", agent, agent.title(), message, "I am here")


@pytest.mark.parametrize("seed", range(4))
async def test_two_agents_never_hold_one_conversation(world: World, seed: int) -> None:
    """Two processes, three agents, hundreds of deeds at once in a random order: the log shows one owner at a time."""
    stores = [await world.open("one"), await world.open("two")]
    processes = [Process(store) for store in stores]
    started = e.Started(channel="webchat", language="en", contact="c")
    await processes[0].log.append(Append(STREAM, (started,), e.THE_SYSTEM, NOW, expected=0))
    chance = random.Random(seed)

    for round_ in range(30):
        deeds = [act(processes[n % 2], random.Random(chance.random()), round_ * 12 + n) for n in range(12)]
        words = [speak(processes[n % 2], agent, f"r{round_}{agent}") for n, agent in enumerate(AGENTS)]
        await asyncio.gather(*deeds, *words)

    fold, taken, spoke = conversations.empty("k"), 0, 0
    for recorded in await stores[0].read(STREAM):
        event = recorded.event
        if isinstance(event, e.HandoffTaken):
            taken += 1
            assert fold.mode == WAITING and fold.assignee == "", f"taken from {fold.assignee} at {recorded.seq}"
            assert fold.offer is None or fold.offer.agent == event.agent, "taken from under an offer"
        elif isinstance(event, e.AgentSaid):
            spoke += 1
            assert (fold.mode, fold.assignee) == (HUMAN, event.agent), f"{event.agent} spoke out of turn at {recorded.seq}"
        elif isinstance(event, e.HandoffOffered):
            assert fold.mode == WAITING and fold.offer is None, "offered twice"
        elif isinstance(event, e.Transferred | e.Closed):
            assert (fold.mode, fold.assignee) == (HUMAN, recorded.by.name or event.by)
        fold = conversations.apply(fold, recorded)
    assert taken and spoke, "the interleavings reach what they are to test"
    row = await stores[1].get("conversations", "k")
    assert row is not None and row["mode"] == fold.mode
    assert fold.mode != HUMAN or row["assignee"] == fold.assignee
