"""What the customers and the agent of a soak do: every way through the service, in both languages."""

import asyncio
import contextlib
import random
from collections.abc import Callable

import httpx

from tests.harness import Customer, Desk, Peer

SMALL = {"zh": ("你好", "谢谢", "您是机器人吗"), "en": ("hello", "thank you", "are you a robot?")}
QUESTIONS = {
    "zh": (
        ("流量超出套餐怎么收费？", "data-overage"),
        ("怎么开电子发票？", "invoice"),
        ("携号转网要怎么办理？", "number-porting"),
    ),
    "en": (
        ("how do I get an invoice?", "invoice"),
        ("how do I bring my number from another operator?", "number-porting"),
        ("can I cancel my contract early?", "cancel-contract"),
    ),
}
ANSWERS = {
    "zh": {
        "service": "电视",
        "problem": "机顶盒一直停在启动画面",
        "solved_by_restart": "没有恢复",
        "since": "昨天晚上开始的",
        "service_address": "海州市江北大道 6 号 1 栋 1201 室",
        "contact_phone": "13900001234",
    },
    "en": {
        "service": "tv",
        "problem": "the box is stuck on the loading screen",
        "solved_by_restart": "no, still broken",
        "since": "since yesterday evening",
        "service_address": "6 Jiangbei Avenue, Building 1, Flat 1201, Haizhou",
        "contact_phone": "13900005678",
    },
}
PERSON = {"zh": "转人工", "en": "I want to talk to a person"}
TALK = {
    "zh": ("您能帮我看一下吗", "好的，没有别的问题了"),
    "en": ("could you have a look?", "fine, that is all"),
}
STEPS_OF_A_FLOW = 15


async def noticed(peer: Peer, condition: Callable[[], bool], seconds: float) -> None:
    """Returns when the condition holds, or after so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await peer.until(condition)


class Progress:
    """How far all customers are: messages acknowledged, and what their conversations must hold in the end."""

    def __init__(self) -> None:
        self.messages = 0
        self.tickets: dict[str, int] = {}
        self._changed = asyncio.Condition()

    async def one_more(self) -> None:
        """A message was acknowledged."""
        self.messages += 1
        async with self._changed:
            self._changed.notify_all()

    async def reached(self, messages: int) -> None:
        """Returns when so many messages were acknowledged."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.messages >= messages)


