"""How the machine reads one message before any flow sees it: payloads, commands, questions, language. Pure."""

import re
from typing import Any, Final

import msgspec

from bot.flows.slots import Slot, accept
from bot.pack import BotPack
from bot.understanding.entities import RECOGNISED
from core.conversation import Said
from core.events import Ranked, Understood
from core.language import HAN, normalise, recognise, words
from core.ports import Entity, Understanding

MAX_READ: Final = 2000
"""Characters of a message that are understood; the rest is kept but not read."""

ASK_PERSON, CANCEL, RESTART, REPEAT = "ask_person", "cancel", "restart", "repeat"
COMMANDS: Final = frozenset({ASK_PERSON, CANCEL, RESTART, REPEAT})
ANSWERS: Final = frozenset({"affirm", "deny"})
SET_SLOTS: Final = "set_slots"

TALK: Final[dict[str, str]] = {
    "greet": "utter_greet",
    "goodbye": "utter_goodbye",
    "thanks": "utter_thanks",
    "help": "utter_help",
    "bot_challenge": "utter_bot_challenge",
    "smalltalk": "utter_smalltalk",
    "insult": "utter_insult",
}
"""Responses to talk that is no request, where the pack names no other."""

_NOTHING: Final = Understanding(None, 0.0, "", engine="rules")


class Heard(msgspec.Struct, frozen=True):
    """One message as it was read. `sets` are the slots that a payload fills; `seqs` more than one for joined ones;
    `files`: how many came with it."""

    seqs: tuple[int, ...]
    text: str
    intent: str | None
    confidence: float
    entities: tuple[Entity, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    payload: bool = False
    ranking: tuple[Ranked, ...] = ()
    files: int = 0

    @property
    def empty(self) -> bool:
        """Nothing but white space."""
        return not self.payload and not self.text.strip()

    @property
    def size(self) -> int:
        """Length in words; a Han character counts as one."""
        return len(words(self.text[:400]))


_PAYLOAD: Final = re.compile(r"/([A-Za-z_][A-Za-z0-9_]{0,63})(?:\((.{0,1000})\))?", re.DOTALL)
_ASSIGN: Final = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]{0,63})\s*=\s*(.*?)\s*", re.DOTALL)
_NEXT: Final = re.compile(r",(?=\s*[A-Za-z_][A-Za-z0-9_]*\s*=)")


def payload(said: Said, pack: BotPack, language: str) -> Heard | None:
    """The message as a command of a button; None when it is words, or a payload that the pack does not know."""
    sent = said.payload or (said.text if said.text.startswith("/") else "")
    match = _PAYLOAD.fullmatch(sent.strip()) if sent else None
    if match is None:
        return None
    name, inside = match[1], match[2]
    title = pack.titles.get(sent.strip(), {})
    typed = said.text if said.text and said.text != sent else ""
    text = typed or title.get(language) or title.get("") or ""
    if name == "SetSlots" and inside:
        sets = assignments(inside, pack.slots)
        return Heard((said.seq,), text, SET_SLOTS, 1.0, (), sets, True) if sets else None
    known = (
        name in pack.triggers or name in pack.intents or name in TALK or name in COMMANDS or name in ANSWERS
    )
    return Heard((said.seq,), text, name, 1.0, (), (), True) if known and not inside else None


def assignments(inside: str, slots: dict[str, Slot]) -> tuple[tuple[str, str], ...]:
    """`a=1, b=2` as pairs; empty when one of them names no slot or a value that the slot cannot have."""
    pairs = []
    for part in _NEXT.split(inside):
        match = _ASSIGN.fullmatch(part)
        slot = slots.get(match[1]) if match else None
        if match is None or slot is None:
            return ()
        value = match[2].strip("\"'")
        if accept(slot, value) is None:
            return ()
        pairs.append((slot.name, value))
    return tuple(pairs)


def heard(said: Said, text: str, understanding: Understanding) -> Heard:
    """A message in words."""
    return Heard(
        (said.seq,),
        text,
        understanding.intent,
        understanding.confidence,
        without_kinds_of_number(understanding.entities, text, always=False),
        ranking=understanding.ranking,
        files=said.files,
    )


