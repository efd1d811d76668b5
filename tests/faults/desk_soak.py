"""Many customers with people, over a network of which a tenth is cut again and again: nothing is lost, nothing comes
twice or out of order, and nobody is served by two.

`python -m tests.faults.desk_soak --agents 30 --customers 300 --seconds 600`
"""

import argparse
import asyncio
import contextlib
import json
import random
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app import settings as configuration
from app import storage
from benchmarks.mix import QUESTIONS
from core import conversation as conversations
from core import events as e
from core.conversation import HUMAN, WAITING
from tests.harness import PASSWORD, Customer, Desk, Server, furnished, trained
from tests.proxy import Proxy

UNLIMITED = "1000000"
PATIENCE = 120.0
CUT_SECONDS = 0.4
ASK = "/ask_person"


class Plan(msgspec.Struct, frozen=True):
    """Each customer writes every `every` seconds for `seconds`; the agent answers every second message. One of
    `cut_one_of` customers, and of agents, sits behind the network that is cut."""

    agents: int = 30
    customers: int = 300
    seconds: float = 600.0
    every: float = 5.0
    cut_one_of: int = 10
    seed: int = 1


class Attendant(Desk):
    """An agent who takes every offer, and answers every second message of each customer."""

    def __init__(self, where: Any, username: str, capacity: int) -> None:
        super().__init__(where, username)
        self.patience = PATIENCE
        self.capacity = capacity
        self.arrived: dict[str, float] = {}
        self.seqs: dict[str, tuple[str, int]] = {}
        self.helped: dict[tuple[str, int], float] = {}
        self.said: dict[str, list[str]] = {}
        self._pushed: dict[str, int] = {}
        self._work: set[asyncio.Task[None]] = set()

    def heard(self, frame: dict[str, Any]) -> None:
        """See `Peer`. What a socket brings comes once and in order, over all reconnections."""
        conversation = frame.get("conversation", "")
        if frame["type"] == "event":
            last, seq = self._pushed.get(conversation, 0), frame["event"]["seq"]
            assert seq > last, f"{frame['event']} came to {self.username} after {last}"
            self._pushed[conversation] = seq
        super().heard(frame)
        if frame["type"] == "ready":
            self._do(self.post({"type": "presence", "state": "available", "capacity": self.capacity}))
            for taken in self.mine - self.events.keys():
                self._do(self.open(taken))
        elif frame["type"] == "offer":
            self._do(self.post({"type": "accept", "conversation": conversation}))
        elif frame["type"] == "event":
            self._shown(conversation, frame["event"])
        elif frame["type"] == "suggestion":
            self.helped.setdefault((conversation, frame["after"]), time.perf_counter())

    async def open(self, conversation: str) -> None:
        """Loads what was taken in the moment in which the network went, as a desk does."""
        while True:
            with contextlib.suppress(httpx.TransportError):
                await self.load(conversation)
                break
            await asyncio.sleep(0.05)
        for event in self.events[conversation].values():
            self._shown(conversation, event)

    def _shown(self, conversation: str, event: dict[str, Any]) -> None:
        text = event.get("text", "")
        if event["kind"] != "customer_said" or not text or text in self.arrived:
            return
        self.arrived[text] = time.perf_counter()
        self.seqs[text] = conversation, event["seq"]
        if int(text.rpartition(" ")[2]) % 2:
            self._do(self.answer(conversation, f"re: {text}"))

    async def answer(self, conversation: str, text: str) -> None:
        """Words to a customer, until they are acknowledged."""
        self.said.setdefault(conversation, []).append(text)
        frame = {"type": "message", "conversation": conversation, "id": uuid.uuid4().hex, "text": text}
        await self.deliver(frame)

    async def rest(self) -> None:
        """Returns when everything begun is done. Raises what went wrong."""
        while self._work:
            await asyncio.gather(*self._work)

    def _do(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)