class Visitor:
    """One customer who says `messages` messages, or a few more to bring the last story to its end."""

    def __init__(self, customer: Customer, messages: int, chance: random.Random, progress: Progress) -> None:
        self.customer = customer
        self._left = messages
        self._chance = chance
        self._progress = progress

    async def run(self) -> None:
        """The whole visit, up to the customer's closing."""
        parts = (self._small, self._burst, self._question, self._question, self._fault, self._person)
        while self._left > 0:
            await self._chance.choice(parts)()
        await self._close()

    async def _close(self) -> None:
        """A frame without an id may be lost with its connection, so it is sent until the end is seen."""
        customer = self.customer

        def over() -> bool:
            return customer.count("closed") > customer.count("reopened")

        async with asyncio.timeout(customer.patience):
            while not over():
                await customer.post({"type": "close"})
                await noticed(customer, over, 1.0)

    async def _say(self, text: str = "", payload: str | None = None) -> int:
        self._left -= 1
        seq = await self.customer.say(text, payload)
        await self._progress.one_more()
        return seq

    async def _ask(self, text: str = "", payload: str | None = None) -> list[dict[str, object]]:
        seq = await self._say(text, payload)
        await self.customer.until(
            lambda: self.customer.answers(seq), what=f"an answer to {text or payload} ({seq})"
        )
        return self.customer.answers(seq)

    async def _small(self) -> None:
        await self._ask(self._chance.choice(SMALL[self.customer.language]))

    async def _burst(self) -> None:
        words = SMALL[self.customer.language]
        seqs = await asyncio.gather(*(self._say(text) for text in words))
        customer = self.customer
        await customer.until(
            lambda: all(customer.answers(seq) for seq in seqs), what=f"answers to a burst {seqs}"
        )

    async def _question(self) -> None:
        question, source = self._chance.choice(QUESTIONS[self.customer.language])
        said = await self._ask(question)
        cited = [citation for event in said for citation in event.get("citations", ())]  # type: ignore[attr-defined]
        assert any(source in citation["document"] for citation in cited), f"{question}: {said}"

    async def _fault(self) -> None:
        customer = self.customer
        opened = customer.count("ticket_opened")
        said = await self._ask(payload="/report_fault")
        for _ in range(STEPS_OF_A_FLOW):
            if customer.count("ticket_opened") > opened:
                break
            asks = next((event["asks"] for event in reversed(said) if event.get("asks")), None)
            assert isinstance(asks, dict), f"the flow asked nothing: {said}"
            answer = ANSWERS[customer.language].get(asks["slot"])
            if answer is None:
                assert asks["type"] == "yes_no", f"an unexpected question: {asks}"
                said = await self._ask(payload="/affirm")
            else:
                said = await self._ask(answer)
        assert customer.count("ticket_opened") == opened + 1, f"no ticket: {said}"
        self._progress.tickets[customer.conversation] = opened + 1

    async def _person(self) -> None:
        customer, language = self.customer, self.customer.language
        taken, closed, said = (customer.count(kind) for kind in ("handoff_taken", "closed", "agent_said"))
        await self._ask(PERSON[language])
        await self._say(SMALL[language][0])  # while waiting, or already to the person
        await customer.until(lambda: customer.count("handoff_taken") > taken, what="a person")
        await self._say(TALK[language][0])
        await customer.until(lambda: customer.count("agent_said") > said, what="the person's words")
        await self._say(TALK[language][1])
        await customer.until(lambda: customer.count("closed") > closed, what="the end by the person")


class Attendant:
    """The agent: accepts every offer, says hello, and closes when the customer says that it was all."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._greeted: set[tuple[str, int]] = set()
        self._last = {words[1] for words in TALK.values()}

    async def run(self) -> None:
        """Until cancelled."""
        seen: object = None
        connections = 0
        while True:
            if self.desk.connections != connections:
                connections = self.desk.connections
                await self.desk.post({"type": "presence", "state": "available", "capacity": 50})
            for conversation in list(self.desk.offers):
                await self.desk.post({"type": "accept", "conversation": conversation})
            for conversation in list(self.desk.mine):
                await self._serve(conversation)
            seen = self._state()
            # What was sent without an id may be lost with its connection: look again after a moment at the latest.
            await noticed(self.desk, lambda before=seen: self._state() != before, 0.5)  # type: ignore[misc]

    def _state(self) -> object:
        desk = self.desk
        return desk.connections, tuple(desk.offers), frozenset(desk.mine), sum(map(len, desk.events.values()))

    async def _serve(self, conversation: str) -> None:
        if self.desk.gaps(conversation):
            with contextlib.suppress(httpx.TransportError):
                await self.desk.load(conversation)
            return
        events = self.desk.events.get(conversation, {})
        taken = max((seq for seq, event in events.items() if event["kind"] == "handoff_taken"), default=0)
        if taken <= max((seq for seq, event in events.items() if event["kind"] == "closed"), default=0):
            return  # its end or its beginning is on the way
        if (conversation, taken) not in self._greeted:
            words = {
                "type": "message",
                "conversation": conversation,
                "id": f"{conversation}-{taken}",
                "text": "您好 / hello",
            }
            await self.desk.deliver(words)
            self._greeted.add((conversation, taken))
        since = [event for seq, event in events.items() if seq > taken and event["kind"] == "customer_said"]
        if any(event["text"] in self._last for event in since):
            await self.desk.post({"type": "close", "conversation": conversation, "disposition": "resolved"})
