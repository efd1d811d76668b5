"""Sums of money, as decimal text in yuan. Pure; each pattern is linear in the text."""

import re
from typing import Final

from bot.understanding.entities.money_zh import chinese_amounts
from bot.understanding.entities.numerals import ENGLISH, decimal_text, english_number
from bot.understanding.entities.span import entity, lower
from bot.understanding.model import Entity

CANDIDATE: Final = re.compile(
    r"[0-9元块圆毛角分十百千万¥￥$£€]|yuan|rmb|cny|kuai|dollar|buck|usd|mao\b|jiao", re.IGNORECASE
)

_SUM: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,2})?"
_SIGNED: Final = re.compile(
    rf"(?:[¥￥$£€]|(?<![a-z])(?:rmb|cny|usd)) ?(?P<sum>{_SUM})(?![0-9])(?P<large>[万千k](?![a-z]))?(?: ?元)?"
)
_ENGLISH: Final = re.compile(
    rf"(?<![0-9][.,])(?<![0-9a-z])(?:(?P<sum>{_SUM})(?P<large>k)?|(?P<words>{ENGLISH}))[ -]?"
    rf"(?P<unit>yuan|rmb|cny|kuai|dollars?|bucks?|usd|mao|jiao)(?![a-z])"
)


def amounts(plain: str) -> list[Entity]:
    """Sums of money in figures or words; `value` is decimal text without trailing zeros or currency."""
    if CANDIDATE.search(plain) is None:
        return []
    low = lower(plain)
    found = []
    for match in _SIGNED.finditer(low):
        number = _figure(match["sum"]) * {"万": 10_000, "千": 1000, "k": 1000}.get(match["large"] or "", 1)
        found.append(entity("amount", decimal_text(number), plain, match.start(), match.end()))
    if not low.isascii():
        found += chinese_amounts(low)
    for match in _ENGLISH.finditer(low):
        value = _figure(match["sum"]) if match["sum"] else english_number(match["words"])
        if value is not None:
            value *= (1000 if match["large"] else 1) * (0.1 if match["unit"] in ("mao", "jiao") else 1)
            start = match.start("sum") if match["sum"] else match.start("words")
            found.append(entity("amount", decimal_text(value), plain, start, match.end()))
    return found


def _figure(said: str) -> float:
    return float(said.replace(",", ""))
