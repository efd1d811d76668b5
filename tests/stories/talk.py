"""What people write, in both languages; natural in each, not translated."""

from dataclasses import dataclass

from tests.stories.people import Customer, Reply

PHONE = "13900001234"
OTHER_PHONE = "13900005678"


@dataclass(frozen=True)
class Talk:
    """One language's sentences."""

    language: str
    hello: str
    question: str
    page: str
    unknown: str
    person: str
    fault: tuple[str, ...]
    """A mobile fault up to the phone number, which comes last."""
    yes: str
    status: str
    more: str
    nonsense: tuple[str, ...]
    how_long: str
    never_mind: str
    agent_hello: str
    customer_more: str
    agent_bye: str
    thanks: str


ZH = Talk(
    language="zh",
    hello="你好",
    question="我想开电子发票，在哪里下载",
    page="invoice",
    unknown="手机壳你们卖不卖，多少钱",
    person="我不想跟机器人说了，给我找个真人",
    fault=("手机没信号了", "在家里一格信号都没有", "昨天下午开始的", PHONE),
    yes="对，提交吧",
    status="帮我查一下刚才那个工单到哪一步了",
    more="对了，我住在七楼，电梯口信号也不行",
    nonsense=("喵喵呜呜嘎嘎", "咕噜咕噜哇啦"),
    how_long="还要等多久啊",
    never_mind="算了，不等了",
    agent_hello="您好，我是安娜，您的情况我都看到了。",
    customer_more="太好了，我不想再重复一遍",
    agent_bye="问题已经处理好了，感谢您的耐心，再见。",
    thanks="好的，谢谢您",
)
EN = Talk(
    language="en",
    hello="Hi there",
    question="how do I get an e-invoice",
    page="invoice",
    unknown="What is the price of a phone case?",
    person="I'd rather talk to a real person please",
    fault=("no signal on my mobile", "not a single bar anywhere in the house", "since yesterday afternoon", PHONE),
    yes="yes, send it",
    status="how is my ticket doing?",
    more="by the way, I live on the seventh floor",
    nonsense=("blorp zzyx quan", "fnord glabble wibb"),
    how_long="how much longer will it take?",
    never_mind="never mind, cancel that",
    agent_hello="Good morning, this is Anna. I have read what happened.",
    customer_more="Great, so I need not say it all again",
    agent_bye="It is fixed now. Thank you for your patience and goodbye.",
    thanks="That's kind, thanks a lot",
)
BOTH = (ZH, EN)


def name_of(talk: Talk) -> str:
    """The id of a parametrised story."""
    return talk.language


async def report_fault(customer: Customer, talk: Talk, phone: str = PHONE) -> str:
    """A whole fault report; returns the ticket's number."""
    await customer.follows(*talk.fault[:-1], phone)
    reply = await customer.says(talk.yes)
    number: str = reply.of("ticket_opened")["ticket"]
    return number


async def ask_for_person(customer: Customer, talk: Talk) -> Reply:
    """Asks for a person and is put into the line."""
    reply = await customer.says(talk.person)
    assert "handoff_asked" in reply.kinds, reply.text
    return reply
