"""English: how numbers, dates, amounts and the like are said. Pure."""

import re
from typing import Final

from voice.tts.numbers import english, english_decimal, english_digits, english_year, ordinal
from voice.tts.patterns import (
    BETWEEN,
    CURRENCIES,
    DATE,
    FRACTION,
    IDENTITY,
    IP,
    LEFT,
    LONG,
    MINUS,
    NAMED_VERSION,
    NUMBER,
    PERCENT,
    PHONES,
    RANGE,
    RATIO,
    RIGHT,
    ROUND,
    SIGNED,
    TICKET,
    TIME,
    VERSION,
    YEAR_MONTH,
    is_date,
    is_time,
    plain,
)  # fmt: skip
from voice.tts.tongue import (
    EDGE,
    Rule,
    Tongue,
    dotted,
    in_groups,
    landline,
    mobile,
    overseas,
    read,
    ticket,
    written,
)  # fmt: skip

TONGUE: Final = Tongue(
    digits=english_digits, comma=", ", stop=".", at="at", dot="dot", point=" dot ", dash="dash", underscore="underscore",
    plus="plus ", star="stars", extension="extension ",
)  # fmt: skip

MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_UNITS: Final = {
    "Gbps": "gigabit|s per second", "Mbps": "megabit|s per second", "Mb/s": "megabit|s per second",
    "kbps": "kilobit|s per second", "Kbps": "kilobit|s per second", "GB/s": "gigabyte|s per second",
    "MB/s": "megabyte|s per second", "KB/s": "kilobyte|s per second", "TB": "terabyte|s", "GB": "gigabyte|s", "MB": "megabyte|s",
    "KB": "kilobyte|s", "kB": "kilobyte|s", "GHz": "gigahertz", "MHz": "megahertz", "kHz": "kilohertz", "Hz": "hertz", "dBm": "dBm",
    "dB": "decibel|s", "ms": "millisecond|s", "min": "minute|s", "km/h": "kilometer|s per hour", "km": "kilometer|s",
    "cm": "centimeter|s", "mm": "millimeter|s", "m": "meter|s", "kg": "kilogram|s", "mg": "milligram|s", "g": "gram|s",
    "kWh": "kilowatt hour|s", "kW": "kilowatt|s", "W": "watt|s", "V": "volt|s", "A": "amp|s", "mA": "milliamp|s",
    "℃": "degree|s Celsius", "°C": "degree|s Celsius", "°F": "degree|s Fahrenheit", "h": "hour|s", "s": "second|s",
    "m²": "square meter|s", "㎡": "square meter|s",
}  # fmt: skip
_UNIT: Final = re.compile(
    rf"{LEFT}({NUMBER})[ ]?({'|'.join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))})(?![A-Za-z0-9²])"
)
_MONEY: Final = {
    "¥": ("yuan", "yuan", "", ""),
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
}
_PER: Final = r"(?:[ ]?/[ ]?(month|mo|year|yr|day|week|hour|minute|call|GB|MB)(?![A-Za-z]))?"
_UNSHORT: Final = {"mo": "month", "yr": "year", "GB": "gigabyte", "MB": "megabyte"}
_SIGNED: Final = re.compile(SIGNED.pattern + _PER)
_YUAN: Final = re.compile(rf"{LEFT}({NUMBER})[ ]?(?:yuan|RMB|CNY)(?![A-Za-z]){_PER}")
_SHORT_MONTHS: Final = "|".join(
    rf"{month[:3]}(?:{month[3:]})?" + ("|Sept" if month == "September" else "") for month in MONTHS
)
_MONTH_DAY: Final = re.compile(
    rf"(?<![A-Za-z])({_SHORT_MONTHS})\.?[ ]([0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:%A-Za-z]|\.[0-9])(?:,?[ ]([12][0-9]{{3}})(?![0-9A-Za-z]))?"
)
_DAY_MONTH: Final = re.compile(
    rf"(?<![0-9A-Za-z.,:-])([0-9]{{1,2}})[ ]({_SHORT_MONTHS})(?![A-Za-z])(?:,?[ ]([12][0-9]{{3}})(?![0-9A-Za-z]))?"
)
_YEAR: Final = re.compile(
    r"(?i:(?<![a-z])(in|since|until|till|year|of|before|after|from|to)[ ])((?:19|20)[0-9]{2})"
    r"(?![0-9A-Za-z%:]|[.,][0-9]|-[A-Za-z0-9]|[ ](?!(?:to|and|until|till)[ ])[A-Za-z])"
)
_NOON_TIME: Final = re.compile(
    r"(?<![0-9A-Za-z:.])([0-9]{1,2})(?::([0-9]{2}))?[ ]?(?:([aApP])\.[mM]\.|([aApP])[mM](?![A-Za-z]))"
)
_HALF_BETWEEN: Final = re.compile(
    r"(?:(?<=[0-9])|(?<=[0-9][aApP][mM])|(?<=[0-9] [aApP][mM]))[ ]?[-–—][ ]?(?=[0-9]{1,2}(?::[0-9]{2})?[ ]?[aApP]\.?[mM])"
)
_AMERICAN: Final = re.compile(
    r"(?<![0-9A-Za-z/])([0-9]{1,2})/([0-9]{1,2})/((?:19|20)[0-9]{2})(?![0-9A-Za-z/])"
)
_DECADE: Final = re.compile(r"(?<![0-9A-Za-z.,])((?:18|19|20)[0-9]0)s(?![A-Za-z0-9])")
_ROOM: Final = re.compile(
    r"((?<![A-Za-z])(?:[Rr]oom|[Ff]lat|[Aa]partment|[Ss]uite|[Uu]nit)[ ])([0-9]{3,4})(?![0-9A-Za-z])"
)
_ORDINAL: Final = re.compile(LEFT + r"([0-9]+)(?:st|nd|rd|th)(?![A-Za-z0-9])")
_CODE: Final = re.compile(
    r"((?i:\b(?:code|pin|password|ending in|ends in|account|card|order|extension|ext\.?|number is|number))(?: number)?(?: is|:)?[ ])"
    r"([0-9]{3,})(?![0-9A-Za-z.,%:]?[0-9A-Za-z%]|[ ](?:minutes|times|people|yuan|dollars|days))"
)
_CALL: Final = re.compile(
    r"((?i:\b(?:call|dial|ring|text))(?: us)?(?: on| at)?[ ])([0-9]{3,6})(?![0-9A-Za-z]|[.,:][0-9]|[ ](?:minutes|times|people|customers))"
)
_SERVICE: Final = re.compile(
    LEFT + r"(10086|10010|10099|12315|12321)(?![0-9A-Za-z]|[.,][0-9]|[ ](?:yuan|people|times))"
)
_NUMBER: Final = re.compile(f"{LEFT}({NUMBER}){RIGHT}")
_SIGNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"(?<=[0-9])[ ]*\+[ ]*(?=[0-9])"), " plus "),
    (re.compile(r"(?<=[0-9])[ ]*[×xX*][ ]*(?=[0-9])"), " times "),
    (re.compile(r"(?<=[0-9])[ ]*=[ ]*(?=[0-9])"), " equals "),
    (re.compile(r"(?<=[0-9])\+(?![0-9])"), " plus"),
    (re.compile(r"[~≈](?=[ ]?[0-9])"), "about "),
    (re.compile(r"≥[ ]?(?=[0-9])"), "at least "),
    (re.compile(r"≤[ ]?(?=[0-9])"), "at most "),
    (re.compile(r"(?<![0-9A-Za-z/])24/7(?![0-9/])"), "twenty-four seven"),
    (re.compile(r"(?:(?<![A-Za-z])[Nn]o\.[ ]?|№[ ]?|#)(?=[0-9])"), "number "),
)


