"""Numbers in words, Chinese and English. Pure; digits come as text, so that zeros in front and behind are kept."""

from typing import Final

HAN: Final = "零一二三四五六七八九"
PHONE_HAN: Final = "零幺二三四五六七八九"
"""One is 幺 where digits are told one by one, since 一 and 七 sound alike on a bad line."""
ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS: Final = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
ENGLISH_SCALES: Final = ("", " thousand", " million", " billion", " trillion")
ORDINALS: Final = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
LONGEST: Final = 15
"""Digits of the largest number that is told as one; a longer one is told digit by digit."""


def grouped(digits: str) -> list[str]:
    """Digits as people tell them: 138 0013 8000. Five and fewer stay together."""
    count = len(digits)
    sizes = {6: (3, 3), 7: (3, 4), 9: (3, 3, 3), 10: (3, 3, 4), 11: (3, 4, 4)}.get(
        count, (4,) * (count // 4 + 1)
    )
    if count <= 5:
        return [digits]
    parts, place = [], 0
    for size in sizes:
        parts.append(digits[place : place + size])
        place += size
    return [part for part in parts if part]


# Chinese --------------------------------------------------------------------------------------------------------


def _section(number: int) -> str:
    """1 to 9999, zeros inside as one 零: 1005 is 一千零五."""
    said, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if not digit:
            gap = gap or bool(said)
            continue
        said += ("零" if gap else "") + ("两" if digit == 2 and size == 1000 else HAN[digit]) + name
        gap = False
    return said


def chinese(digits: str) -> str:
    """A whole number: 10500 is 一万零五百, 2000 两千, 12 十二."""
    if len(digits.lstrip("0")) > LONGEST:
        return chinese_digits(digits)
    number = int(digits)
    if not number:
        return "零"
    said, gap = "", False
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")):
        part = number // size % 10**4
        if not part:
            gap = gap or bool(said)
            continue
        joint = "零" if said and (gap or part < 1000) else ""
        said += joint + ("两" if part == 2 and name else _section(part)) + name
        gap = False
    return said[1:] if said.startswith("一十") else said


def chinese_digits(digits: str, names: str = HAN) -> str:
    """One by one: 2026 is 二零二六."""
    return "".join(names[int(digit)] for digit in digits)


def chinese_decimal(number: str) -> str:
    """With a point or without: 3.14 is 三点一四."""
    whole, _, part = number.partition(".")
    return chinese(whole or "0") + ("点" + chinese_digits(part) if part else "")


# English --------------------------------------------------------------------------------------------------------


def _hundreds(number: int) -> str:
    """1 to 999."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return f"{ONES[number // 100]} hundred" + (f" {_hundreds(number % 100)}" if number % 100 else "")


def english(digits: str) -> str:
    """A whole number: 1234 is one thousand two hundred thirty-four."""
    if len(digits.lstrip("0")) > LONGEST:
        return english_digits(digits)
    number = int(digits)
    if not number:
        return "zero"
    scales = [(number // 1000**power % 1000, name) for power, name in enumerate(ENGLISH_SCALES)]
    return " ".join(_hundreds(part) + name for part, name in reversed(scales) if part)


def english_digits(digits: str) -> str:
    """One by one."""
    return " ".join(ONES[int(digit)] for digit in digits)


def english_decimal(number: str) -> str:
    """With a point or without: 3.14 is three point one four."""
    whole, _, part = number.partition(".")
    return english(whole or "0") + (f" point {english_digits(part)}" if part else "")


def ordinal(digits: str) -> str:
    """22 is twenty-second."""
    said = english(digits)
    start = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[start:]
    ending = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return said[:start] + ending


def english_year(digits: str) -> str:
    """Four digits: 2026 is twenty twenty-six, 2005 two thousand five, 1905 nineteen oh five."""
    first, last = int(digits[:2]), int(digits[2:])
    if not first or (first % 10 == 0 and last < 10):
        return english(digits)
    if not last:
        return f"{english(digits[:2])} hundred"
    return f"{english(digits[:2])} {'oh ' if last < 10 else ''}{english(str(last))}"
