"""Whoever asks for a person gets one; two failures in a row lead to one; who waits is not left alone with it."""

import pytest

from core import events as e
from tests.stories.talk import BOTH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def test_two_failures_in_a_row_are_not_followed_by_a_third_sorry(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    first = await customer.says(talk.nonsense[0])
    assert first.responses == ["utter_not_understood"]
    assert "handoff_asked" not in first.kinds

    second = await customer.says(talk.nonsense[1])

    assert second.responses[0] == "utter_not_understood_person"
    assert second.of("handoff_asked")["reason"] == "not_understood"
    assert await world.mode(customer.conversation) == "waiting"


async def test_something_understood_in_between_begins_the_count_anew(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    reply = await customer.follows(talk.nonsense[0], talk.question, talk.nonsense[1])
    assert reply.responses == ["utter_not_understood"]
    assert await world.mode(customer.conversation) == "bot"


@pytest.mark.parametrize("place", ["at once", "free text", "choice", "phone", "confirmation", "button"])
async def test_a_person_can_be_asked_for_anywhere(world: World, talk: Talk, place: str) -> None:
    customer = await world.customer(talk.language)
    before = {
        "at once": [],
        "free text": [talk.fault[0]],
        "choice": ["/report_fault"],
        "phone": list(talk.fault[:3]),
        "confirmation": list(talk.fault),
        "button": [talk.fault[0]],
    }[place]
    await customer.follows(*before)

    reply = await customer.follows("/ask_person" if place == "button" else talk.person)

    assert reply.of("handoff_asked")["reason"] == "asked"
    assert reply.responses[0] == "utter_handoff"
    assert await world.mode(customer.conversation) == "waiting"
    assert await world.system.rows.find("tickets") == []


@pytest.mark.parametrize("way", ["words", "frame"])
async def test_who_waits_may_leave_the_line(world: World, talk: Talk, way: str) -> None:
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)

    reply = await (customer.says(talk.never_mind) if way == "words" else customer.does("leave_queue"))

    assert "handoff_cancelled" in reply.kinds
    assert reply.responses == ["utter_left_queue"]
    assert await world.mode(customer.conversation) == "bot"
    # The machine serves again.
    assert (await customer.says(talk.question)).citations[0]["document"] == talk.page


async def test_leaving_a_line_in_which_nobody_waits_changes_nothing(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    assert await customer.does("leave_queue") == []
    assert await world.mode(customer.conversation) == "bot"


async def test_messages_of_one_who_waits(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)

    how_long = await customer.says(talk.how_long)
    question = await customer.says(talk.question)
    addition = await customer.says(talk.more)

    assert how_long.responses == ["utter_person_soon"]
    assert question.citations[0]["document"] == talk.page
    # Words for the person stay for the person; the machine does not talk in between.
    assert addition.kinds == ["customer_said"]
    assert await world.mode(customer.conversation) == "waiting"
    anna = await world.agent("anna")
    offer = await anna.offer(customer.conversation)
    assert talk.more in [asked["text"] for asked in offer["summary"]["asked"]]


async def test_who_waits_is_told_the_place_in_the_line(world: World, talk: Talk) -> None:
    first, second = await world.customer(talk.language), await world.customer(talk.language)
    await ask_for_person(first, talk)
    await world.pass_time(seconds=1)
    await ask_for_person(second, talk)
    assert (await first.wire.until("queue"))["position"] == 1
    assert (await second.wire.until("queue", position=2))["wait_seconds"] is None

    await first.does("leave_queue")

    await second.wire.until("queue", position=1)


async def test_with_nobody_on_duty_it_is_said_what_happens_next(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    reply = await ask_for_person(customer, talk)
    assert reply.responses == ["utter_handoff", "utter_agents_away"]

    present = await world.agent("anna")
    other = await world.customer(talk.language)
    reply = await ask_for_person(other, talk)

    assert reply.responses == ["utter_handoff"]
    await present.offer(customer.conversation)
    (asked,) = await world.of(other.conversation, e.HandoffAsked)
    assert asked.skill == "general"