def _minutes(minute: str) -> str:
    return ("oh " if int(minute) < 10 else "") + english(minute)


def _clock(hour: str, minute: str, second: str | None, half: str = "", exact: bool = False) -> str:
    """14:30 is two thirty PM, 9:00 nine o'clock. `half` was written; `exact`: the day has 24 hours here."""
    number, silent = int(hour), int(minute) == 0 and not int(second or 0)
    if not half and silent and number in (0, 12, 24):
        return "noon" if number == 12 else "midnight"
    if not half and (exact or number > 11 or hour.startswith("0")):
        half = "PM" if 12 <= number < 24 else "AM"
    told = english(str((number - 1) % 12 + 1))
    if int(minute) or not silent:
        told += f" {_minutes(minute)}"
    elif not half:
        return f"{told} o'clock"
    told += f" {half}" if half else ""
    seconds = int(second or 0)
    return told + (f" and {english(str(seconds))} second{'s' if seconds > 1 else ''}" if seconds else "")


def _time(found: re.Match[str]) -> str | None:
    hour, minute, second = found.groups()
    return _clock(hour, minute, second) if is_time(hour, minute, second) else None


def _half_time(found: re.Match[str]) -> str | None:
    hour, minute = found[1], found[2] or "00"
    if not 1 <= int(hour) <= 12 or not is_time(hour, minute, None):
        return None
    return _clock(hour, minute, None, half=(found[3] or found[4]).upper() + "M")


