"""A silent customer is asked once; then the conversation ends and is scored. Time is moved, not waited for."""

import pytest

from core import events as e
from tests.stories.talk import BOTH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def test_asked_once_then_closed_and_scored(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    ask, close = world.system.silence()

    await world.pass_time(minutes=ask - 1)
    assert await customer.catch_up() == []
    await world.pass_time(minutes=1)
    asked = await customer.catch_up()
    assert asked.responses == ["utter_silence"]

    await world.pass_time(minutes=close - 1)
    assert await customer.catch_up() == [], "asked once, not twice"
    await world.pass_time(minutes=1)
    ended = await customer.catch_up()

    assert ended.responses == ["utter_closed_silence"]
    assert ended.of("closed")["by"] == "silence"
    assert len(await world.of(customer.conversation, e.Scored)) == 1


async def test_words_in_between_begin_it_anew(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    ask, close = world.system.silence()
    await world.pass_time(minutes=ask)
    assert (await customer.catch_up()).responses == ["utter_silence"]
    await world.pass_time(minutes=close - 1)

    await customer.says(talk.question)

    await world.pass_time(minutes=ask - 1)
    assert await customer.catch_up() == []
    await world.pass_time(minutes=1)
    assert (await customer.catch_up()).responses == ["utter_silence"]
    await world.pass_time(minutes=close)
    assert (await customer.catch_up()).of("closed")["by"] == "silence"


async def test_the_open_question_survives_being_asked(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.follows(*talk.fault[:3])
    await world.pass_time(minutes=world.system.silence()[0])
    asked = await customer.catch_up()
    assert asked.asks == "contact_phone"

    check = await customer.says(talk.fault[3])

    assert check.payloads == ["/affirm", "/deny"]


async def test_who_waits_for_a_person_is_not_sent_away(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await world.pass_time(hours=2)
    assert await world.mode(customer.conversation) == "waiting"
    assert await customer.catch_up() == []
