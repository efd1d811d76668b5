"""The English pieces of dates and times. Pure; the pattern is linear in the text."""

import re
from datetime import date, datetime
from typing import Any, Final

from bot.understanding.entities import calendar as cal
from bot.understanding.entities.durations import DAY as DAY_MINUTES
from bot.understanding.entities.durations import ENGLISH_DURATION, english_minutes
from bot.understanding.entities.moments_zh import counted
from bot.understanding.entities.numerals import english_number
from bot.understanding.entities.pieces import CLOCK, CLOSE, DAY, OPEN, PART, POINT, Piece

CANDIDATE: Final = re.compile(
    r"day|tmrw|tmr|tomorrow|tonight|night|morning|afternoon|evening|noon|week|o'clock|[0-9] ?[ap]\.?m|ago|\bin\b|from now|hence"
    r"|\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|half past|quarter|\bpast\b"
    r"|[0-9](?:st|nd|rd|th)\b|\b(?:at|after|before|by|until|till|open|close|closing|opening)\b"
)
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS: Final = {
    "morning": cal.MORNING, "afternoon": cal.AFTERNOON, "evening": cal.EVENING, "night": cal.EVENING, "noon": cal.NOON,
    "midday": cal.NOON, "lunchtime": cal.NOON, "tonight": cal.EVENING,
}  # fmt: skip
_ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
        " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third"
        " twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth"
        " thirty-first".split(),
        1,
    )
}
_HOUR_WORDS: Final = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HOUR: Final = rf"[0-9]{{1,2}}|{_HOUR_WORDS}"
_MINUTE_WORDS: Final = "five|ten|twenty-five|twenty five|twenty|[0-9]{1,2}"
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY: Final = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wednesday|wed|thu(?:rs?|rsday)?|fri(?:day)?|saturday|sunday|sat|sun)"
)
_SHORT: Final = re.compile(r"\b(?:hour|hr|min|sec)")
_ORDINAL: Final = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_NUMBERED: Final = rf"[0-9]{{1,2}}(?:st|nd|rd|th)|{_ORDINAL}"
_AFTER_CLOCK: Final = (
    r"(?=$|[,.?!;)](?![0-9])|\s*[-–]\s*[0-9]| (?:on|today|tomorrow|tmrw|tonight|this|next|in the|at night|and|or|if|please|but|is|would"
    r"|will|works?|suits|as|when|because|thanks|so|to|till|until|then|only|that|it|i|i'm|we|he|she|they|you|mon|tue|wed|thu|fri|sat|sun|for me|sharp|ish|latest"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|can|could|should|not|instead|the (?:day|[0-9]))\b)"
)
_AFTER_ORDINAL: Final = (
    r"(?=$|[,.?!;)]| (?:of|at|in|or|and|if|is|was|would|please|for|to|but|then|when|we|i|he|they|works?|will|should|morning|afternoon"
    r"|evening|can|could|before|after|from|so|because|thanks|ok|okay|suits|instead|until|till|not|only|with|though|you|it|that|around|by|as)\b)"
)
_PIECE: Final = re.compile(
    rf"\b(?:in (?!the)(?P<ahead>{ENGLISH_DURATION})(?! (?:of|a)\b)"
    rf"|(?P<back>{ENGLISH_DURATION}) (?P<way>ago|from now|from today|hence)\b"
    r"|(?P<after>the )?day (?P<side>after tomorrow|before yesterday)\b"
    r"|(?P<relative>today|tomorrow|tmrw|tmr|tomoz|yesterday)\b(?!')"
    r"|(?P<last>last night)\b|(?P<tonight>tonight)\b"
    r"|this (?P<this>morning|afternoon|evening|lunchtime)\b"
    rf"|(?<!every )(?<!each )(?:(?P<week>next|this|last|coming|past) )?(?P<weekday>{_DAY})\b\.?(?!')(?: (?:of )?(?P<weekafter>next|this|last) week\b)?"
    rf"|(?P<weekbefore>next|this|last) week,?(?: on)? (?P<weekday2>{_DAY})\b"
    rf"|(?:the )?(?P<d1>{_NUMBERED}|[0-9]{{1,2}})(?: of)? (?P<m1>{_MONTH})(?:,? (?P<y1>[12][0-9]{{3}})\b)?"
    rf"|(?P<m2>{_MONTH}) (?:the )?(?P<d2>{_NUMBERED}|[0-9]{{1,2}})(?![0-9:.]|[a-z]|(?: |-)?[a-z]?m\b)(?:,? (?P<y2>[12][0-9]{{3}})\b)?"
    rf"|(?:the )?(?P<d3>{_NUMBERED}) of (?P<month>next|this|last) month\b"
    rf"|(?:(?<=by )|(?<=on )|the )(?P<d4>[0-9]{{1,2}}(?:st|nd|rd|th)){_AFTER_ORDINAL}"
    r"|(?:next|following) (?P<working>working|business) day\b"
    rf"|(?P<h1>[0-9]{{1,2}})(?:[:.](?P<mi1>[0-5][0-9]))? ?(?P<ap>[ap])\.?m\b\.?"
    rf"|(?P<spoken>(?:half|(?:a )?quarter|(?:{_MINUTE_WORDS})(?: minutes?)?) past|(?:(?:a )?quarter|(?:{_MINUTE_WORDS}) minutes?|five|ten|twenty[- ]five|twenty) to) (?P<h2>{_HOUR})\b(?! ?[a-z]?m\b)(?: ?(?P<ap2>[ap])\.?m\b)?"
    rf"|(?P<h3>{_HOUR}) ?o'?clock\b(?: ?(?P<ap3>[ap])\.?m\b)?"
    rf"|(?P<h6>{_HOUR_WORDS}) ?(?P<ap6>[ap])\.?m\b"
    r"|(?P<midday>12 noon|twelve noon)\b|(?P<midnight>midnight)\b"
    rf"|(?:(?<=at )|(?<=after )|(?<=before )|(?<=by )|(?<=until )|(?<=till )|(?<=around )|(?<=about )|(?<=from )|(?<=between ))(?P<h4>{_HOUR})\b(?![:.][0-9]){_AFTER_CLOCK}"
    rf"|(?<![0-9:.])(?P<h5>{_HOUR})(?= (?:in the (?:morning|afternoon|evening)|at night|tomorrow|tonight|this (?:morning|afternoon|evening)|on {_DAY})\b)"
    r"|(?:in the |at )?(?P<part>morning|afternoon|evening|night|noon|midday|lunchtime)\b"
    r"|(?P<open>when you open|(?:you|shops?|it) opens?|opening time)\b"
    r"|(?P<close>when you close|(?:you|shops?|it) closes?|closing time|close of business)\b)"
)


