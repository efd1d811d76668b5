"""Whether a number that is said piece by piece is all there. Pure; a pack may put a predicate of its own in its place."""

import re
from typing import Final

from core.language import half_width
from voice.turns.facts import Asked

SPELLED: Final = frozenset({"phone", "number", "amount", "id_card", "ticket"})
"""Kinds of answers that are said in groups, with pauses between."""
CLOSED: Final = frozenset({"yes_no", "choice"})
"""Kinds of answers after which nothing more is expected."""
TYPED: Final = SPELLED | {"date_time"}
"""Kinds of answers that take several keys; of all others one key is the whole answer."""

_DIGITS: Final = {
    "zh": dict(zip("零〇幺一二两三四五六七八九", "0011223456789", strict=True)),
    "en": dict(
        zip("zero oh one two three four five six seven eight nine".split(), "00123456789", strict=True)
    ),
}
_ALL: Final = _DIGITS["zh"] | _DIGITS["en"]
_TIMES: Final = {"double": 2, "triple": 3}
_TOKEN: Final = re.compile(rf"[{''.join(_DIGITS['zh'])}]|\d|[a-z]+")

CHINESE_MOBILE: Final = 11
"""Digits of a mobile number in China (1xx xxxx xxxx); with its area code a landline has 10 to 12."""
LANDLINE: Final = 10
"""The fewest digits of a Chinese number with area code, and the digits of a North American one."""
LOCAL: Final = 7
"""The fewest digits of any number that can be called back."""
CHINESE_ID: Final = 18
"""Characters of a Chinese identity number; the last may be X."""
TICKET: Final = 9
"""Characters of a ticket's number: a letter at least, and eight symbols."""

_HANGING: Final = re.compile(r"(?:[点.和又]|\b(?:point|and|dot))\s*$")


def digits(text: str) -> str:
    """The digits of a text in order, whether written or said: "one double three" and "幺三三" are 133."""
    found, times = [], 1
    for token in _TOKEN.findall(half_width(text).casefold()):
        if token in _TIMES:
            times = _TIMES[token]
            continue
        digit = token if token.isdigit() else _ALL.get(token)
        if digit is not None:
            found.append(digit * times)
        times = 1
    return "".join(found)


def complete(question: Asked, text: str) -> bool:
    """Whether nothing more of the answer has to come. What has no number at all ("I don't know it") is complete."""
    said = half_width(text).casefold().strip().rstrip("。，,！!？?…")
    number = digits(said)
    if question.kind == "ticket":
        return not number or _symbols(said, number) >= (question.digits or TICKET)
    if question.kind == "amount":
        return not _HANGING.search(said)
    if not number:
        return True
    if question.digits:
        return _with_check(said, number) >= question.digits
    if question.kind == "phone":
        return _phone(number)
    if question.kind == "id_card":
        return _with_check(said, number) >= CHINESE_ID
    return not _HANGING.search(said)


def _with_check(said: str, number: str) -> int:
    """Characters of a number whose last may be an X."""
    return len(number) + bool(re.search(r"x$|叉$|艾克斯$", said))


def _symbols(said: str, number: str) -> int:
    """Letters that stand alone or beside digits, and digits: "F 7 K 2 M" has five."""
    spelled = sum(len(run) for run in re.findall(r"[a-z\d]+", said) if len(run) == 1 or re.search(r"\d", run))
    spoken = len(number) - len(re.findall(r"\d", said))
    return spelled + spoken


def _phone(number: str) -> bool:
    """All digits of a number that can be called: Chinese mobiles by their first digit, others by the fewest."""
    national = re.sub(r"^(?:00)?86(?=1\d)", "", number)
    if national.startswith("1") and national[1:2] in "3456789" and len(national) > 1:
        return len(national) >= CHINESE_MOBILE
    if national.startswith("0"):
        return len(national) >= LANDLINE
    return len(national) >= LOCAL
