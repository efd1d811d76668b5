"""What the gate knows when it rules, and what it rules. Values."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

ALLOWED, PROPOSED, LEFT, REFUSED = "allowed", "proposed", "left", "refused"
"""The machine does it; a person has to click first; a person has to do it; nobody may."""


class Used(msgspec.Struct, frozen=True):
    """What a contact had of an action today: calls, and the money in them. `version` is that of the contact's stream
    with which this was counted."""

    calls: int = 0
    amount: float = 0.0
    version: int = 0


class Allowance(msgspec.Struct, frozen=True):
    """What a call takes of its contact's day: one call with this much money, decided at `version` of the contact's
    stream. A call that was committed there since has to be counted first."""

    amount: float
    version: int


class Standing(msgspec.Struct, frozen=True):
    """On whose behalf and how surely. `confirmed`: the customer said yes to this. `confidence` of the last reading,
    0 to 1, None where a button was pressed. `customer`: verified, named or guest. `values` are the slots."""

    verified: bool = False
    confirmed: bool = False
    channel: str = ""
    customer: str = "guest"
    confidence: float | None = None
    values: Mapping[str, Any] = {}


class Ruling(msgspec.Struct, frozen=True):
    """`rule` names why it was not allowed, `words` (language → text) tell the customer; `rules` were looked at.
    `allowance`: what has to be committed with the call of an action that is limited for each day."""

    verdict: str
    level: int = 0
    rule: str = ""
    words: Mapping[str, str] = {}
    rules: tuple[str, ...] = ()
    allowance: Allowance | None = None


Usage = Callable[[str, str], Awaitable[Used]]
"""(contact, action) → what was used today."""

VERIFICATION: Final = "verification"
ARGUMENT: Final = "argument"
LIMIT_CALLS, LIMIT_DAY, LIMIT_ONCE = "limit:per_day", "limit:amount_per_day", "limit:amount"
BY_PERSON: Final = "level:1"

WORDS: Final[dict[str, dict[str, str]]] = {
    VERIFICATION: {
        "zh": "这项操作需要先核实您的身份，目前还没有核实，所以没有办理。",
        "en": "I need to check who you are before I can do this, so nothing has been changed.",
    },
    ARGUMENT: {
        "zh": "办理所需的信息还不完整，所以没有办理。",
        "en": "Some of the details this needs are missing, so nothing has been changed.",
    },
    LIMIT_CALLS: {
        "zh": "今天这项操作的次数已经用完，明天可以再办理，也可以转人工处理。",
        "en": "This has been done as often as it may be today. It is possible again tomorrow, or a colleague can look at it.",
    },
    LIMIT_DAY: {
        "zh": "今天的累计金额已经到上限，这一笔没有办理，可以转人工处理。",
        "en": "This would go over the amount allowed in one day, so it was not done. A colleague can look at it.",
    },
    LIMIT_ONCE: {
        "zh": "这个金额超过了我可以办理的上限，没有办理，可以转人工处理。",
        "en": "This amount is above what I may handle, so it was not done. A colleague can look at it.",
    },
    BY_PERSON: {
        "zh": "这件事要由同事来办理，我现在帮您转接。",
        "en": "This is done by a colleague. I am putting you through now.",
    },
    "proposed": {
        "zh": "我已经把内容准备好，交给同事确认，确认后会在这里告诉您结果。",
        "en": "I have prepared this and passed it to a colleague to confirm. You will hear the result here.",
    },
    "rejected": {
        "zh": "同事看过了，这一项没有办理。",
        "en": "A colleague has looked at this, and it was not carried out.",
    },
    "unknown": {
        "zh": "我没能确认这项操作是否已经完成。为了不重复办理，现在转给同事核实，核实后告诉您结果。",
        "en": "I could not confirm whether this went through. So that it is not done twice, a colleague will check it now "
        "and tell you.",
    },
    "undone": {
        "zh": "刚才的操作已由同事撤销。",
        "en": "A colleague has reversed what was done earlier.",
    },
    "stopped": {
        "zh": "这个问题我不能给出建议，请由同事为您解答。需要我转接吗？",
        "en": "I cannot give advice on this; a colleague should answer it. Shall I put you through?",
    },
    "person": {"zh": "转人工", "en": "Talk to a person"},
}
"""What is told where the pack has no words of its own."""


def spoken(words: Mapping[str, str], language: str) -> str:
    """The words in a language, else in any that there is."""
    return words.get(language) or next(iter(words.values()), "")
