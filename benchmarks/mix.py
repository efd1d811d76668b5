"""What the measured customers say: greetings, thanks and questions from knowledge, in both languages."""

import itertools
import random
from collections.abc import Iterator

GREETINGS = {"zh": ("你好", "您好，在吗", "嗨", "早上好"), "en": ("hello", "good morning", "hi there", "hey")}
THANKS = {
    "zh": ("谢谢", "多谢，清楚了", "谢谢您的帮助"),
    "en": ("thank you", "thanks a lot", "thanks for your help"),
}
QUESTIONS = {
    "zh": (
        "宽带报修后多久能修好？",
        "光猫的灯变红是什么意思？",
        "家里 WiFi 很慢怎么办？",
        "手机没有信号怎么处理？",
        "手机套餐有哪些，多少钱一个月？",
        "光纤宽带的资费是多少？",
        "流量超出套餐怎么收费？",
        "电子账单在哪里查？",
        "可以用哪些方式交费？",
        "欠费多久会停机？",
        "怎么开电子发票？",
        "退款什么时候到账？",
        "出国漫游怎么开通？",
        "携号转网要怎么办理？",
        "SIM 卡丢了怎么办？",
        "搬家了宽带怎么迁移？",
        "营业厅几点开门？",
        "合约没到期可以解约吗？",
    ),
    "en": (
        "how long does a broadband repair take?",
        "what does a red light on the router mean?",
        "how long does an installation take?",
        "how much are international calls to the UK?",
        "what mobile plans do you have and what do they cost?",
        "how much is fibre broadband per month?",
        "what happens when I use more data than my plan includes?",
        "when is the bill issued each month?",
        "how can I pay my bill?",
        "what is the fee for a late payment?",
        "how do I get an invoice?",
        "when will my refund arrive?",
        "how do I turn on roaming before I travel?",
        "how do I bring my number from another operator?",
        "I lost my SIM card, how do I get a new one?",
        "how do I move my broadband to a new home?",
        "when are the shops open?",
        "can I cancel my contract early?",
    ),
}
SHARES = (0.25, 0.15, 0.45, 0.15)
"""Of greetings, thanks, questions as they were asked before, and questions as nobody has written them before."""
MARKS = " .?!~…"
"""What the last are made with: other marks at the end, which no memory of earlier questions knows."""


def messages(seed: int) -> Iterator[str]:
    """An endless mix in one language (even seeds: Chinese), the same for the same seed; never the same twice in a row."""
    chance = random.Random(seed)
    language = ("zh", "en")[seed % 2]
    before = ""
    for _ in itertools.count():
        (kind,) = chance.choices(range(4), SHARES)
        text = chance.choice((GREETINGS, THANKS, QUESTIONS, QUESTIONS)[kind][language])
        if kind == 3:
            text += "".join(chance.choices(MARKS, k=8))
        if text != before:
            before = text
            yield text