_NUMBER_OF: Final = re.compile(r"\s*(?:号码?|电话|number|phone|no\.?)?\s*(?:is|was|are|是|为|at|on)?[\s:：,，]*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"号|number|no\b", re.IGNORECASE)


def without_kinds_of_number(entities: tuple[Entity, ...], text: str, always: bool = True) -> tuple[Entity, ...]:
    """The entities without words that only say what kind of number follows: 座机 in "打座机 010-6234…", "mobile" in "my
    mobile number is …". Not `always`: only where "number" follows, or the message has another word of that kind."""
    starts = [entity.start for entity in entities if entity.name == "phone"]
    if not starts:
        return entities
    kept = []
    for entity in entities:
        between = next((text[entity.end : start] for start in starts if start >= entity.end), None)
        beside = entity.name not in RECOGNISED and between is not None and _NUMBER_OF.fullmatch(between)
        if beside and not always:
            alone = all(other.name != entity.name or other.value == entity.value for other in entities)
            beside = None if alone and not _NUMBER.search(between or "") else beside
        if not beside:
            kept.append(entity)
    return tuple(kept)


def nothing(language: str) -> Understanding:
    """The reading of a message without words."""
    return msgspec.structs.replace(_NOTHING, language=language)


def by_payload(intent: str | None, language: str) -> Understanding:
    """The reading of a payload: certain."""
    return Understanding(intent, 1.0, language, engine="payload")


def understood(seq: int, reading: Understanding) -> Understood:
    """The event that says how message `seq` was read."""
    entities: tuple[dict[str, Any], ...] = ()
    if reading.entities:
        entities = tuple(
            [
                {"name": e.name, "value": e.value, "text": e.text, "start": e.start, "end": e.end}
                for e in reading.entities
            ]
        )
    return Understood(
        message=seq,
        intent=reading.intent,
        confidence=reading.confidence,
        language=reading.language,
        engine=reading.engine,
        model=reading.model,
        ranking=reading.ranking,
        entities=entities,
    )


# Language ---------------------------------------------------------------------------------------------------

_HAN_CHARACTER: Final = re.compile(f"[{HAN}]")
_LATIN_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_NAMING: Final = frozenset({"name", "address", "email", "ticket"})


def language_of(
    text: str, current: str, languages: tuple[str, ...], intent: str | None, slot: Slot | None
) -> str:
    """The language to go on in: another than `current` only where the message clearly is in it.

    One foreign word, a name or an address is no change of language.
    """
    spoken = recognise(text[:MAX_READ], current)
    if spoken == current or spoken not in languages:
        return current
    if slot is not None and slot.type in _NAMING:
        return current
    if spoken == "zh":
        return spoken if len(_HAN_CHARACTER.findall(text[:MAX_READ])) >= 2 else current
    count = len(_LATIN_WORD.findall(text[:MAX_READ]))
    return spoken if count >= 2 or (count and intent is not None) else current


# What kind of sentence ---------------------------------------------------------------------------------------

_QUESTION: Final = re.compile(
    r"[?？]\s*$|(?:吗|呢|么|多少|什么意思|多久)[。！!…~\s]*$|^请问"
    r"|怎么|如何|为什么|什么时候|多少钱|哪里|哪些|在哪|能不能|可不可以|是不是|有没有|要不要|多长时间|多久(?!了)|几点|几号|几天能|哪天"
    r"|^(?:what|how|why|when|where|who|which|can|could|do|does|did|is|are|am|will|would|should|may)\b(?!['’]t)",
    re.IGNORECASE,
)
_REQUEST: Final = re.compile(
    r"^(?:(?:对了|顺便|另外|还有|再)[,，\s]*)?(?:请|麻烦|帮|我(?:现在|还|也)?(?:要|想|需要)|给我|查|投诉|报修|办|转|算了|先)"
    r"|^(?:(?:also|by the way|btw|and|oh)[,\s]+)*(?:please|i(?:'d| would)? (?:want|like|need)|i want|i need|can you|could you|help|check|make|report|file|let me)\b",
    re.IGNORECASE,
)
_HOW_LONG: Final = re.compile(
    r"(?:还要|要|得|需要)等|等(?:了)?(?:多久|很久|半天|好久|多长)|多久(?:能|才|会|可以)?(?:到|接|有人|轮到|来)|排(?:队|到|第)|轮到我|前面.{0,4}几"
    r"|有人(?:吗|在吗|么)|人呢|怎么还没(?:人|来|接)|在不在|多久$"
    r"|how (?:much )?long(?:er)?|(?:still )?waiting|any(?:one|body) (?:there|here)|position in|in the queue|hello\?$"
    r"|when will (?:some|any|a person|an agent)|how many (?:people )?(?:ahead|before)",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether the words are shaped as a question."""
    return bool(_QUESTION.search(text.strip()[-200:])) or bool(_QUESTION.search(text.strip()[:40]))


def is_request(text: str) -> bool:
    """Whether the words ask for something to be done, rather than tell a story."""
    return bool(_REQUEST.search(normalise(text[:60])))


def asks_how_long(text: str) -> bool:
    """Whether somebody who waits asks how long it takes, or whether anyone is there."""
    return len(text) <= 60 and bool(_HOW_LONG.search(normalise(text)))