class Visitor(Customer):
    """A customer who remembers when each message was sent."""

    def __init__(self, where: Any, number: int) -> None:
        super().__init__(where, ("zh", "en")[number % 2], PATIENCE)
        self.number = number
        self.sent: dict[str, float] = {}
        self.order: list[str] = []

    async def visit(self, plan: Plan, chance: random.Random, together: asyncio.Barrier) -> None:
        """Asks for a person, and then writes until the time is over."""
        await self.say(payload=ASK)
        await self.until(lambda: self.count("handoff_taken"), what="a person")
        await together.wait()
        began = asyncio.get_running_loop().time() + chance.random() * plan.every
        for turn in range(int(plan.seconds / plan.every)):
            delay = began + turn * plan.every - asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, delay))
            question = chance.choice(QUESTIONS[("zh", "en")[self.number % 2]])
            text = f"{question} {self.number} {turn}"
            self.order.append(text)
            self.sent[text] = time.perf_counter()
            await self.say(text)


async def _accounts(url: str, names: list[str]) -> None:
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=60) as client:
        answer = await client.post("/auth/token", json={"username": "admin", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        for name in names:
            body = {"username": name, "role": "agent", "password": PASSWORD, "display": name.title()}
            (await client.post("/users", json=body)).raise_for_status()


async def _cuts(proxy: Proxy, chance: random.Random, count: list[int]) -> None:
    while True:
        await asyncio.sleep(1.0 + chance.random() * 4.0)
        proxy.cut()
        count[0] += 1
        await asyncio.sleep(CUT_SECONDS)
        proxy.restore()


@contextlib.asynccontextmanager
async def _present(peers: list[Any]) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        for peer in peers:
            await stack.enter_async_context(peer)
        yield


async def soak(plan: Plan, folder: Path, model: Path) -> dict[str, Any]:
    """One run. Raises AssertionError with what was lost, doubled, out of order or served by two."""
    data = furnished(folder / "data", model)
    limits = {"rate_limit_address": UNLIMITED, "rate_limit_conversation": UNLIMITED}
    chance = random.Random(plan.seed)
    cuts = [0]
    async with Server(data, **limits) as server, Proxy(("127.0.0.1", int(server.url.rpartition(":")[2]))) as proxy:
        names = [f"agent{number}" for number in range(plan.agents)]
        await _accounts(server.url, names)
        shaky = f"http://127.0.0.1:{proxy.port}"
        wheres = {True: lambda: shaky, False: lambda: server.url}
        capacity = -(-plan.customers // plan.agents) + 2
        desks = [Attendant(wheres[n % plan.cut_one_of == 0], name, capacity) for n, name in enumerate(names)]
        visitors = [Visitor(wheres[n % plan.cut_one_of == 0], n) for n in range(plan.customers)]
        for desk in desks:
            await desk.token()
        async with _present(desks):
            for desk in desks:
                await desk.until(partial(getattr, desk, "connections"), what="a desk")
            async with _present(list(visitors)):
                together = asyncio.Barrier(plan.customers)
                cutting = asyncio.create_task(_cuts(proxy, chance, cuts))
                async with asyncio.TaskGroup() as group:
                    for visitor in visitors:
                        group.create_task(visitor.visit(plan, random.Random(chance.random()), together))
                cutting.cancel()
                proxy.restore()
                await _settled(desks, visitors)
        assert await server.terminate() == 0
        assert "Traceback" not in server.said(), server.said()[-5000:]
    counted = await _verify(data, desks, visitors)
    return {**msgspec.structs.asdict(plan), "cuts": cuts[0], **counted, **_figures(plan, desks, visitors)}


async def _settled(desks: list[Attendant], visitors: list[Visitor]) -> None:
    """Returns when every message is on its agent's screen and every answer on its customer's."""
    texts = {text for visitor in visitors for text in visitor.order}
    missing = texts
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                missing = missing.difference(*(desk.arrived for desk in desks))
                if not missing:
                    break
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"{len(missing)} of {len(texts)} came to no agent: {sorted(missing)[:10]}") from None
    for desk in desks:
        await desk.rest()
    spoken = {conversation: words for desk in desks for conversation, words in desk.said.items()}
    for visitor in visitors:
        await visitor.until(partial(_answered, visitor, len(spoken.get(visitor.conversation, []))), what="the answers")


def _answered(visitor: Visitor, answers: int) -> bool:
    return visitor.count("agent_said") >= answers


async def _verify(data: Path, desks: list[Attendant], visitors: list[Visitor]) -> dict[str, int]:
    counted = {"messages": 0, "answers": 0, "taken": 0}
    async with storage.opened(configuration.load(data=data)) as backends:
        assert await backends.store.dead() == []
        for visitor in visitors:
            log = await backends.store.read(conversations.PREFIX + visitor.conversation)
            _owned(log, counted)
            said = [r.event.text for r in log if isinstance(r.event, e.CustomerSaid) and r.event.text]
            assert said == visitor.order, f"{visitor!r} wrote {visitor.order}, the log has {said}"
            answers = [(r.seq, r.event.text) for r in log if isinstance(r.event, e.AgentSaid)]
            seen = [(seq, v["text"]) for seq, v in visitor.events.items() if v["kind"] == "agent_said"]
            assert seen == answers, f"{visitor!r} saw other answers than were given"
            assert sorted(text for _, text in answers) == sorted(
                text for desk in desks for text in desk.said.get(visitor.conversation, ())
            )
            counted["messages"] += len(said)
            counted["answers"] += len(answers)
    return counted


def _owned(log: list[e.Recorded], counted: dict[str, int]) -> None:
    fold = conversations.empty(log[0].stream)
    for recorded in log:
        event = recorded.event
        if isinstance(event, e.HandoffTaken):
            assert fold.mode == WAITING, f"{fold.id} was taken from {fold.assignee}"
            counted["taken"] += 1
        elif isinstance(event, e.AgentSaid):
            assert (fold.mode, fold.assignee) == (HUMAN, event.agent), f"two serve {fold.id}"
        fold = conversations.apply(fold, recorded)


def _figures(plan: Plan, desks: list[Attendant], visitors: list[Visitor]) -> dict[str, float]:
    """Milliseconds from a customer's send to the agent's screen, of the message (`steady`) and of the first suggestion for
    it (`suggested`), where neither network was cut; `cut`: of the message, where one was."""
    steady: list[float] = []
    shaky: list[float] = []
    suggested: list[float] = []
    for visitor in visitors:
        for text, sent in visitor.sent.items():
            number, desk = next(((n, d) for n, d in enumerate(desks) if text in d.arrived), (0, None))
            if desk is None:
                continue
            cut = visitor.number % plan.cut_one_of == 0 or number % plan.cut_one_of == 0
            (shaky if cut else steady).append(desk.arrived[text] - sent)
            helped = desk.helped.get(desk.seqs[text])
            if helped is not None and not cut:
                suggested.append(helped - sent)
    shares = {"suggested_of_messages": round(len(suggested) / max(1, len(steady)), 3)}
    return {**_quantiles("steady", steady), **_quantiles("cut", shaky), **_quantiles("suggested", suggested), **shares}


def _quantiles(name: str, latencies: list[float]) -> dict[str, float]:
    ordered = sorted(latencies)
    return {
        f"{name}_p{share}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 1)
        for share in (50, 95, 99)
        if ordered
    }


def main() -> None:
    """Prints one JSON object; an AssertionError says what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    for field, default in msgspec.structs.asdict(Plan()).items():
        parser.add_argument(f"--{field.replace('_', '-')}", type=type(default), default=default)
    plan = Plan(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory(prefix="switchboard-desk-") as name:
        folder = Path(name)
        print(json.dumps(asyncio.run(soak(plan, folder, trained(folder / "model")))))  # noqa: T201


if __name__ == "__main__":
    main()
