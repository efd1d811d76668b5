"""What stands beside a conversation: the story with its mood, and what else is known of the customer."""

from typing import Any

import pytest

from contacts.identity import sign
from core.time import SECOND
from tests.stories.people import Customer
from tests.stories.talk import BOTH, Talk, name_of, report_fault
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]

ANGRY = {"zh": "这什么垃圾服务，气死我了！！！", "en": "This is ridiculous, I am fed up!!!"}


async def signed_in(world: World, talk: Talk, user: str, **more: Any) -> Customer:
    expires = world.clock.now // SECOND + 3600
    identity = {"user_id": user, "expires": expires, "signature": sign(world.settings.widget_secret, user, expires), **more}
    return await world.customer(talk.language, identity=identity)


async def test_earlier_conversations_and_tickets_of_the_customer_stand_beside(world: World, talk: Talk) -> None:
    before = await signed_in(world, talk, "u-1")
    number = await report_fault(before, talk)
    await before.does("close")
    stranger = await world.customer(talk.language)
    await report_fault(stranger, talk)
    await world.pass_time(minutes=5)
    now = await signed_in(world, talk, "u-1")
    await now.says(talk.question)
    anna = await world.staff("anna")

    story = await anna.reads(f"/conversations/{now.conversation}/summary")

    assert [(one["id"], one["mode"], one["ticket"]) for one in story["earlier"]] == [(before.conversation, "closed", number)]
    assert [(one["ticket"], one["conversation"]) for one in story["other_tickets"]] == [(number, before.conversation)]
    own = await anna.reads(f"/conversations/{before.conversation}/summary")
    assert own["other_tickets"] == [] and [one["id"] for one in own["earlier"]] == [now.conversation]


async def test_a_visitor_nobody_knows_has_nothing_before(world: World, talk: Talk) -> None:
    await report_fault(await world.customer(talk.language), talk)
    customer = await world.customer(talk.language)
    await customer.says(talk.hello)
    story = await (await world.staff("anna")).reads(f"/conversations/{customer.conversation}/summary")
    assert story["earlier"] == [] and story["other_tickets"] == []


async def test_the_mood_comes_with_the_words_that_show_it_until_they_are_erased(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    anna = await world.staff("anna")
    path = f"/conversations/{customer.conversation}/summary"
    assert (await anna.reads(path))["mood"] == {"mood": "calm", "signs": []}

    await customer.says(ANGRY[talk.language])

    mood = (await anna.reads(path))["mood"]
    assert mood["mood"] == "angry"
    said = {recorded.seq: getattr(recorded.event, "text", "") for recorded in await world.log(customer.conversation)}
    assert mood["signs"] and all(sign["quote"] == said[sign["seq"]] for sign in mood["signs"])

    await world.system.store.erase([f"conversation:{customer.conversation}"], (await world.log(customer.conversation))[0].by, world.clock.now)
    assert (await anna.reads(path))["mood"] == {"mood": "calm", "signs": []}