def pieces(low: str, now: datetime, hours: cal.Hours | None) -> list[Piece]:
    """The pieces of a folded text in lower case, by position."""
    if CANDIDATE.search(low) is None:
        return []
    found: list[Piece] = []
    for match in _PIECE.finditer(low):
        found += _pieces(match, low, now, hours)
    return found


def _pieces(match: re.Match[str], low: str, now: datetime, hours: cal.Hours | None) -> list[Piece]:
    start, end = match.span()
    today = now.date()
    if match["part"]:
        return [Piece(PART, start, end, _PARTS[match["part"]])]
    if match["last"]:
        return _both(start, end, cal.shifted(today, -1), cal.EVENING)
    if match["tonight"] or match["this"]:
        return _both(start, end, today, _PARTS[match["this"] or "tonight"])
    if match["ahead"] or match["back"]:
        value = _counted(match, now)
        return [Piece(POINT, start, end, value)] if value else []
    if match["open"] or match["close"]:
        return [Piece(OPEN if match["open"] else CLOSE, start, end, True)] if hours is not None else []
    if match["midday"] or match["midnight"]:
        return [
            Piece(CLOCK, start, end, (12 if match["midday"] else 24, 0, True), weak=bool(match["midnight"]))
        ]
    if any(match[group] for group in ("h1", "h2", "h3", "h4", "h5", "h6")):
        return _clock(match)
    day = _day(match, low, today, hours)
    return [Piece(DAY, start, end, day)] if day else []


