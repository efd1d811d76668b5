"""Sums of money, as decimal text in yuan. Pure; each pattern is linear in the text."""

import re
from typing import Final

from bot.understanding.entities.numerals import (
    ENGLISH,
    HAN_NUMERALS,
    decimal_text,
    english_number,
    han_number,
)
from bot.understanding.entities.span import entity, lower
from bot.understanding.model import Entity

CANDIDATE: Final = re.compile(
    r"[元块圆毛角分百千万¥￥$£€]|yuan|rmb|cny|kuai|dollar|buck|usd|mao\b|jiao", re.IGNORECASE
)

_SUM: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,2})?"
_HAN: Final = f"[{HAN_NUMERALS}]{{1,16}}"
_SIGNED: Final = re.compile(
    rf"(?:[¥￥$£€]|(?<![a-z])(?:rmb|cny|usd)) ?(?P<sum>{_SUM})(?![0-9])(?P<large>[万千k](?![a-z]))?(?: ?元)?"
)
_WHOLE: Final = rf"(?P<sum>{_SUM}[万千百]?|{_HAN})"
_CHINESE: Final = re.compile(
    rf"(?:(?<![0-9][.,])|(?![0-9]))(?<![0-9a-z{HAN_NUMERALS}第]){_WHOLE} ?"
    rf"(?:(?P<main>人民币|元|块|圆|¥)"
    rf"(?:(?P<tenths>[0-9{HAN_NUMERALS}])(?:(?P<mao>毛|角)(?:(?P<cents>[0-9{HAN_NUMERALS}])分)?)?(?![0-9{HAN_NUMERALS}.个天次条年月周小块半]))?钱?"
    rf"|(?P<tenth>毛|角)钱?|(?P<cent>分)钱)"
)
_TOGETHER: Final = re.compile(r"儿|[去来办弄装修交送给打用算走]|(?=[A-Za-z])")
_BARE: Final = re.compile(
    rf"(?:[扣收花交充退欠费付赔金款缴罚减送返存补涨要到钱](?:了|我|是|成|到|给|掉|走|差不多|总共|一共){{0,3}})"
    rf"(?P<sum>{_HAN})(?=$|[\s,.?!;，。？！；、]|[吗呢吧啊了呀])"
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
        found += _chinese(low)
    for match in _ENGLISH.finditer(low):
        value = _figure(match["sum"]) if match["sum"] else english_number(match["words"])
        if value is not None:
            value *= (1000 if match["large"] else 1) * (0.1 if match["unit"] in ("mao", "jiao") else 1)
            start = match.start("sum") if match["sum"] else match.start("words")
            found.append(entity("amount", decimal_text(value), plain, start, match.end()))
    return found


def _chinese(low: str) -> list[Entity]:
    found = []
    for match in _CHINESE.finditer(low):
        said = match["sum"]
        if (
            said == "一"
            and match["main"] == "块"
            and not match["tenths"]
            and _TOGETHER.match(low, match.end())
        ):
            continue
        value = han_number(said.replace(",", ""))
        if value is None:
            continue
        if match["main"]:
            for group, part in (("tenths", 0.1), ("cents", 0.01)):
                value += (han_number(match[group]) or 0.0) * part if match[group] else 0.0
        else:
            value *= 0.1 if match["tenth"] else 0.01
        found.append(entity("amount", decimal_text(value), low, match.start(), match.end()))
    for match in _BARE.finditer(low):
        said = match["sum"]
        value = han_number(said) if any(unit in said for unit in "百千万") else None
        if value is not None:
            found.append(entity("amount", decimal_text(value), low, match.start("sum"), match.end("sum")))
    return found


def _figure(said: str) -> float:
    return float(said.replace(",", ""))
