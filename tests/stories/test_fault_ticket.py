"""A fault becomes a ticket with a number, which its owner can ask for later and nobody else can find out."""

import random

import pytest

from core import events as e
from tests.stories.people import Customer, Reply
from tests.stories.talk import BOTH, OTHER_PHONE, PHONE, Talk, name_of, report_fault
from tests.stories.world import World
from tickets import numbers

pytestmark = pytest.mark.asyncio

WHOLE = {
    "zh": (
        "我家宽带断了", "光猫亮红灯，网页都打不开", "没好，还是不行", "昨天晚上九点左右",
        "海州市新民路18号3栋502室", PHONE,
    ),
    "en": (
        "My broadband has been down since the storm", "red light on the modem and no page loads", "no, still nothing",
        "since yesterday evening around nine", "18 Mill Lane, Flat 5, Ashford", PHONE,
    ),
}  # fmt: skip
WRONG = {"zh": ("不对，电话写错了", "联系电话"), "en": ("no, the phone number is wrong", "the phone number")}


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_a_whole_report_with_a_correction_at_the_confirmation(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    check = await customer.follows(*WHOLE[talk.language])
    assert WHOLE[talk.language][4] in check.text and PHONE in check.text
    assert check.payloads == ["/affirm", "/deny"]

    asked = await customer.follows(*WRONG[talk.language])
    assert asked.asks == "contact_phone"
    check = await customer.says(OTHER_PHONE)
    assert OTHER_PHONE in check.text and PHONE not in check.text
    assert await world.system.rows.find("tickets") == []

    told = await customer.says(talk.yes)
    number = told.of("ticket_opened")["ticket"]
    assert number in told.text
    assert numbers.normalise(number) == number
    row = await world.system.rows.get("tickets", number)
    assert row is not None
    assert row["phone"] == OTHER_PHONE
    assert row["fields"]["service"] == "broadband"
    assert row["fields"]["description"] == WHOLE[talk.language][1]
    assert row["fields"]["address"] == WHOLE[talk.language][4]
    assert row["conversation"] == customer.conversation


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_its_state_is_told_later_to_the_same_contact_without_a_phone_number(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)
    state = world.system.tickets.types.status_words("fault", "open", talk.language)

    reply = await customer.says(talk.status)

    assert number in reply.text and state in reply.text
    # A new conversation of the same contact knows the ticket by its number alone.
    await customer.does("close")
    again = await world.customer(talk.language, continues=customer.conversation, proof=customer.token)
    asked = await again.presses("/ticket_status")
    assert asked.asks == "ticket_number"
    reply = await again.says(number)
    assert state in reply.text


async def ask_as_stranger(world: World, talk: Talk, number: str, phone: str) -> tuple[Customer, Reply]:
    stranger = await world.customer(talk.language)
    asked = await stranger.follows("/ticket_status", number)
    assert asked.asks == "contact_phone"
    return stranger, await stranger.says(phone)


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_a_stranger_learns_it_with_the_right_phone_number_only(world: World, talk: Talk) -> None:
    number = await report_fault(await world.customer(talk.language), talk)
    state = world.system.tickets.types.status_words("fault", "open", talk.language)

    _, right = await ask_as_stranger(world, talk, number, "139 0000 1234")
    _, wrong = await ask_as_stranger(world, talk, number, OTHER_PHONE)

    assert state in right.text
    assert state not in wrong.text
    assert wrong.responses[0] == "utter_ticket_not_matched"


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_numbers_cannot_be_counted_through(world: World, talk: Talk) -> None:
    number = await report_fault(await world.customer(talk.language), talk)
    unknown = numbers.generate("F", random.Random(len(number)).randrange)
    assert unknown != number

    one, foreign = await ask_as_stranger(world, talk, number, OTHER_PHONE)
    other, missing = await ask_as_stranger(world, talk, unknown, OTHER_PHONE)

    assert foreign.text == missing.text
    assert foreign.responses == missing.responses

    def shape(events: list[e.Recorded]) -> list[str]:
        return [recorded.event.KIND for recorded in events]

    assert shape(await world.log(one.conversation)) == shape(await world.log(other.conversation))
    (answer,) = {str(r.result) for r in await world.of(one.conversation, e.ActionReturned)}
    assert {str(r.result) for r in await world.of(other.conversation, e.ActionReturned)} == {answer}


async def test_a_number_without_any_digit_is_a_number_too(world: World) -> None:
    numbered = [numbers.generate("F", lambda below, symbol=symbol: symbol) for symbol in range(10, 32)]  # type: ignore[misc]
    letters = next(number for number in numbered if not any(symbol.isdigit() for symbol in number))
    stranger = await world.customer("en")
    asked = await stranger.follows("/ticket_status", letters)
    assert asked.asks == "contact_phone"