def _date(found: re.Match[str]) -> str | None:
    year, _, month, day, month_, day_, hour, minute, second = found.groups()
    month, day = month or month_, day or day_
    if not is_date(year, month, day) or (hour and not is_time(hour, minute, second)):
        return None
    told = f"{MONTHS[int(month) - 1]} {ordinal(day)}, {english_year(year)}"
    return told + (f", {_clock(hour, minute, second, exact=True)}" if hour else "")


def _american(found: re.Match[str]) -> str | None:
    """Month, day, year; the other way round where it cannot be that."""
    month, day, year = found.groups()
    if int(month) > 12:
        month, day = day, month
    return (
        f"{MONTHS[int(month) - 1]} {ordinal(day)}, {english_year(year)}"
        if is_date(year, month, day)
        else None
    )


def _decade(year: str) -> str:
    told = english_year(year)
    return f"{told[:-1]}ies" if told.endswith("y") else f"{told}s"


def _full(month: str) -> str:
    return next(name for name in MONTHS if name.startswith(month[:3]))


def _month_day(found: re.Match[str]) -> str | None:
    month, day, year = found.groups()
    if not 1 <= int(day) <= 31:
        return None
    return f"{_full(month)} {ordinal(day)}" + (f", {english_year(year)}" if year else "")


def _day_month(found: re.Match[str]) -> str | None:
    day, month, year = found.groups()
    if not 1 <= int(day) <= 31:
        return None
    return f"the {ordinal(day)} of {_full(month)}" + (f", {english_year(year)}" if year else "")


def _yuan(number: str) -> str:
    return f"{english_decimal(number.rstrip('0').rstrip('.') if '.' in number else number)} yuan"


def _amount(sign: str, number: str) -> str:
    whole, _, part = number.partition(".")
    if sign == "¥":
        return _yuan(number)
    one, many, cent, cents = _MONEY[sign]
    if len(part) > 2:
        return f"{english_decimal(number)} {many}"
    small = int((part + "00")[:2])
    told = f"{english(whole)} {one if int(whole) == 1 else many}"
    rest = f"{english(str(small))} {cent if small == 1 else cents}"
    if not small:
        return told
    return f"{told} and {rest}" if int(whole) else rest


def _per(what: str | None) -> str:
    return f" per {_UNSHORT.get(what, what)}" if what else ""


def _money(found: re.Match[str]) -> str:
    sign, number, what = found.groups()
    return _amount(CURRENCIES.get(sign, sign), plain(number)) + _per(what)


