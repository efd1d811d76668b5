"""Whether a message that meets an open question is an answer, or something that goes before it. Pure."""

import re
from typing import Final

import msgspec

from bot.flows.affirmation import begins_with_yes, plainly, yes_or_no
from bot.flows.slots import Slot, Value
from bot.pack import BotPack
from bot.reading import (
    ANSWERS,
    ASK_PERSON,
    CANCEL,
    COMMANDS,
    RESTART,
    SET_SLOTS,
    TALK,
    Heard,
    is_question,
    is_request,
)
from core.language import normalise

SURE: Final = 0.6
"""Below this a reading is a guess: it may start nothing over what is open, and send nothing off."""
_HALF: Final = 0.5
_FAIRLY: Final = 0.8
_CERTAIN: Final = 0.9

# "This morning" answers "since when" and looks like a greeting: such talk must be said plainly to count.
_EVERYDAY: Final = frozenset({"greet", "goodbye", "smalltalk"})
_PLAIN_TALK: Final = re.compile(
    r"^(?:你好|您好|哈喽|嗨|喂|在吗|在么|早上好|上午好|下午好|晚上好|再见|拜拜?|回见|晚安|先这样|88$|你是谁|有人(?:在)?(?:吗|么)|哈哈|呵呵|嘻嘻)|^(?:hi|hello|hey|good (?:morning|afternoon|evening|day|bye|night)"
    r"|bye|goodbye|see you|take care|have a (?:good|nice)|how are you|who are you|(?:is )?any(?:one|body) there|l(?:ol)+|haha(?:ha)*)\b"
)
# "It started last night" answers as well, and must not throw away what was told.
_PLAIN_RESTART: Final = re.compile(
    r"重新|重来|重头|从头|再来一|重置|重填|清空|返回|主菜单|回到?(?:开头|首页|最?前面)|\b(?:start(?:ing)? (?:all )?(?:over|again|afresh|anew)|restart|begin (?:again|anew)|reset"
    r"|from (?:the )?(?:top|beginning|start|scratch)|clean slate|start from|main menu|clear (?:everything|all)|do (?:it|this) (?:all )?(?:over|again))\b"
)
_PLAIN_CANCEL: Final = re.compile(
    r"取消|算了|拉倒|作罢|退出|停止|[不别](?:要|用|办|报|弄|修|搞|说|必|继续)了|\b(?:canc(?:el|le)|never ?mind|forget (?:it|about)|stop|quit|drop it|abort)\b"
)
_PLAIN_PERSON: Final = re.compile(
    r"人工|客服|真人|活人|人员|专员|坐席|接线|\b(?:person|people|human|agent|representative|rep|operator|some(?:one|body)|staff|advis[eo]r)\b"
)
_HOW: Final = re.compile(r"^(?:怎么|怎样|如何|为什么|how|why)\b|怎么重启|如何重启")
_HEDGED: Final = re.compile(
    r"不知道|不确定|不清楚|不肯定|不一定|但是?|不过|可是|只是|就是.*[不错]|除了|对不对|是不是|"
    r"\b(?:not|but|except|only|unsure|maybe|perhaps|wrong|change|correct the|don't|isn't)\b"
)
_COMMAND_WORDS, _PERSON_WORDS, _TALK_WORDS, _WAIT_WORDS = 12, 25, 6, 10


_WAIT: Final = re.compile(
    r"(?:好的?|嗯|那|请|麻烦)?[,，\s]*(?:你|您)?(?:先|再)?(?:稍|先)?等(?:一?等|一下下?|一会儿?|会儿?|下|我|片刻|着)*(?:[,，。\s]*{looking})?[吧啊哈呢了\s。.~…]*"
    r"|(?:{looking}|我?(?:正|还)?在[找看试想查问翻])[吧啊哈呢了\s。.~…]*"
    r"|(?:ok(?:ay)?|yes|sure|please)?[,\s]*(?:(?:wait|hold on|hang on|bear with me|brb|be right back)(?: {moment})?|{moment})(?:[,.\s]*(?:please|{trying}))?[\s.!…]*"
    r"|{trying}[\s.!…]*".replace(
        "{moment}", r"(?:(?:for|just|give me|a|an|one|1) ?)+(?:sec(?:ond)?|moment|min(?:ute)?|bit|while|tick)s?"
    ).replace(
        "{looking}",
        r"(?:让)?我?(?:先|去|再|正|正在|在|还在)*(?:找|看|试|想|查|问|翻)(?:一?下|一?[找看试想查问翻]|一会儿?|会儿|着|呢|去)+",
    ).replace(
        "{trying}",
        r"(?:(?:let me|i'll|i will|i'm|i am|i need to|just)? ?(?:have a )?(?:look|check|see|think|try|find|trying|looking|checking)"
        r"(?: (?:it|that|this|up|first|now|again|for (?:it|that)|about (?:it|that)))*)",
    )
)


