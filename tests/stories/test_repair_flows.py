"""Repair of what a flow collects, on the whole service: what people do instead of answering, in both languages."""

import pytest

from core import events as e
from tests.stories.sayings import BOTH, Says, answered_once, at_the_check, at_the_phone, flows, slots
from tests.stories.talk import OTHER_PHONE, PHONE
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


@BOTH
@pytest.mark.parametrize("wording", range(3))
async def test_the_other_number(world: World, says: Says, wording: int) -> None:
    customer = await at_the_check(world, says)
    assert (await customer.says(says.other_number[wording])).asks == "contact_phone"
    assert "contact_phone" not in await slots(world, customer)
    check = await customer.says(OTHER_PHONE)
    assert OTHER_PHONE in check.text and PHONE not in check.text
    await answered_once(world, customer)


@BOTH
@pytest.mark.parametrize("wording", range(3))
async def test_a_new_value_at_the_confirmation(world: World, says: Says, wording: int) -> None:
    customer = await at_the_check(world, says)
    check = await customer.says(says.changed[wording])
    assert OTHER_PHONE in check.text and PHONE not in check.text and check.payloads == ["/affirm", "/deny"]
    assert (await slots(world, customer))["service"] == "mobile", "the kind of the number is no other service"
    reply = await customer.says(says.yes)
    assert reply.of("ticket_opened")["ticket"] in reply.text
    (opened,) = await world.of(customer.conversation, e.TicketOpened)
    assert opened.fields["phone"] == OTHER_PHONE
    await answered_once(world, customer)


@BOTH
@pytest.mark.parametrize("wording", range(3))
async def test_another_service_at_a_later_question(world: World, says: Says, wording: int) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.landline[wording])
    assert reply.responses == ["utter_corrected", "utter_ask_contact_phone"]
    kept = await slots(world, customer)
    assert kept["service"] == "landline" and kept["problem"] == says.problem and kept["since"] == says.since


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_another_time_at_the_confirmation(world: World, says: Says, wording: int) -> None:
    customer = await at_the_check(world, says)
    check = await customer.says(says.later[wording])
    assert says.later_time in check.text and says.since not in check.text
    assert check.payloads == ["/affirm", "/deny"]
    assert (await slots(world, customer))["contact_phone"] == PHONE


@BOTH
async def test_several_answers_in_one_sentence(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.whole)
    assert reply.asks == "problem"
    assert await slots(world, customer) == {"service": "broadband", "contact_phone": PHONE}
    await answered_once(world, customer)


@BOTH
@pytest.mark.parametrize("bare", [True, False])
async def test_a_later_answer_first(world: World, says: Says, bare: bool) -> None:
    customer = await world.customer(says.language)
    await customer.says(says.fault)
    reply = await customer.says(PHONE if bare else says.number_first)
    assert reply.asks == "problem"
    assert await slots(world, customer) == {"service": "mobile", "contact_phone": PHONE}
    check = await customer.follows(says.problem, says.since)
    assert PHONE in check.text and check.payloads == ["/affirm", "/deny"], "it is not asked again"


@BOTH
async def test_a_question_in_between(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.question)
    assert [c["document"] for c in reply.citations] == [says.page]
    assert reply.asks == "contact_phone" and reply.responses[-2:] == ["utter_resume_question", "utter_ask_contact_phone"]
    assert await flows(world, customer) == ["report_fault"]
    check = await customer.says(PHONE)
    assert check.payloads == ["/affirm", "/deny"]
    await answered_once(world, customer)


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_cancelled(world: World, says: Says, wording: int) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.cancel[wording])
    assert reply.responses == ["utter_cancelled"]
    assert await flows(world, customer) == [] and await slots(world, customer) == {}
    assert (await customer.says(says.fault)).asks == "problem"
    await answered_once(world, customer)


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_started_again(world: World, says: Says, wording: int) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.restart[wording])
    assert reply.responses == ["utter_restarted"]
    assert await flows(world, customer) == [] and await slots(world, customer) == {}
    assert (await customer.says(says.fault)).asks == "problem"


@BOTH
@pytest.mark.parametrize("wording", range(3))
async def test_nothing_is_sent_on_a_doubtful_yes(world: World, says: Says, wording: int) -> None:
    customer = await at_the_check(world, says)
    reply = await customer.says(says.maybe[wording])
    assert reply.responses == ["utter_confirm_again"] and reply.payloads == ["/affirm", "/deny"]
    assert await world.of(customer.conversation, e.TicketOpened) == []
    assert (await customer.says(says.yes)).of("ticket_opened")


@BOTH
@pytest.mark.parametrize("wording", range(2))
async def test_a_moment_to_look_for_it(world: World, says: Says, wording: int) -> None:
    customer = await at_the_phone(world, says)
    for _ in range(3):
        assert (await customer.says(says.moment[wording])).asks == "contact_phone"
    assert (await world.fold(customer.conversation)).stack[-1].attempts == 0
    assert (await customer.says(PHONE)).payloads == ["/affirm", "/deny"]
    await answered_once(world, customer)


@BOTH
async def test_silence_in_the_middle(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    await world.pass_time(minutes=11)
    asked = await customer.catch_up()
    assert asked.responses == ["utter_silence"] and asked.asks == "contact_phone"
    check = await customer.says(PHONE)
    assert check.payloads == ["/affirm", "/deny"]


@BOTH
@pytest.mark.parametrize("before", range(5))
async def test_a_person_anywhere(world: World, says: Says, before: int) -> None:
    customer = await world.customer(says.language)
    await customer.follows(*(says.fault, says.problem, says.since, PHONE)[:before])
    reply = await customer.says(says.person[before % len(says.person)])
    asked = reply.of("handoff_asked")
    assert asked["reason"] == "asked" and await world.mode(customer.conversation) == "waiting"
    assert await flows(world, customer) == []


@BOTH
async def test_talk_in_the_middle(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    for words, response in says.talk:
        reply = await customer.says(words)
        assert reply.responses[0] == response and reply.asks == "contact_phone", words
    assert (await world.fold(customer.conversation)).stack[-1].attempts == 0
    await answered_once(world, customer)