def _unit(found: re.Match[str]) -> str:
    number = plain(found[1])
    return f"{english_decimal(number)} {_UNITS[found[2]].replace('|s', '' if number == '1' else 's')}"


def _fraction(found: re.Match[str]) -> str | None:
    top, bottom = int(found[1]), int(found[2])
    if not 0 < top < bottom <= 10:
        return None
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal(str(bottom))
    return f"{english(str(top))} {name}{'s' if top > 1 else ''}"


def _kept(found: re.Match[str]) -> str:
    """What announced the digits, and the digits one by one."""
    return found[1] + in_groups(TONGUE, found[2])


def _identity(found: re.Match[str]) -> str:
    area, year, day, last = found.groups()
    end = english_digits(last[:-1]) + " X" if last[-1] in "Xx" else english_digits(last)
    return ", ".join([english_digits(area), english_digits(year), english_digits(day), end])


RULES: Final[tuple[Rule, ...]] = (
    (TICKET, ticket(TONGUE)),
    (IP, dotted(TONGUE)),
    (DATE, _date),
    (_AMERICAN, _american),
    (YEAR_MONTH, lambda found: f"{MONTHS[int(found[2]) - 1]} {english_year(found[1])}"),
    (_DECADE, lambda found: _decade(found[1])),
    (NAMED_VERSION, lambda found: "version " + " point ".join(map(english, found[1].split(".")))),
    (VERSION, lambda found: " point ".join(map(english, found[0].split(".")))),
    (_MONTH_DAY, _month_day),
    (_DAY_MONTH, _day_month),
    (_HALF_BETWEEN, lambda found: " to "),
    (_NOON_TIME, _half_time),
    (BETWEEN, lambda found: " to "),
    (TIME, _time),
    (IDENTITY, _identity),
    (PHONES[0], mobile(TONGUE)),
    (PHONES[1], landline(TONGUE)),
    (PHONES[2], written(TONGUE)),
    (PHONES[3], overseas(TONGUE)),
    (PHONES[4], written(TONGUE)),
    (PHONES[5], written(TONGUE)),
    (_ROOM, _kept),
    (_CODE, _kept),
    (_CALL, _kept),
    (_SERVICE, written(TONGUE)),
    (LONG, lambda found: None if ROUND.fullmatch(found[0]) else in_groups(TONGUE, found[0])),
    (_YEAR, lambda found: f"{found[1]} {english_year(found[2])}"),
    (RANGE, lambda found: " to "),
    *((pattern, lambda found, told=told: told) for pattern, told in _SIGNS),
    (MINUS, lambda found: "minus "),
    (_ORDINAL, lambda found: ordinal(found[1])),
    (_SIGNED, _money),
    (_YUAN, lambda found: _yuan(plain(found[1])) + _per(found[2])),
    (
        PERCENT,
        lambda found: english_decimal(plain(found[1])) + (" percent" if found[2] == "%" else " per mille"),
    ),
    (FRACTION, _fraction),
    (re.compile(r"[ ]*/[ ]*(?=[0-9])"), lambda found: ", "),
    (_UNIT, _unit),
    (RATIO, lambda found: " to "),
    (_NUMBER, lambda found: english_decimal(plain(found[1]))),
    (re.compile(r"(?<![A-Za-z])and/or(?![A-Za-z])"), lambda found: "and or"),
    (re.compile(r"(?<=[A-Za-z\u4e00-\u9fff])/(?=[A-Za-z\u4e00-\u9fff])"), lambda found: " or "),
    (re.compile(r"[ ]*&[ ]*"), lambda found: " and "),
)
_BETWEEN_WORDS: Final = re.compile(rf"(?<=\w){EDGE}+(?=\w)")


def said(text: str) -> str:
    """A line without Markdown as it is read."""
    return _BETWEEN_WORDS.sub(" ", read(text, RULES)).replace(EDGE, "")
