"""What customers put right: a value given before, an answer to a later question, a request that could be two. Pure."""

import re
from typing import Final

from bot.flows.model import ACTION, COLLECT, TICKET, VERIFIED, Flow, Step
from bot.flows.slots import Option, Slot
from bot.pack import BotPack
from bot.reading import Heard
from bot.words import ASK_WHICH
from core.conversation import Conversation
from core.language import normalise, to_simplified

CORRECTED: Final = "utter_corrected"

_BEFORE: Final = r"^(?:(?:哦|噢|啊|呃|额|哎|等等|等一下|等下|抱歉|对不起|不好意思|oh|sorry|wait|oops|ah|um|hm+|hold on)[\s,，.。、…!！]*)*"
_WRONG: Final = re.compile(
    _BEFORE + r"(?:"
    r"(?:不对|不是|错了|有误)(?=[\s,，.。、!！]|$|[是应]|的是)|(?:我|刚才|刚刚|前面|之前)*(?:说|写|填|打|选|搞|弄)错了?|更正|应该是|改成|改为|换成|要改"
    r"|不是[^,，。]{1,20}[\s,，。]+(?:而)?(?:应该)?是|(?:it's |it is )?not (?:the |a )?[^,.]{1,25}[,.]? (?:but|it's|it is)\b"
    r"|(?:no|nope)(?=[\s,.]|$)|actually\b|i (?:actually )?mean[t]?\b|correction\b|not that\b|that(?:'s| is| was) (?:wrong|not right)"
    r"|(?:please )?(?:change|make) (?:it|that|the)\b|it should (?:be|have been)\b|scratch that\b|my mistake\b|i (?:was|got it) wrong"
    r"|i (?:gave|typed|said|made|entered|picked|chose)\b.{0,30}\b(?:wrong|mistake)"
    r")"
)
_WRONG_AFTER: Final = re.compile(
    r"(?:不对|错了|有误|要改|改一下|写错|填错|说错)[\s了的吧。.!！]*$|\b(?:is|was|are) (?:wrong|not right|incorrect)\W*$"
)
_HINT: Final = re.compile(
    r"[不错錯误誤改换換正应應]|\b(?:no|nope|not|actually|mean|meant|wrong|incorrect|mistake|correction|change|make|should|scratch)\b",
    re.IGNORECASE,
)
"""One of these is in every correction; most messages have none."""

_REST: Final = re.compile(
    r"^(?:[\s,，.。、;；:：!！]|一下|的?是|应该|改成|改为|换成|it(?:'s| is)|that(?:'s| is)|i (?:mean[t]?|want)|to\b|it should be|should be"
    r"|the|actually|sorry|抱歉|不好意思|了|说|写)+"
)
_CALLED: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("电话", "号码", "手机号", "number", "phone"),
    "address": ("地址", "住址", "address"),
    "email": ("邮箱", "邮件", "email", "e-mail", "mail"),
    "date_time": ("时间", "日期", "time", "date", "day"),
    "name": ("名字", "姓名", "name"),
    "ticket": ("工单", "单号", "ticket"),
    "amount": ("金额", "amount"),
    "id_card": ("身份证", "证件号", "id number"),
}
_MAX_WORDS: Final = 25


def correction(heard: Heard) -> str | None:
    """What a message that takes something back says instead ("" when it says only that it is wrong); else None."""
    if heard.payload or not _HINT.search(heard.text) or heard.size > _MAX_WORDS:
        return None
    said = to_simplified(normalise(heard.text)).replace("’", "'")
    match = _WRONG.match(said)
    if match is not None:
        return _REST.sub("", said[match.end() :]).strip(" ,，.。!！")
    return "" if _WRONG_AFTER.search(said) else None


def named(slot: Slot, heard: Heard) -> bool:
    """Whether the words name the slot: by its label, or by what its type is called."""
    said = to_simplified(normalise(heard.text))
    labels = [normalise(label) for label in slot.label.values()]
    return any(word and _has(said, word) for word in (*labels, *_CALLED.get(slot.type, ())))


def _has(said: str, word: str) -> bool:
    if not word.isascii():
        return word in said
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", said) is not None


def collecting(flow: Flow, slot: str) -> Step | None:
    """The first step of the flow itself that collects the slot."""
    return next((step for step in flow.steps.values() if step.kind == COLLECT and step.name == slot), None)


def decides(flow: Flow, slot: str) -> bool:
    """Whether the flow's way depends on the slot."""
    return any(slot in expression.names for step in flow.steps.values() for expression in step.expressions)


def leads_back(pack: BotPack, flow: Flow, start: str, here: str) -> bool:
    """Whether one comes from `start` to `here` again without opening a ticket or acting on another system twice."""
    open_, seen = [start], set[str]()
    while open_:
        at = open_.pop()
        if at == here:
            return True
        step = flow.steps.get(at)
        if step is None or at in seen or step.kind in (TICKET, VERIFIED):
            continue
        if step.kind == ACTION and step.name not in pack.reads:
            continue
        seen.add(at)
        open_ += step.successors()
    return False


def bare(heard: Heard, slots: list[Slot]) -> bool:
    """Whether the words are little more than a value for one of the slots."""
    kinds = {slot.entity for slot in slots} - {""}
    said = len(heard.text.strip())
    return any(entity.name in kinds and len(entity.text) * 2 >= said for entity in heard.entities)


_TYPED: Final = frozenset({"phone", "email", "ticket", "id_card", "amount"})


def belongs_later(heard: Heard, open_slot: Slot, flow: Flow, pack: BotPack, slots: dict[str, object]) -> bool:
    """Whether words that any free text could be are nothing but the answer to another question of the flow."""
    said = heard.text.strip()
    for entity in heard.entities:
        if len(entity.text) * 2 < len(said):
            continue
        for name in flow.collects:
            slot = pack.slots.get(name)
            if (
                slot is None
                or name == open_slot.name
                or slot.type not in _TYPED
                or slots.get(name) is not None
            ):
                continue
            if slot.entity == entity.name:
                return True
    return False


# Two requests near each other ---------------------------------------------------------------------------------

_CLOSE: Final = 0.7
_SURE: Final = 0.6
_TOGETHER: Final = 0.6


def near(heard: Heard, pack: BotPack) -> tuple[Flow, Flow] | None:
    """The two flows that a message could start, where neither is plainly meant: the second intent at least 0.7 as
    likely as the first, the first below 0.6, both together at least 0.6."""
    if heard.payload or len(heard.ranking) < 2 or ASK_WHICH not in pack.responses:
        return None
    first, second = heard.ranking[0], heard.ranking[1]
    one, other = (pack.flows.get(pack.triggers.get(r.intent, "")) for r in (first, second))
    if one is None or other is None or one.id == other.id or not (one.serves or other.serves):
        return None
    close = second.confidence >= _CLOSE * first.confidence and first.confidence < _SURE
    return (one, other) if close and first.confidence + second.confidence >= _TOGETHER else None


def which(conversation: Conversation) -> Slot | None:
    """The open question "this or that" as a slot whose values are payloads; None where it is not open."""
    asks = conversation.asks
    if conversation.last_response != ASK_WHICH or asks is None:
        return None
    options = tuple(
        Option(choice.payload, {"": choice.title}, (normalise(to_simplified(choice.title)),))
        for choice in asks.choices
    )
    return Slot(name=asks.slot, type="choice", file="", line=0, options=options)
