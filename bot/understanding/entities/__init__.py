"""Finds the things that a message names: numbers that reach people and things, money, time, places, names, and the
pack's own phrases. Pure.

Offsets and texts refer to the message as it was written: every fold used here keeps its length.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from bot.understanding.entities import addresses, contact, durations, moments, money, names
from bot.understanding.entities.calendar import Hours
from bot.understanding.entities.phrases import Phrases, fold_phrase
from bot.understanding.entities.span import Taken, fold, lower, without_overlap
from bot.understanding.features import LONGEST_MESSAGE, MASKS
from bot.understanding.model import Entity

__all__ = [
    "BUILT_IN",
    "RECOGNISED",
    "Hours",
    "Phrases",
    "complete",
    "find",
    "find_built_in",
    "fold_phrase",
    "mask",
]

BUILT_IN: Final = ("email", "ticket", "phone", "amount")
"""What is masked in a message before its intent is told, in order of precedence where two overlap."""
RECOGNISED: Final = (
    "email",
    "id_card",
    "ticket",
    "phone",
    "address",
    "date_time",
    "amount",
    "duration",
    "name",
)
"""All that is found without a pack, in order of precedence where two overlap."""

_FIXED: Final = frozenset({"email", "id_card", "ticket", "phone"})
_FIGURE: Final = re.compile("[0-9０-９]")
_PURE_FIGURE: Final = re.compile(r"[0-9０-９.,．，]+")
_CANDIDATE: Final = re.compile(
    r"[0-9@元块圆毛角十百千万]|分钱|-[A-Za-z0-9]{4}|yuan|rmb|kuai|[一二三四五六七八九零幺]{7}", re.IGNORECASE
)


def find_built_in(text: str) -> list[Entity]:
    """Phone, ticket, e-mail and amount entities of `text`, by position, not overlapping."""
    plain = fold(text)
    if _CANDIDATE.search(plain) is None:
        return []
    return _written(without_overlap(_numbers(plain, contact.id_cards(plain))), text, BUILT_IN)


def find(
    text: str,
    *,
    now: datetime,
    language: str = "",
    phrases: Phrases | None = None,
    hours: Hours | None = None,
) -> list[Entity]:
    """All entities of `text`, by position, not overlapping; beyond `LONGEST_MESSAGE` only the built-in ones.

    `now` is the moment at which the customer writes, in the customer's zone: relative dates count from it.
    `hours` are the opening hours, for "before you close" and the next working day. Both languages are always
    looked for, because people mix them: `language` says nothing more here. Never raises.
    """
    return complete(text, find_built_in(text), now=now, phrases=phrases, hours=hours)


def complete(
    text: str,
    built_in: list[Entity],
    *,
    now: datetime,
    phrases: Phrases | None = None,
    hours: Hours | None = None,
) -> list[Entity]:
    """What `find` gives, where `find_built_in` has been at work already.

    Numbers that reach somebody stand against all else; a phrase that holds a sum ("the 59 yuan plan") takes it in.
    """
    whole, text = text, text[:LONGEST_MESSAGE]
    beyond = [item for item in built_in if item.end > len(text)]
    plain = fold(text)
    low = lower(plain)
    fixed = [item for item in built_in if item.end <= len(text) and item.name in _FIXED]
    if _CANDIDATE.search(plain) is not None:
        fixed = without_overlap([*contact.id_cards(plain), *fixed])
    places = addresses.addresses(plain)
    if places:
        taken = Taken(fixed)
        places = [item for item in places if taken.take(item)]
    worded = phrases.find(text, [*fixed, *places]) if phrases is not None else []
    sums = [item for item in built_in if item.end <= len(text) and item.name not in _FIXED]
    soft = [*places, *moments.moments(plain, low, now, hours), *sums, *durations.durations(plain, low)]
    if soft and worded:
        soft = [item for item in soft if not _inside_phrase(item, worded)]
    kept = without_overlap([*fixed, *soft, *worded])
    kept = without_overlap([*kept, *names.names(plain, kept)])
    return _written(kept + beyond, whole)


def _inside_phrase(item: Entity, worded: list[Entity]) -> bool:
    """Whether a phrase (they come by position) holds the entity and more."""
    place = bisect_right(worded, item.start, key=lambda phrase: phrase.start)
    if not place:
        return False
    phrase = worded[place - 1]
    return item.end <= phrase.end and phrase.end - phrase.start > item.end - item.start


def _numbers(plain: str, ids: list[Entity]) -> list[Entity]:
    return [
        *contact.emails(plain), *ids, *contact.tickets(plain), *contact.phones(plain), *money.amounts(plain),
    ]  # fmt: skip


def mask(text: str, entities: Iterable[Entity]) -> str:
    """`text` with every built-in entity replaced by its one-character mask; `entities` by position.

    A sum in words stays: its words are few, and the classifier knows them. So do figures without a currency: they are told
    for sums by the words around them, which stay.
    """
    parts: list[str] = []
    last = 0
    for entity in entities:
        if entity.name in MASKS and (entity.name != "amount" or _is_written_sum(entity.text)):
            parts += [text[last : entity.start], " ", MASKS[entity.name], " "]
            last = entity.end
    if not parts:
        return text
    parts.append(text[last:])
    return "".join(parts)


def _is_written_sum(text: str) -> bool:
    return _FIGURE.search(text) is not None and _PURE_FIGURE.fullmatch(text) is None


def _written(entities: list[Entity], text: str, only: tuple[str, ...] = ()) -> list[Entity]:
    return [
        Entity(e.name, _as_written(e, text), text[e.start : e.end], e.start, e.end)
        for e in entities
        if not only or e.name in only
    ]


def _as_written(item: Entity, text: str) -> Any:
    """Names and the parts of addresses are kept in the customer's own characters."""
    if item.name == "name":
        return text[item.start : item.end]
    if item.name != "address" or item.text == text[item.start : item.end]:
        return item.value
    parts: dict[str, str] = {}
    for part, said in item.value.items():
        start = item.start + item.text.index(said)
        parts[part] = text[start : start + len(said)]
    return parts