def asks_to_wait(heard: Heard) -> bool:
    """Whether the customer wants a moment, and says no more than that."""
    said = normalise(heard.text[:100]).replace("’", "'")
    return not heard.payload and heard.size <= _WAIT_WORDS and _WAIT.fullmatch(said) is not None


def agrees(heard: Heard, running: str, pack: BotPack) -> bool:
    """Whether a message says yes to a confirmation by asking for it once more: "对，挂失", "yes, block it". Values in it
    are corrections, and doubts are no yes."""
    same = pack.triggers.get(heard.intent or "") == running
    said = normalise(heard.text[:200]).replace("’", "'")
    plain = not is_question(heard.text) and _HEDGED.search(said) is None and not re.search(r"[不别没勿]|\bno\b", said)
    return same and plain and not heard.entities and heard.size <= _WAIT_WORDS and begins_with_yes(heard.text)


def doubted(heard: Heard, pack: BotPack) -> Heard:
    """The message without an intent that it has too weakly to throw an open question over, or to say yes to it."""
    if heard.intent is None or heard.payload or _holds(heard, heard.intent, pack):
        return heard
    return msgspec.structs.replace(heard, intent=None)


def unasked(heard: Heard, pack: BotPack) -> Heard:
    """The message as a request where no question is open: "it still is not repaired" says no to nothing. The flow that it
    most probably asks for takes the place of yes and no, unless they are plain, or sure and about nothing."""
    if heard.intent not in ANSWERS or heard.payload:
        return heard
    plain = plainly(heard.text)
    if plain is not None:
        return msgspec.structs.replace(heard, intent="affirm" if plain else "deny")
    if heard.confidence >= _FAIRLY and not heard.entities and yes_or_no(heard.text) is None:
        return heard
    others = [ranked for ranked in heard.ranking if ranked.intent not in ANSWERS]
    left = sum(ranked.confidence for ranked in others)
    best = others[0] if others and others[0].intent in pack.triggers else None
    if best is None or best.confidence < _HALF * left:
        return msgspec.structs.replace(heard, intent=None, confidence=0.0)
    return msgspec.structs.replace(heard, intent=best.intent, confidence=best.confidence / left)


def _holds(heard: Heard, intent: str, pack: BotPack) -> bool:
    said = normalise(heard.text[:200]).replace("’", "'")
    sure = heard.confidence >= SURE
    if intent == "affirm":
        return sure and not is_question(heard.text) and _HEDGED.search(said) is None
    if intent == RESTART:
        return _PLAIN_RESTART.search(said) is not None and _HOW.search(said) is None
    if intent == CANCEL:
        return sure or _PLAIN_CANCEL.search(said) is not None
    if intent == ASK_PERSON:
        return sure or _PLAIN_PERSON.search(said) is not None
    if intent in _EVERYDAY:
        return _PLAIN_TALK.match(said) is not None or (intent == "smalltalk" and heard.confidence >= _CERTAIN)
    flow = pack.flows.get(pack.triggers.get(intent, ""))
    if flow is None:
        return heard.confidence >= _HALF or intent not in (*COMMANDS, *TALK, *pack.intents)
    return sure or (not flow.serves and (is_question(heard.text) or is_request(heard.text)))


def interrupts(heard: Heard, slot: Slot | None, value: Value | None, pack: BotPack, running: str) -> bool:
    """Whether a message that meets an open question is something else than an answer to it.

    `slot` is None at a confirmation. Where almost any words could be the answer (free text), only short and certain
    commands, talk, or a plain request interrupt; where the answer was read exactly, nothing but "cancel" does.
    """
    intent = heard.intent
    if intent is None or intent in ANSWERS or intent == SET_SLOTS or pack.triggers.get(intent) == running:
        return False
    if heard.payload:
        return True
    if slot is None or slot.type == "yes_no":
        return value is None or intent == CANCEL
    if slot.free:
        return _breaks_text(heard, pack)
    if value is None:
        return True
    if value.exact:
        return False
    return intent in pack.triggers and (is_question(heard.text) or is_request(heard.text))


def _breaks_text(heard: Heard, pack: BotPack) -> bool:
    intent, size = heard.intent or "", heard.size
    plain = intent in _EVERYDAY and _PLAIN_TALK.match(normalise(heard.text[:60])) is not None
    if heard.confidence < SURE and not plain:
        return False
    flow = pack.flows.get(pack.triggers.get(intent, ""))
    if intent in COMMANDS:
        return size <= (_PERSON_WORDS if intent == ASK_PERSON else _COMMAND_WORDS)
    if flow is None:
        if intent in _EVERYDAY and not plain:
            return False
        return size <= _TALK_WORDS and (intent in TALK or intent in pack.intents)
    if flow.serves:
        return size <= _COMMAND_WORDS and is_request(heard.text)
    return is_question(heard.text) or is_request(heard.text)