def _both(start: int, end: int, day: date | None, part: str) -> list[Piece]:
    cut = end - 1
    return [Piece(DAY, start, cut, day), Piece(PART, cut, end, part)] if day else []


def _day(match: re.Match[str], low: str, today: date, hours: cal.Hours | None) -> date | None:
    if match["side"]:
        return cal.shifted(today, 2 if match["side"].startswith("after") else -2)
    if match["relative"]:
        return cal.shifted(today, {"today": 0, "yesterday": -1}.get(match["relative"], 1))
    said = match["weekday"] or match["weekday2"]
    if said:
        if (
            said in ("sat", "sun", "wed")
            and not match["week"]
            and not re.search(
                r"\b(?:on|by|until|till|before|after|from|for)\s$",
                low[max(0, match.start() - 7) : match.start()],
            )
        ):
            return None
        week = match["week"] or match["weekafter"] or match["weekbefore"] or ""
        return cal.weekday(today, _WEEKDAYS.index(said[:3]), {"next": 1, "last": -1, "past": -1}.get(week))
    if match["working"]:
        return cal.working_day(today, hours)
    if match["month"]:
        return cal.day_of_month(today, {"next": 1, "last": -1}.get(match["month"], 0), _ordinal(match["d3"]))
    if match["d4"]:
        return cal.coming_day(today, _ordinal(match["d4"]))
    group = "1" if match["m1"] else "2"
    month = _MONTHS.index(match["m" + group][:3]) + 1
    day = _ordinal(match["d" + group])
    if match["y" + group]:
        return cal.on_date(int(match["y" + group]), month, day)
    return cal.coming_date(today, month, day)


def _clock(match: re.Match[str]) -> list[Piece]:
    said = next(match[group] for group in ("h1", "h2", "h3", "h4", "h5", "h6") if match[group])
    hour = int(english_number(said) or 0)
    minute = int(match["mi1"] or 0)
    if match["spoken"]:
        words, _, way = match["spoken"].rpartition(" ")
        words = words.removesuffix(" minutes").removesuffix(" minute").removeprefix("a ")
        minute = {"half": 30, "quarter": 15}.get(words) or int(english_number(words) or 0)
        if minute >= 60:
            return []
        if way == "to":
            minute, hour = 60 - minute, hour - 1 or 12
    ap = match["ap"] or match["ap2"] or match["ap3"] or match["ap6"]
    if ap and hour <= 12:
        hour = hour % 12 + (12 if ap == "p" else 0)
    if hour > 24 or (hour == 0 and not ap and said != "0"):
        return []
    return [Piece(CLOCK, match.start(), match.end(), (hour, minute, bool(ap) or hour > 12))]


def _counted(match: re.Match[str], now: datetime) -> dict[str, Any] | None:
    said = match["ahead"] or match["back"]
    minutes = english_minutes(said)
    if minutes is None:
        return None
    sign = -1 if match["way"] == "ago" else 1
    number = (
        english_number(said.split(" month")[0].split(" year")[0])
        if "month" in said or "year" in said
        else None
    )
    if number is not None and number == int(number) and number < 1200:
        on = cal.months_later(now.date(), sign * int(number) * (1 if "month" in said else 12))
        return cal.moment(on) if on else None
    if minutes >= DAY_MINUTES and not _SHORT.search(said):
        on = cal.shifted(now.date(), sign * int(minutes // DAY_MINUTES))
        return cal.moment(on) if on else None
    return counted(now, sign * minutes)


def _ordinal(said: str) -> int:
    return _ORDINALS.get(said) or int(said.rstrip("stndrh"))
