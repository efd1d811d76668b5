"""Repair around the words themselves, on the whole service: unclear, mixed, mistyped, out of place; in both languages."""

import pytest

from app.bridges import NativeUnderstanding
from core import events as e
from tests.stories.readers import Gated, understand_with
from tests.stories.sayings import BOTH, Says, answered_once, at_the_phone, flows, slots
from tests.stories.talk import PHONE
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


@BOTH
async def test_two_near_requests_make_one_question_with_two_choices(world: World, says: Says) -> None:
    for words in says.near:
        customer = await world.customer(says.language)
        reply = await customer.says(words)
        if reply.responses == ["utter_ask_which"]:
            break
    else:
        pytest.fail("none of the ambiguous requests was asked back")
    choices = reply.said[-1]["asks"]["choices"]
    assert len(choices) == 2 and all(choice["title"] in reply.text for choice in choices)
    assert await flows(world, customer) == []
    first = world.pack.bot.triggers[choices[0]["payload"].removeprefix("/")]
    await customer.says(says.first_choice)
    started = await world.of(customer.conversation, e.FlowStarted)
    assert started[0].flow == first, "and what it calls comes after it"
    await answered_once(world, customer)


@BOTH
async def test_not_understood_twice(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    assert (await customer.says(says.nonsense[0])).responses == ["utter_not_understood"]
    reply = await customer.says(says.nonsense[1])
    assert reply.of("handoff_asked")["reason"] == "not_understood"
    assert await world.mode(customer.conversation) == "waiting"
    await answered_once(world, customer)


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_out_of_scope(world: World, says: Says, wording: int) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.out_of_scope[wording])
    assert reply.responses == ["utter_not_understood"] and not reply.citations
    assert await flows(world, customer) == []


@BOTH
async def test_out_of_scope_in_the_middle_fills_nothing(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    before = await slots(world, customer)
    reply = await customer.says(says.out_of_scope[0])
    assert reply.asks == "contact_phone" and not reply.citations
    assert await slots(world, customer) == before and await flows(world, customer) == ["report_fault"]


@BOTH
async def test_another_language_in_the_middle(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    await customer.says(says.fault)
    words, other = says.other_language
    reply = await customer.says(words)
    assert reply.asks == "since" and {said["language"] for said in reply.said} == {other}
    kept = await slots(world, customer)
    assert kept["service"] == "mobile" and kept["problem"] == words
    assert (await world.fold(customer.conversation)).language == other


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_two_languages_in_one_sentence(world: World, says: Says, wording: int) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.mixed[wording])
    assert reply.asks == "problem" and (await slots(world, customer))["service"] == "broadband"
    assert {said["language"] for said in reply.said} == {says.language}


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_traditional_characters_and_both_spellings(world: World, says: Says, wording: int) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.spelled[wording])
    assert reply.asks == "problem" and (await slots(world, customer))["service"] == "broadband"


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_typing_errors(world: World, says: Says, wording: int) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.typos[wording])
    assert reply.asks in ("service", "problem")
    assert await flows(world, customer) == ["report_fault"]


@BOTH
async def test_a_mistyped_answer_to_a_choice(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    await customer.presses("/report_fault")
    # Chinese has no letters to slip on; who writes it still names things in English.
    reply = await customer.says("brodband")
    assert reply.asks == "problem" and (await slots(world, customer))["service"] == "broadband"


@BOTH
@pytest.mark.parametrize("apart", [False, True])
async def test_full_width_digits(world: World, says: Says, apart: bool) -> None:
    customer = await at_the_phone(world, says)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in PHONE)
    check = await customer.says(f"{wide[:3]}－{wide[3:7]}　{wide[7:]}" if apart else wide)
    assert PHONE in check.text and check.payloads == ["/affirm", "/deny"]
    assert (await slots(world, customer))["contact_phone"] == PHONE


@BOTH
async def test_a_burst_of_three(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    for text in says.burst:
        await customer.sends(text)
    await world.settled()
    await answered_once(world, customer)
    assert (await slots(world, customer))["service"] == "broadband"
    assert await flows(world, customer) == ["report_fault"]


@BOTH
async def test_a_message_while_the_bot_still_works(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    gated = Gated(NativeUnderstanding(world.shared.native, world.clock))
    understand_with(world, gated)
    number = await customer.sends(PHONE)
    await gated.reached.wait()
    question = await customer.sends(says.question)
    assert await world.of(customer.conversation, e.BotSaid) and (await slots(world, customer)).get("contact_phone") is None
    gated.gate.set()
    reply = await customer.catch_up()

    turns = [tuple(said["in_reply_to"]) for said in reply.said]
    assert list(dict.fromkeys(turns)) == [(number,), (question,)], "each has a turn of its own, in order"
    assert [c["document"] for c in reply.citations] == [says.page]
    assert (await slots(world, customer))["contact_phone"] == PHONE
    assert reply.said[-1]["text"].count(PHONE) == 1, "back at the check, with the number"
    await answered_once(world, customer)
