"""Customers whose wishes need the other system: what they say, when they have their answer, who clicks for them."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable

import httpx
import msgspec

from tests.faults.soak import PATIENCE_SECONDS
from tests.harness import RECONNECT_SECONDS, Customer, Desk
from tests.unit.bot.world import SAID

LAST_WORDS = frozenset(SAID["utter_anything_else"])


class Kind(msgspec.Struct, frozen=True):
    """One flow of the tests' pack. `repeatable`: its write may be called again with the same key; `checked`: a read
    tells whether it was done; `click`: a person releases it first; `told`: the response after a success."""

    name: str
    payload: str
    told: str
    phone: bool = False
    repeatable: bool = False
    checked: bool = False
    click: bool = False


KINDS = (
    Kind("register_call", "/call_me", "utter_call_noted", phone=True, repeatable=True),
    Kind("restart_line", "/restart_line", "utter_line_restarted", checked=True),
    Kind("note_call", "/note_call", "utter_call_noted", phone=True),
    Kind("promise_call", "/promise_call", "utter_call_noted", phone=True, repeatable=True, click=True),
    Kind("reset_line", "/reset_line", "utter_line_restarted", click=True),
)

_numbers = itertools.count(1)


class Visit:
    """One customer with one wish. `expected` is the outcome that the plan of the kills allows; empty: any."""

    def __init__(self, kind: Kind, where: Callable[[], str], desk: Desk, expected: str = "") -> None:
        number = next(_numbers)
        self.kind = kind
        self.expected = expected
        self.phone = f"139{number:08d}"
        self.customer = Customer(where, ("zh", "en")[number % 2], PATIENCE_SECONDS)
        self.asked = 0
        self._where = where
        self._desk = desk

    async def wish(self) -> None:
        """Up to the message that makes the machine act, and the click where one is needed."""
        customer = self.customer
        if self.kind.phone:
            await customer.ask(payload=self.kind.payload)
            self.asked = await customer.say(self.phone)
        else:
            self.asked = await customer.say(payload=self.kind.payload)
        if self.kind.click:
            await customer.until(lambda: customer.answers(self.asked), what="the word that a person looks at it")
            await self._clicked()

    async def _clicked(self) -> None:
        """A colleague approves, again and again until the service has taken it."""
        headers = {"Authorization": f"Bearer {await self._desk.token()}"}
        async with asyncio.timeout(PATIENCE_SECONDS), httpx.AsyncClient(headers=headers, timeout=20) as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    base = f"{self._where()}/api/v1/approvals"
                    listed = (await client.get(base, timeout=20)).raise_for_status().json()["items"]
                    calls = [item["call"] for item in listed if item["conversation"] == self.customer.conversation]
                    if not calls:
                        return  # an earlier click had been taken, and its answer was lost
                    answer = await client.post(f"{base}/{calls[0]}", json={"approve": True})
                    if answer.status_code == 202:
                        return
                await asyncio.sleep(RECONNECT_SECONDS)

    def over(self) -> bool:
        """Whether the customer has the answer: the result, or a person."""
        customer = self.customer
        return customer.count("handoff_asked") > 0 or any(
            event["text"] in LAST_WORDS for event in customer.answers(self.asked) if event["kind"] == "bot_said"
        )

    async def answered(self) -> None:
        """Returns when it is over."""
        await self.customer.until(self.over, what=f"the answer to {self.kind.name} ({self.asked})")
