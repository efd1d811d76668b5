"""Nobody on duty, or the hours are over: a flow serves, and nobody waits for somebody who does not come."""

from pathlib import Path

import pytest

from app import pack as packs
from core import events as e
from core.ports import Append
from tests.stories.conftest import Build
from tests.stories.people import Customer
from tests.stories.talk import BOTH, PHONE, Talk, ask_for_person, name_of
from tests.stories.world import World, changed

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]

LATE = {"hours": 13}
"""From ten in the morning until eleven at night: closed since ten."""


async def at_night(world: World, talk: Talk) -> Customer:
    await world.pass_time(**LATE)
    return await world.customer(talk.language)


async def test_at_night_the_flow_begins_by_itself_and_names_the_morning(world: World, talk: Talk) -> None:
    customer = await at_night(world, talk)

    reply = await ask_for_person(customer, talk)

    assert reply.responses == ["utter_handoff", "utter_agents_away", "utter_ask_contact_phone"]
    assert {"zh": "明天 08:00", "en": "tomorrow at 08:00"}[talk.language] in reply.text
    assert reply.asks == "contact_phone" and await world.mode(customer.conversation) == "bot"
    assert reply.of("handoff_cancelled")["reason"] == "nobody_there"
    assert (await customer.says(PHONE)).asks == "callback_topic"


async def test_who_asks_again_after_the_flow_may_wait_for_the_morning(world: World, talk: Talk) -> None:
    customer = await at_night(world, talk)
    await ask_for_person(customer, talk)
    await customer.says(talk.never_mind)

    reply = await ask_for_person(customer, talk)

    assert reply.responses == ["utter_handoff", "utter_agents_away"] and reply.payloads[:1] == ["/callback"]
    assert await world.mode(customer.conversation) == "waiting"
    await world.pass_time(hours=10)
    anna = await world.agent("anna")
    await anna.offer(customer.conversation)


async def test_one_who_works_late_is_there(world: World, talk: Talk) -> None:
    await world.pass_time(**LATE)
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)

    await ask_for_person(customer, talk)

    await anna.offer(customer.conversation)
    assert await world.of(customer.conversation, e.HandoffCancelled) == []


async def test_in_the_day_the_flow_is_on_offer_and_a_word_is_enough(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    reply = await ask_for_person(customer, talk)
    assert reply.responses == ["utter_handoff", "utter_agents_away"] and reply.payloads == ["/callback"]
    assert await world.mode(customer.conversation) == "waiting"

    reply = await customer.says({"zh": "那你们给我回个电话吧", "en": "please call me back"}[talk.language])

    assert reply.asks == "contact_phone" and await world.mode(customer.conversation) == "bot"


async def test_the_button_leaves_the_line(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    assert (await customer.presses("/callback")).asks == "contact_phone"
    anna = await world.agent("anna")
    assert (await anna.reads("/conversations?mode=waiting"))["items"] == []


async def test_who_still_waits_at_closing_time_is_told(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    await anna.state("available", capacity=0)
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.leave()
    await world.system.presence.gone("anna")

    await world.pass_time(**LATE)
    await world.until(lambda: begun(world, customer))

    reply = await customer.catch_up()
    assert reply.responses[-2:] == ["utter_agents_away", "utter_ask_contact_phone"]


async def begun(world: World, customer: Customer) -> bool:
    world.system.line.soon()
    return bool((await world.fold(customer.conversation)).stack)


async def test_a_pack_without_such_a_flow_keeps_the_place(build: Build, talk: Talk, tmp_path: Path) -> None:
    routing = (packs.folder_of("telecom") / "routing.yml").read_text(encoding="utf-8")
    plain = changed(packs.load(packs.folder_of("telecom")), tmp_path, {
        "routing.yml": routing.replace("nobody_there: callback\n", "")
    })  # fmt: skip
    world = await build(pack=plain)
    customer = await at_night(world, talk)

    reply = await ask_for_person(customer, talk)

    assert reply.responses == ["utter_handoff", "utter_agents_away"] and reply.payloads == []
    assert await world.mode(customer.conversation) == "waiting"


async def test_a_promise_that_is_over_goes_to_who_is_free_and_leaves_one_alert(world: World, talk: Talk) -> None:
    anna = await world.agent("anna", skills=("complaints",))
    await anna.state("busy")
    ben = await world.agent("ben", skills=("faults",))
    customer = await world.customer(talk.language)
    asked = e.HandoffAsked(reason="escalated", skill="complaints", within_minutes=5)
    fold = await world.fold(customer.conversation)
    await world.system.log.append(Append(fold.stream, (asked,), e.THE_BOT, world.clock.now, expected=fold.version))
    await world.pass_time(minutes=4)
    assert await world.of(customer.conversation, e.Alerted) == []
    assert await world.of(customer.conversation, e.HandoffOffered) == []

    await world.pass_time(minutes=2)
    await world.system.people.match()
    await ben.offer(customer.conversation)
    await world.until(lambda: alerted(world, customer))
    for _ in range(3):
        await world.system.attendance.look()

    (alert,) = await world.of(customer.conversation, e.Alerted)
    assert alert.rule == "wait"


async def alerted(world: World, customer: Customer) -> bool:
    world.system.line.soon()
    return bool(await world.of(customer.conversation, e.Alerted))


async def test_a_flow_that_is_stopped_sends_nobody_away(world: World, talk: Talk) -> None:
    assert await world.system.switches.turn("callback", True, "lead")
    customer = await at_night(world, talk)

    reply = await ask_for_person(customer, talk)

    assert reply.responses == ["utter_handoff", "utter_agents_away"] and reply.payloads == []
    assert await world.mode(customer.conversation) == "waiting"


async def test_where_the_bot_is_stopped_nothing_begins_by_itself(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)
    await world.system.supervision.stop(customer.conversation, "lead")
    await anna.leave()

    await world.pass_time(**LATE)
    await world.system.attendance.look()

    assert await world.mode(customer.conversation) == "waiting"
    assert await world.of(customer.conversation, e.HandoffCancelled) == []
