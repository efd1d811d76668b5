"""What difficult customers write around a fault of a mobile phone, in both languages; natural in each, not translated."""

from dataclasses import dataclass

import pytest

from core import events as e
from tests.stories.people import Customer
from tests.stories.talk import OTHER_PHONE, PHONE
from tests.stories.world import World


@dataclass(frozen=True)
class Says:
    """One language's sentences."""

    language: str
    fault: str
    problem: str
    since: str
    yes: str
    other_number: tuple[str, ...]
    changed: tuple[str, ...]
    landline: tuple[str, ...]
    """It is the landline, not the mobile."""
    later: tuple[str, ...]
    """It began at another time, which `later_time` is."""
    later_time: str
    whole: str
    number_first: str
    question: str
    page: str
    cancel: tuple[str, ...]
    restart: tuple[str, ...]
    near: tuple[str, ...]
    """Each could be one of two requests; training moves the borders between them."""
    first_choice: str
    nonsense: tuple[str, str]
    person: tuple[str, ...]
    talk: tuple[tuple[str, str], ...]
    """Words, and the response to them."""
    out_of_scope: tuple[str, ...]
    maybe: tuple[str, ...]
    moment: tuple[str, ...]
    other_language: tuple[str, str]
    mixed: tuple[str, ...]
    spelled: tuple[str, ...]
    """"My broadband is down" in other characters or another spelling."""
    typos: tuple[str, ...]
    """The same, mistyped."""
    burst: tuple[str, str, str]


ZH = Says(
    language="zh",
    fault="手机没信号了",
    problem="在家里一格信号都没有",
    since="昨天下午开始的",
    yes="对，提交吧",
    other_number=("不对，另一个号码", "等等，电话不是这个", "换一个号码吧"),
    changed=(f"不对，电话是{OTHER_PHONE}", f"别打这个电话，打我另外一个手机{OTHER_PHONE}", f"对的，不过电话换成{OTHER_PHONE}"),
    landline=("等一下，其实是座机", "不是手机，是固话", "我说的是座机"),
    later=("不对，是上周五开始的", "时间不对，是上周五"),
    later_time="上周五",
    whole=f"我家宽带断了，联系电话{PHONE}",
    number_first=f"先记一下电话吧，我的手机号是{PHONE}",
    question="对了，漫游怎么收费？",
    page="roaming",
    cancel=("算了，不报修了", "不弄了"),
    restart=("重新开始吧", "搞错了，从头来"),
    near=("投诉账单", "投诉和电话", "换套餐和工单", "装宽带和账单", "回电和套餐", "挂失和进度", "账单电话", "扣费进度"),
    first_choice="第一个",
    nonsense=("喵喵呜呜嘎嘎", "咕噜咕噜哇啦"),
    person=("转人工", "我要找真人客服"),
    talk=(
        ("谢谢", "utter_thanks"), ("你们真是垃圾", "utter_insult"), ("你好啊", "utter_greet_back"), ("你是机器人吗", "utter_bot_challenge"),
        ("哈哈", "utter_smalltalk"),
    ),
    out_of_scope=("帮我订一张去上海的机票", "教我做红烧肉"),
    maybe=("没问题吧？", "应该对吧", "对不对我也不知道"),
    moment=("等一下，我找找", "稍等"),
    other_language=("no signal anywhere in the house, not a single bar", "en"),
    mixed=("我的 broadband 断了", "WiFi连不上，broadband坏了"),
    spelled=("我家寬帶斷了，上不了網", "寬帶壞了，網路連不上"),
    typos=("我家宽代断了，上不了网", "宽带断乐"),
    burst=("你好", "我家宽带断了", "从昨天晚上开始的"),
)  # fmt: skip
EN = Says(
    language="en",
    fault="no signal on my mobile",
    problem="not a single bar anywhere in the house",
    since="since yesterday afternoon",
    yes="yes, send it",
    other_number=("no, the other number", "hang on, that number isn't right", "can you change the phone number?"),
    changed=(
        f"no, the number is {OTHER_PHONE}", f"don't call that one, call my other mobile {OTHER_PHONE}",
        f"yes but change the number to {OTHER_PHONE}",
    ),
    landline=("wait, it's actually the landline", "not the mobile, the landline", "I said landline"),
    later=("no, it was last Friday", "the time is wrong, it was last Friday"),
    later_time="last Friday",
    whole=f"my broadband is down, my phone number is {PHONE}",
    number_first=f"first of all, you can reach me on {PHONE}",
    question="by the way, how much is data roaming in Japan?",
    page="roaming",
    cancel=("never mind, cancel that", "no longer needed"),
    restart=("let's start over", "I got it wrong, start over"),
    near=(
        "engineer", "nobody came repair", "report engineer", "complaint fault", "cost repair", "report last", "ticket bill", "progress broadband",
        "visit repair", "fault complaint",
    ),
    first_choice="the first one",
    nonsense=("blorp zzyx quan", "fnord glabble wibb"),
    person=("I want to talk to a person", "get me a human"),
    talk=(
        ("thank you", "utter_thanks"), ("you are a stupid machine", "utter_insult"), ("hello there", "utter_greet_back"),
        ("are you a robot?", "utter_bot_challenge"), ("lol", "utter_smalltalk"),
    ),
    out_of_scope=("book me a flight to Paris", "how do I cook rice"),
    maybe=("is that right?", "I'm not sure it's right", "maybe"),
    moment=("hold on, let me check", "give me a sec"),
    other_language=("家里到处都没有信号，一格都没有", "zh"),
    mixed=("my 宽带 is down again, no internet at home", "宽带 not working at my place"),
    spelled=("my fibre is down", "my fiber is down"),
    typos=("my brodband is down, no internett", "broadbnad down again"),
    burst=("hello", "my broadband is down", "since last night"),
)  # fmt: skip
BOTH = pytest.mark.parametrize("says", [ZH, EN], ids=("zh", "en"))


async def at_the_phone(world: World, says: Says) -> Customer:
    """Somebody who has told everything but the number."""
    customer = await world.customer(says.language)
    reply = await customer.follows(says.fault, says.problem, says.since)
    assert reply.asks == "contact_phone", reply.text
    return customer


async def at_the_check(world: World, says: Says) -> Customer:
    """Somebody who has told everything, and is asked whether it is right."""
    customer = await at_the_phone(world, says)
    check = await customer.says(PHONE)
    assert check.payloads == ["/affirm", "/deny"], check.text
    return customer


async def slots(world: World, customer: Customer) -> dict[str, object]:
    """What the log holds of the customer's answers."""
    return (await world.fold(customer.conversation)).slots


async def flows(world: World, customer: Customer) -> list[str]:
    """The flows under way, the one on top last."""
    return [frame.flow for frame in (await world.fold(customer.conversation)).stack]


async def answered_once(world: World, customer: Customer) -> None:
    """Every message of the customer is named by the words of exactly one turn."""
    log = await world.log(customer.conversation)
    heard = [recorded.seq for recorded in log if isinstance(recorded.event, e.CustomerSaid)]
    turns = {
        recorded.event.in_reply_to
        for recorded in log
        if isinstance(recorded.event, e.BotSaid) and recorded.event.in_reply_to
    }
    named = sorted(seq for turn in turns for seq in turn)
    assert named == heard, f"answered: {named}, heard: {heard}"
