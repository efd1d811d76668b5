"""A turn is whole: one for a burst, an apology and a person where it fails, and no action is done twice by mistake."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.bridges import NativeUnderstanding
from app.wiring import System
from core import events as e
from core.ports import Understander, Understanding
from tests.stories.conftest import Build
from tests.stories.people import Customer
from tests.stories.readers import Gated, understand_with
from tests.stories.talk import BOTH, EN, ZH, Talk, name_of, report_fault
from tests.stories.world import World, changed

pytestmark = pytest.mark.asyncio
BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)


class Broken:
    """Fails on every message with certain words."""

    def __init__(self, inner: Understander, words: str) -> None:
        self.inner, self.words = inner, words
        self.tries = 0

    async def understand(self, text: str, language: str) -> Understanding:
        """See `core.ports.Understander`."""
        if self.words in text:
            self.tries += 1
            raise RuntimeError("out of order")
        return await self.inner.understand(text, language)


@BOTH_TALK
async def test_a_burst_is_one_turn(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    gated = Gated(NativeUnderstanding(world.shared.native, world.clock))
    understand_with(world, gated)
    first = await customer.sends(talk.hello)
    await gated.reached.wait()
    burst = [await customer.sends(words) for words in (talk.question, talk.thanks, talk.hello)]
    gated.gate.set()
    reply = await customer.catch_up()

    turns = {tuple(event["in_reply_to"]) for event in reply if event["kind"] == "bot_said"}
    assert turns == {(first,), tuple(burst)}
    assert reply.citations[0]["document"] == talk.page


@BOTH_TALK
async def test_a_turn_that_fails_ends_with_an_apology_and_a_person(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    other = await world.customer(talk.language)
    broken = Broken(NativeUnderstanding(world.shared.native, world.clock), talk.unknown)
    understand_with(world, broken)

    reply = await customer.says(talk.unknown)

    seq = reply.of("customer_said")["seq"]
    assert broken.tries == 4
    assert reply.responses[0] == "utter_failure"
    assert reply.said[0]["in_reply_to"] == [seq]
    assert reply.of("handoff_asked")["reason"] == "failure"
    (failed,) = await world.of(customer.conversation, e.TurnFailed)
    assert failed.in_reply_to == (seq,)
    # The lane is free, for this customer and for all others.
    await customer.does("leave_queue")
    assert (await customer.says(talk.question)).citations[0]["document"] == talk.page
    assert (await other.says(talk.question)).citations
    assert await world.system.jobs.pending() == 0


async def interrupted(world: World, talk: Talk) -> tuple[Customer, list[str]]:
    """A look-up during which the process ends; returns the customer and what later look-ups are asked for."""
    number = await report_fault(await world.customer(talk.language), talk)
    customer = await world.customer(talk.language)
    await customer.presses("/ticket_status")

    async def dies(*given: Any, **more: Any) -> dict[str, Any]:
        raise asyncio.CancelledError

    world.system.tickets.lookup = dies  # type: ignore[method-assign]
    await customer.sends(number)

    async def called() -> bool:
        return bool(await world.of(customer.conversation, e.ActionCalled)) and not world.system.lanes.busy

    await world.until(called)
    assert await world.of(customer.conversation, e.ActionReturned) == []
    asked: list[str] = []

    def count(system: System) -> None:
        lookup = system.tickets.lookup

        async def counted(number: str, *given: Any) -> dict[str, Any]:
            asked.append(number)
            return await lookup(number, *given)

        system.tickets.lookup = counted  # type: ignore[method-assign, assignment]

    await world.restart(count)
    back = Customer(world, customer.conversation, customer.token)
    await back.connect()
    return back, asked


@BOTH_TALK
async def test_an_interrupted_action_that_may_be_repeated_is_repeated(world: World, talk: Talk) -> None:
    customer, asked = await interrupted(world, talk)

    assert len(asked) == 1
    assert len(await world.of(customer.conversation, e.ActionCalled)) == 1
    (returned,) = await world.of(customer.conversation, e.ActionReturned)
    assert returned.outcome == "ok"
    last = [event for event in customer.events if event["kind"] == "bot_said"][-1]
    assert last["asks"]["slot"] == "contact_phone"
    await customer.leave()


@BOTH_TALK
async def test_one_that_may_not_be_repeated_goes_to_a_person(build: Build, world: World, talk: Talk, tmp_path: Path) -> None:
    before, name, after = world.pack.files["actions.yml"].partition("ticket_status:")
    after = after.replace("effect: read", "effect: write", 1).replace("idempotent: true", "idempotent: false", 1)
    pack = changed(world.pack, tmp_path, {"actions.yml": before + name + after})
    careful = await build(pack=pack)

    customer, asked = await interrupted(careful, talk)

    assert asked == []
    (returned,) = await careful.of(customer.conversation, e.ActionReturned)
    assert (returned.outcome, returned.error) == ("unknown", "interrupted")
    assert await careful.mode(customer.conversation) == "waiting"
    named = [event["in_reply_to"] for event in customer.events if event["kind"] == "bot_said"]
    assert max(named)
    await customer.leave()


@pytest.mark.parametrize("talk", [ZH, EN], ids=name_of)
async def test_every_message_is_named_by_exactly_one_turn(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    words = (talk.hello, talk.question, *talk.fault, talk.thanks)
    for number, one in enumerate(words):
        await customer.wire.send({"type": "message", "id": f"typed-{number}", "text": one})
    for number in range(len(words)):
        await customer.wire.until("ack", id=f"typed-{number}")
    await customer.catch_up()

    said = {event["seq"] for event in customer.events if event["kind"] == "customer_said"}
    turns = {tuple(event["in_reply_to"]) for event in customer.events if event.get("in_reply_to")}
    assert sorted(seq for turn in turns for seq in turn) == sorted(said)
