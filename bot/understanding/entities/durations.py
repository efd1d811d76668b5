"""Lengths of time, in minutes. Pure; each pattern is linear in the text."""

import re
from typing import Final

from bot.understanding.entities.numerals import ENGLISH, HAN_NUMERALS, english_number, han_number
from bot.understanding.entities.span import entity
from bot.understanding.model import Entity

DAY: Final = 1440
_HAN_UNITS: Final = {
    "秒": 1 / 60, "秒钟": 1 / 60, "分钟": 1, "分": 1, "刻钟": 15, "小时": 60, "钟头": 60, "钟": 60, "天": DAY, "日": DAY,
    "昼夜": DAY, "工作日": DAY, "周": 7 * DAY, "星期": 7 * DAY, "礼拜": 7 * DAY, "月": 30 * DAY, "年": 365 * DAY,
    "季度": 90 * DAY,
}  # fmt: skip
_HAN_NUMBER: Final = rf"[0-9]{{1,5}}(?:\.[0-9]{{1,2}})?|[{HAN_NUMERALS}]{{1,8}}"
HAN_DURATION: Final = (
    rf"(?:(?:{_HAN_NUMBER}|半)(?:个半|个|整|多)?(?: ?)(?:秒钟?|分钟|刻钟|小时|钟头|天|昼夜|工作日|周(?![一二三四五六日天末])|星期(?![一二三四五六日天])"
    rf"|礼拜(?![一二三四五六日天])|(?<=个)月|(?<=个半)月|季度|年)半?)"
)
_HAN: Final = re.compile(
    rf"(?:(?<![0-9][.,])|(?![0-9]))(?<![0-9a-z{HAN_NUMERALS}第每])"
    rf"(?P<number>{_HAN_NUMBER}|半)(?P<half>个半)?(?:个|整|多)? ?"
    rf"(?P<unit>秒钟?|分钟|刻钟|小时|钟头|天|昼夜|工作日|周(?![一二三四五六日天末])|星期(?![一二三四五六日天])"
    rf"|礼拜(?![一二三四五六日天])|(?<=个)月|(?<=个半)月|季度|年|日(?=内|之内|以内))(?P<after>半(?!夜))?"
    rf"(?:零? ?(?P<more>[0-9]{{1,2}}|[{HAN_NUMERALS}]{{1,3}}) ?(?P<smaller>分钟|秒钟?|分|小时|天|个月))?"
)
_RATE_AFTER: Final = re.compile(
    r" ?(?:[0-9¥￥]|多少|几|要?交|收费|的?月租|[一两]次|才?[0-9一二两三四五六七八九十百]+[元块])"
)
_SERVICE_AFTER: Final = re.compile(r"(?:客服|热线|营业|在线|人工|自助|不打烊|都有人)")
_RATE_BEFORE: Final = re.compile(r"(?:[元块毛角分gGmM次]钱?|每|/)$")

_EN_UNITS: Final = {
    "s": 1 / 60,
    "m": 1,
    "h": 60,
    "d": DAY,
    "w": 7 * DAY,
    "f": 14 * DAY,
    "mo": 30 * DAY,
    "y": 365 * DAY,
    "n": DAY,
}
_EN_UNIT: Final = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|hr|working days?|business days?|days?|nights?|weeks?|wks?|fortnights?|months?|years?|yrs?)"
_EN_NUMBER: Final = rf"(?:[0-9]{{1,5}}(?:\.[0-9]{{1,2}})?|{ENGLISH})"
_EN_HALF: Final = r"(?: and a (?P<fraction>half|quarter))"
ENGLISH_DURATION: Final = (
    rf"(?:(?:half an?|a half|(?:a |three )?quarters? of an|an?) (?:hour|day|year)s?\b"
    rf"|{_EN_NUMBER}(?: and a half)?[ -]?(?:whole |full |solid )?{_EN_UNIT}\b)(?: and a (?:half|quarter)\b)?"
    rf"(?:(?: and)? (?:[0-9]{{1,2}}|(?!an? ){ENGLISH}) (?:min(?:ute)?s?|sec(?:ond)?s?)\b)?"
)
_EN: Final = re.compile(
    rf"(?<![0-9][.,])(?<![0-9a-z/$¥-])(?:(?P<part>half an?|a half|(?:a |three )?quarters? of an) (?P<parted>hour|day|year)s?"
    rf"|(?P<number>{_EN_NUMBER})(?P<numberhalf> and a half)?[ -]?(?:whole |full |solid )?(?P<unit>{_EN_UNIT}|h))\b(?!')"
    rf"{_EN_HALF}?"
    rf"(?:(?: and)? (?P<more>[0-9]{{1,2}}|(?!an? ){ENGLISH}) (?P<smaller>min(?:ute)?s?|sec(?:ond)?s?|hours?|days?)\b)?"
)
_EN_CANDIDATE: Final = re.compile(r"hour|hr|min|sec|day|night|week|wk|month|year|yr|[0-9] ?h\b")
HAN_CANDIDATE: Final = re.compile("[秒分刻时头天夜日周期拜月年度]")
_EN_BEFORE: Final = re.compile(
    r"\b(?:for|in|within|after|about|around|over|almost|nearly|than|takes?|took|only|waiting|waited|wait|lost|last|"
    r"lasts|lasted|been|me|another|just|to|says?|said|promised|under|roughly|by|least|most|whole|of|or|and|up)\s+$"
)
_EN_RATE_BEFORE: Final = re.compile(
    r"(?:\b(?:per|every|each|times|once|twice|yuan|rmb|kuai|dollars?|gb|g|mb|much|much is it|fee|minutes|texts|days|hours|pay|paying|price)|[0-9]|[/x]|%)\s*$"
)
_EN_RATE_AFTER: Final = re.compile(
    r"\s+(?:a|per|each|every)\s+(?:day|week|month|year)\b|[ -]olds?\b|\s+of age\b|\s+(?:hotline|helpline|service)\b"
)


