"""Repair on the whole service, with the trained understanding: what people do instead of answering."""

from dataclasses import dataclass

import pytest

from core import events as e
from tests.stories.people import Customer
from tests.stories.talk import OTHER_PHONE, PHONE
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True)
class Says:
    """One language's sentences around a fault of a mobile phone."""

    language: str
    fault: str
    problem: str
    since: str
    other_number: str
    changed: str
    whole: str
    question: str
    page: str
    cancel: str
    restart: str
    nonsense: tuple[str, str]
    person: str
    thanks: str
    insult: str
    out_of_scope: str
    other_language: tuple[str, str]
    mixed: str
    typo: str
    burst: tuple[str, str, str]


ZH = Says(
    language="zh",
    fault="手机没信号了",
    problem="在家里一格信号都没有",
    since="昨天下午开始的",
    other_number="不对，另一个号码",
    changed=f"不对，电话是{OTHER_PHONE}",
    whole=f"我家宽带断了，联系电话{PHONE}",
    question="对了，电子发票在哪里下载？",
    page="invoice",
    cancel="算了，不报修了",
    restart="重新开始吧",
    nonsense=("喵喵呜呜嘎嘎", "咕噜咕噜哇啦"),
    person="转人工",
    thanks="谢谢",
    insult="你们真是垃圾",
    out_of_scope="帮我订一张去上海的机票",
    other_language=("no signal anywhere in the house, not a single bar", "en"),
    mixed="我的 broadband 断了",
    typo="我家宽代断了，上不了网",
    burst=("你好", "我家宽带断了", "从昨天晚上开始的"),
)
EN = Says(
    language="en",
    fault="no signal on my mobile",
    problem="not a single bar anywhere in the house",
    since="since yesterday afternoon",
    other_number="no, the other number",
    changed=f"no, the number is {OTHER_PHONE}",
    whole=f"my broadband is down, my phone number is {PHONE}",
    question="by the way, how do I get an e-invoice?",
    page="invoice",
    cancel="never mind, cancel that",
    restart="let's start over",
    nonsense=("blorp zzyx quan", "fnord glabble wibb"),
    person="I want to talk to a person",
    thanks="thank you",
    insult="you are a stupid machine",
    out_of_scope="book me a flight to Paris",
    other_language=("家里到处都没有信号，一格都没有", "zh"),
    mixed="my 宽带 is down again, no internet at home",
    typo="my brodband is down, no internett",
    burst=("hello", "my broadband is down", "since last night"),
)
BOTH = pytest.mark.parametrize("says", [ZH, EN], ids=("zh", "en"))


async def at_the_phone(world: World, says: Says) -> Customer:
    """Somebody who has told everything but the number."""
    customer = await world.customer(says.language)
    reply = await customer.follows(says.fault, says.problem, says.since)
    assert reply.asks == "contact_phone", reply.text
    return customer


async def slots(world: World, customer: Customer) -> dict[str, object]:
    return (await world.fold(customer.conversation)).slots


@BOTH
async def test_the_other_number(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    await customer.says(PHONE)
    assert (await customer.says(says.other_number)).asks == "contact_phone"
    check = await customer.says(OTHER_PHONE)
    assert OTHER_PHONE in check.text and PHONE not in check.text


@BOTH
async def test_a_new_value_at_the_confirmation(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    await customer.says(PHONE)
    check = await customer.says(says.changed)
    assert OTHER_PHONE in check.text and check.payloads == ["/affirm", "/deny"]


@BOTH
async def test_several_answers_in_one_sentence(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.whole)
    assert reply.asks == "problem"
    assert await slots(world, customer) == {"service": "broadband", "contact_phone": PHONE}


@BOTH
async def test_a_later_answer_first(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    await customer.says(says.fault)
    reply = await customer.says(PHONE)
    assert reply.asks == "problem"
    assert (await slots(world, customer))["contact_phone"] == PHONE


@BOTH
async def test_a_question_in_between(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.question)
    assert [c["document"] for c in reply.citations] == [says.page]
    assert reply.asks == "contact_phone"


@BOTH
async def test_cancelled(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.cancel)
    assert reply.responses == ["utter_cancelled"]
    assert not (await world.fold(customer.conversation)).stack


@BOTH
async def test_started_again(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.restart)
    assert reply.responses == ["utter_restarted"]
    assert await slots(world, customer) == {}


@BOTH
async def test_not_understood_twice(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    assert (await customer.says(says.nonsense[0])).responses == ["utter_not_understood"]
    reply = await customer.says(says.nonsense[1])
    assert reply.of("handoff_asked")["reason"] == "not_understood"


@BOTH
async def test_silence_in_the_middle(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    await world.pass_time(minutes=11)
    assert any(said.response == "utter_silence" for said in await world.of(customer.conversation, e.BotSaid))
    check = await customer.says(PHONE)
    assert check.payloads == ["/affirm", "/deny"]


@BOTH
async def test_a_person_in_the_middle(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    reply = await customer.says(says.person)
    assert reply.of("handoff_asked")["reason"] == "asked"


@BOTH
async def test_thanks_and_insults_in_the_middle(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    for words, response in ((says.thanks, "utter_thanks"), (says.insult, "utter_insult")):
        reply = await customer.says(words)
        assert reply.responses[0] == response and reply.asks == "contact_phone"


@BOTH
async def test_out_of_scope(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.out_of_scope)
    assert reply.responses == ["utter_not_understood"] and not reply.citations


@BOTH
async def test_another_language_in_the_middle(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    await customer.says(says.fault)
    words, other = says.other_language
    reply = await customer.says(words)
    assert reply.asks == "since" and {said["language"] for said in reply.said} == {other}
    assert (await slots(world, customer))["service"] == "mobile"


@BOTH
async def test_two_languages_in_one_sentence(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.mixed)
    assert reply.asks == "problem" and (await slots(world, customer))["service"] == "broadband"
    assert {said["language"] for said in reply.said} == {says.language}


@BOTH
async def test_typing_errors(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    reply = await customer.says(says.typo)
    assert reply.asks in ("service", "problem")
    assert [frame.flow for frame in (await world.fold(customer.conversation)).stack] == ["report_fault"]


async def test_traditional_characters(world: World) -> None:
    customer = await world.customer("zh")
    reply = await customer.says("我家寬帶斷了，上不了網")
    assert reply.asks == "problem" and (await slots(world, customer))["service"] == "broadband"


@BOTH
async def test_full_width_digits(world: World, says: Says) -> None:
    customer = await at_the_phone(world, says)
    check = await customer.says("".join(chr(ord(digit) + 0xFEE0) for digit in PHONE))
    assert PHONE in check.text and check.payloads == ["/affirm", "/deny"]


@BOTH
async def test_a_burst_of_three(world: World, says: Says) -> None:
    customer = await world.customer(says.language)
    for text in says.burst:
        await customer.sends(text)
    await world.settled()
    said = await world.of(customer.conversation, e.BotSaid)
    named = [seq for event in {event.in_reply_to for event in said if event.in_reply_to} for seq in event]
    heard = [r.seq for r in await world.log(customer.conversation) if isinstance(r.event, e.CustomerSaid)]
    assert sorted(named) == heard, "every message is answered by exactly one turn"
    assert (await slots(world, customer))["service"] == "broadband"
