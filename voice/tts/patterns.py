"""How the things look that are read in a way of their own, the same in both languages. Pure."""

import re
from typing import Final

LEFT: Final = r"(?<![A-Za-z0-9])(?<![A-Za-z][.\-_])(?<![A-Za-z][0-9]\.)"
"""Not within a word such as MP3, SHA-256 or H.265, which stays as it is."""
RIGHT: Final = r"(?![A-Za-z0-9])"
NUMBER: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"

MASKED: Final = re.compile(r"(?<![0-9])([0-9]{1,20})(?:\*{2,20}|[xX]{3,20}|•{2,20})([0-9]{1,20})(?![0-9])")
ENDLESS: Final = re.compile(r"[0-9]{21,}")
"""No number and no phone; read first, so that what follows meets numbers of a human length."""
EMAIL: Final = re.compile(
    r"(?<![\w.+-])([A-Za-z0-9][\w.+-]{0,63})@((?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24})(?![A-Za-z0-9])",
    re.ASCII,
)
ADDRESS: Final = re.compile(
    r"(?:https?://|(?<![A-Za-z0-9.])www\.)([!#-&(-;=?-~]+)"
    r"|(?<![\w@./-])((?:[a-z0-9-]{1,63}\.)+(?:com|cn|net|org|io|gov|edu|example))(?![\w-])(?:/[!#-&(-;=?-~]*)?",
    re.ASCII,
)
HOST: Final = re.compile(r"(?:[A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+")

TICKET: Final = re.compile(
    r"(?<![A-Za-z0-9.@/_-])(?:[A-Z]{1,6}(?:-[A-Z0-9]{2,})+|[A-Z]{1,4}[0-9]{3,}(?:-[A-Z0-9]+)*)(?![A-Za-z0-9_-])"
)
NO_TICKETS: Final = frozenset(
    "SHA RJ CAT COVID WPA AES ISO UTF USB HTTP RMB CNY USD EUR GBP IP WIFI MD RSA LTE".split()
)
CODE_SHAPE: Final = re.compile(r"[A-Z](?:-[A-Z0-9]{4}){2,}")
VIDEO: Final = re.compile(r"[HX]26[0-9]")

IP: Final = re.compile(r"(?<![0-9.])((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![0-9.]*[0-9])")
VERSION: Final = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+){2,}")

_EDGE: Final = r"(?<![A-Za-z0-9\-/.])"
DATE: Final = re.compile(
    _EDGE
    + r"([12][0-9]{3})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|[ ]?年[ ]?([0-9]{1,2})[ ]?月[ ]?([0-9]{1,2})[ ]?[日号])"
    r"(?:(?:T|[ ]*)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?:Z|\+[0-9]{2}:?[0-9]{2})?)?(?![0-9A-Za-z:]|[-/][0-9])"
)
YEAR_MONTH: Final = re.compile(_EDGE + r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])(?![0-9A-Za-z-])")
NAMED_VERSION: Final = re.compile(r"(?<![A-Za-z0-9])[vV]([0-9]+(?:\.[0-9]+)+)(?![0-9A-Za-z])")
TIME: Final = re.compile(r"(?<![0-9A-Za-z:.])([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?![0-9:])")
BETWEEN: Final = re.compile(r"(?<=:[0-9]{2})[ ]*[-~～–—]+[ ]*(?=[0-9]{1,2}:[0-9]{2})")

_NOT_MONEY: Final = r"(?![0-9A-Za-z]|[ ]?(?:元|块|%|yuan|dollars))"
PHONES: Final = tuple(
    re.compile(r"(?<![0-9A-Za-z.\-])" + shape + _NOT_MONEY)
    for shape in (
        r"(?:(\+?86)[ -]?)?(1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})",
        r"([(（]?)(010|02[0-9]|0[3-9][0-9]{2})([)）]?)[ -]?([0-9]{3,4}[ -]?[0-9]{4})(?:(?:[ ]?转[ ]?|-)([0-9]{1,6}))?",
        r"([48]00)-?([0-9]{3})-?([0-9]{4})",
        r"(?:(\+[0-9]{1,3}|1)[ -])?([(]?)([0-9]{3})([)]?)[ -]([0-9]{3})[ -]([0-9]{4})",
        r"([0-9]{3})-([0-9]{4})",
        r"(0[0-9]{2,4})[ -]([0-9]{3,4})[ -]([0-9]{3,4})",
    )
)
IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])([1-9][0-9]{5})((?:18|19|20)[0-9]{2})((?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))([0-9]{3}[0-9Xx])(?![0-9A-Za-z])"
)
LONG: Final = re.compile(
    LEFT + r"(?<![0-9][.,])(?:[0-9]{7,}|0[0-9]+)(?![0-9A-Za-z]|\.[0-9]|[ ]?(?:元|块|%|yuan|dollars))"
)
ROUND: Final = re.compile(r"[1-9][0-9]*0000")
"""A long number that counts something rather than naming it."""

RANGE: Final = re.compile(r"(?<=[0-9%元])[ ]*[-~～–—][ ]*(?=[¥$€£]?[0-9])")
MINUS: Final = re.compile(r"(?<![0-9A-Za-z%\-])[-−](?=[ ]?[¥$€£]?[0-9])")
PERCENT: Final = re.compile(rf"{LEFT}({NUMBER})[ ]?([%‰])")
SIGNED: Final = re.compile(
    rf"([¥$€£]|(?<![A-Za-z])(?:RMB|CNY|USD|EUR|GBP)(?![A-Za-z]))[ ]?({NUMBER})(?![0-9])"
)
FRACTION: Final = re.compile(r"(?<![0-9A-Za-z./])([0-9]{1,2})/([0-9]{1,2})(?![0-9A-Za-z/]|\.[0-9])")
RATIO: Final = re.compile(r"(?<=[0-9])[ ]?[:：][ ]?(?=[0-9])")
CURRENCIES: Final = {"RMB": "¥", "CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}


def is_date(year: str, month: str, day: str) -> bool:
    """Whether the three can be one."""
    return int(year) >= 1000 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def is_time(hour: str, minute: str, second: str | None) -> bool:
    """Whether these can be a time of day."""
    return int(hour) <= 24 and int(minute) < 60 and int(second or 0) < 60


def plain(number: str) -> str:
    """Without the commas between thousands."""
    return number.replace(",", "")


def is_ticket(word: str) -> bool:
    """Whether capitals and digits name a case rather than a product."""
    if word.split("-")[0].rstrip("0123456789") in NO_TICKETS or VIDEO.fullmatch(word):
        return False
    return sum(sign.isdigit() for sign in word) >= 3 or CODE_SHAPE.fullmatch(word) is not None