def durations(plain: str, low: str) -> list[Entity]:
    """Lengths of time; `value` is a number of minutes (a month of 30 days, a year of 365)."""
    found = []
    if not low.isascii() and HAN_CANDIDATE.search(low):
        found += [_chinese(match, plain) for match in _HAN.finditer(low)]
    if _EN_CANDIDATE.search(low):
        found += [_english(match, plain) for match in _EN.finditer(low)]
    return [item for item in found if item is not None]


def han_minutes(text: str) -> float | None:
    """The minutes of a whole Chinese expression ("两个半小时"), or None."""
    match = _HAN.fullmatch(text)
    return _han_value(match) if match else None


def english_minutes(text: str) -> float | None:
    """The minutes of a whole English expression in lower case, or None."""
    match = _EN.fullmatch(text)
    return _english_value(match) if match else None


def _chinese(match: re.Match[str], plain: str) -> Entity | None:
    minutes = _han_value(match)
    start, end = match.span()
    if minutes is None or _SERVICE_AFTER.match(plain, end):
        return None
    if (
        match["number"] in ("一", "1")
        and not match["after"]
        and not match["half"]
        and (_RATE_AFTER.match(plain, end) or _RATE_BEFORE.search(plain[max(0, start - 3) : start]))
    ):
        return None
    return entity("duration", _number(minutes), plain, start, end)


def _han_value(match: re.Match[str]) -> float | None:
    unit = _HAN_UNITS[match["unit"]]
    number = 0.5 if match["number"] == "半" else han_number(match["number"])
    if number is None or (match["unit"] == "年" and number > 99):
        return None
    if match["half"] or match["after"]:
        number += 0.5
    if match["number"] == "半" and match["unit"] == "年":
        return 182.5 * DAY
    minutes = number * unit
    # "一年半" is a year and six months.
    if match["more"]:
        more = han_number(match["more"])
        if more is None:
            return None
        minutes += more * _HAN_UNITS[match["smaller"].removeprefix("个")]
    return minutes


def _english(match: re.Match[str], plain: str) -> Entity | None:
    minutes = _english_value(match)
    start, end = match.span()
    if minutes is None or _EN_RATE_AFTER.match(
        plain.lower() if len(plain.lower()) == len(plain) else plain, end
    ):
        return None
    before = plain[max(0, start - 24) : start].lower()
    if match["number"] in ("a", "an", "one", "1"):
        if _EN_RATE_BEFORE.search(before):
            return None
        vague = match["number"] == "a" and not re.search("whole|full|solid", match[0])
        if vague and not match["fraction"] and not _EN_BEFORE.search(before):
            return None
    elif re.search(r"\b(?:every|each)\s+$", before):
        return None
    return entity("duration", _number(minutes), plain, start, end)


def _english_value(match: re.Match[str]) -> float | None:
    if match["part"]:
        part = match["part"]
        share = 0.75 if part.startswith("three") else 0.25 if "quarter" in part else 0.5
        return share * _unit(match["parted"])
    number = english_number(match["number"])
    if number is None:
        return None
    unit = _unit(match["unit"])
    number += 0.5 if match["numberhalf"] or match["fraction"] == "half" else 0.25 if match["fraction"] else 0
    minutes = number * unit
    if number == 12 and unit == 30 * DAY:
        return 365.0 * DAY
    if match["more"]:
        more = english_number(match["more"])
        minutes += (more or 0) * _unit(match["smaller"])
    return minutes


def _unit(word: str) -> float:
    word = word.removeprefix("working ").removeprefix("business ")
    return _EN_UNITS["mo" if word.startswith("mo") else word[0]]


def _number(minutes: float) -> float | int:
    rounded = round(minutes, 4)
    return int(rounded) if rounded == int(rounded) else rounded
