"""What customers put right: a value given before, an answer to a later question, a request that could be two. Pure."""

import re
from typing import Final

from bot.flows.choices import Option
from bot.flows.model import ACTION, COLLECT, TICKET, VERIFIED, Flow, Step
from bot.flows.slots import Slot
from bot.pack import BotPack
from bot.reading import Heard
from bot.words import ASK_WHICH
from core.conversation import Conversation
from core.language import normalise, to_simplified
from core.ports import Entity

CORRECTED: Final = "utter_corrected"


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


_CARRYING: Final = re.compile(
    r"[\s,，.。:：;；!！、]|我(?:的|家|住)?|电话|手机|号码|号|是|打|给|联系|找|用|先|说|记|写|留|一?下|就|的|吧|了|从|自|起|开始|在|大概|大约|左右|地址|住址|住|出现"
    r"|\b(?:my|the|our|a|an|i|you|me|it|is|was|at|on|in|to|from|since|about|around|number|phone|mobile|call|ring|text|reach|contact|can|first|of|all|so"
    r"|it's|i'm|that's|address|live|started|starting|began|begun|happened|please|here|yes|no|ok|well)\b",
    re.IGNORECASE,
)
"""Words that only carry a number, a time or a place."""


def belongs_later(heard: Heard, open_slot: Slot, flow: Flow, pack: BotPack, slots: dict[str, object]) -> bool:
    """Whether words that any free text could be are nothing but the answer to another question of the flow."""
    wanted = {
        slot.entity
        for name in flow.collects
        if (slot := pack.slots.get(name)) and slot.entity and name != open_slot.name and slots.get(name) is None
    }
    if open_slot.entity in wanted or (not open_slot.entity and open_slot.type in wanted):
        return False
    return any(entity.name in wanted and _alone(entity, heard) for entity in heard.entities)


def _alone(entity: Entity, heard: Heard) -> bool:
    """Whether a message says one thing only: the others lie inside it or before it ("Ashford, my number is …")."""
    text = heard.text
    around = f"{text[: entity.start]} {text[entity.end :]}"
    return not re.search(r"\w", _CARRYING.sub("", around.replace("’", "'")))


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
