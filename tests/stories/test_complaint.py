"""A complaint is taken down in the customer's own words and becomes a ticket of its own kind."""

import pytest

from tests.stories.talk import BOTH, PHONE, Talk, name_of
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]

STORY = {
    "zh": ("我要投诉，你们乱扣费", "收费问题", "上个月没经过我同意开了增值业务，扣了38元", "把钱退给我", PHONE),
    "en": ("I want to complain about my bill", "charges", "You added an extra of 38 yuan without asking me",
           "give me the money back", PHONE),
}  # fmt: skip
CHANGE = {"zh": ("不对", "希望的处理"), "en": ("no, change something", "What would put it right")}
WISH = {"zh": "除了退钱，我还要一个书面道歉", "en": "a refund and a written apology"}


async def test_in_ones_own_words_with_a_correction(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    opened = await customer.says(STORY[talk.language][0])
    assert "/ask_person" in opened.payloads
    check = await customer.follows(*STORY[talk.language][1:])
    assert STORY[talk.language][2] in check.text and STORY[talk.language][3] in check.text

    check = await customer.follows(*CHANGE[talk.language], WISH[talk.language])
    assert WISH[talk.language] in check.text and STORY[talk.language][3] not in check.text
    told = await customer.says(talk.yes)

    number = told.of("ticket_opened")["ticket"]
    assert told.of("ticket_opened")["type"] == "complaint"
    assert number.startswith("C-") and number in told.text
    row = await world.system.rows.get("tickets", number)
    assert row is not None
    assert row["fields"]["topic"] == "charges"
    assert row["fields"]["description"] == STORY[talk.language][2]
    assert row["fields"]["wanted"] == WISH[talk.language]
    assert row["skill"] == "complaints"


async def test_a_person_is_reached_from_its_midst(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.follows(*STORY[talk.language][:2])

    reply = await customer.says(talk.person)

    assert reply.of("handoff_asked")["reason"] == "asked"
    assert await world.system.rows.find("tickets") == []
