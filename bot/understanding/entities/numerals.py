"""Numbers in Chinese and English words. Pure."""

import re
from typing import Final

HAN_DIGITS: Final = "零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖"
HAN_NUMERALS: Final = HAN_DIGITS + "十百千万亿拾佰仟廿"
"""Simplified; `core.language.to_simplified` first."""

_DIGIT: Final = dict(zip(HAN_DIGITS, "0012234567891123456789", strict=True))
_UNIT: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE: Final = {"万": 10_000, "亿": 100_000_000}
_SPELLED: Final = re.compile(f"[{HAN_DIGITS}]{{7,}}")
_LONGEST: Final = 20


def han_number(text: str) -> float | None:
    """The number that `text` writes: "两百", "五百六" (560), "1.5万", "一二九" (129), "12"; None when it is none.

    Two bare digits ("两三") mean "about", and are none.
    """
    if not text or len(text) > _LONGEST:
        return None
    large = _LARGE.get(text[-1], 1)
    if text.isascii() or (large > 1 and text[:-1].isascii() and len(text) > 1):
        try:
            return float(text if large == 1 else text[:-1]) * large
        except ValueError:
            return None
    if all(character in _DIGIT for character in text):
        return (
            None
            if len(text) == 2 and text[0] not in "零〇"
            else float("".join(map(_DIGIT.__getitem__, text)))
        )
    return _by_units(text)


def _by_units(text: str) -> float | None:
    total = section = 0
    digit: int | None = None
    last = 1
    zero = False
    for character in text:
        if character in _DIGIT:
            if digit:
                return None
            digit = int(_DIGIT[character])
            zero = zero or digit == 0
        elif character in _UNIT:
            last = _UNIT[character]
            section += (1 if digit is None else digit) * last
            digit, zero = None, False
        elif character in _LARGE:
            last = _LARGE[character]
            total = (total + section + (digit or 0)) * last
            section, digit, zero = 0, None, False
        elif character == "廿":
            section, last, digit = section + 20, 10, None
        else:
            return None
    if digit:
        # "五百六" is 560 and "五百零六" 506.
        section += digit * (last // 10 if last >= 100 and not zero else 1)
    return float(total + section)


_TOKEN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|[百千万k]")


def mixed_number(text: str) -> float | None:
    """The number that figures with units write ("1万5千", "1万5" (15000), "2k") or words with a point ("一点五万"), or else what
    `han_number` reads."""
    whole, point, decimals = text.partition("点")
    if point:
        large = _LARGE.get(decimals[-1:], 1)
        digits = decimals[:-1] if large > 1 else decimals
        before = han_number(whole) if len(whole) > 1 else float(_DIGIT.get(whole, "10"))
        if before is None or not digits or any(character not in _DIGIT for character in digits):
            return None
        return float(f"{before:.0f}." + "".join(map(_DIGIT.__getitem__, digits))) * large
    if not (text[:1].isdecimal() and text[:1].isascii()) or not any(unit in text for unit in "百千万k"):
        return han_number(text)
    total = 0.0
    number: float | None = None
    last = 1
    for token in _TOKEN.findall(text):
        if token[0].isdecimal():
            number = float(token)
            continue
        last = {"k": 1000, "百": 100, "千": 1000, "万": 10_000}[token]
        total += (1.0 if number is None else number) * last
        number = None
    if number is not None:
        total += number * (last // 10 if number < 10 and "零" not in text else 1)
    return total


def spelled_digits(plain: str) -> str:
    """`plain` with long runs of Chinese digits, as numbers are dictated, in figures; its length stays."""
    return _SPELLED.sub(lambda match: "".join(map(_DIGIT.__getitem__, match[0])), plain)


_SMALL: Final = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )
}
_TENS: Final = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_WORD: Final = "|".join(sorted({**_SMALL, **_TENS}, key=len, reverse=True))
ENGLISH: Final = rf"(?:(?:an?|{_WORD})\b(?:[ -](?:and |a )?(?:hundred|thousand|{_WORD})\b){{0,8}})"
"""A regular expression for a number in English words, in lower case."""


def english_number(words: str) -> float | None:
    """The number that English words in lower case write ("a hundred and five", "two"), or None."""
    total = section = 0
    for word in re.split(r"[ -]+", words.strip()):
        if word in ("and", ""):
            continue
        if word in ("a", "an"):
            section += 1
        elif word in _SMALL:
            section += _SMALL[word]
        elif word in _TENS:
            section += _TENS[word]
        elif word == "hundred":
            section = (section or 1) * 100
        elif word == "thousand":
            total, section = total + (section or 1) * 1000, 0
        else:
            try:
                return float(word)
            except ValueError:
                return None
    return float(total + section)


def decimal_text(number: float) -> str:
    """`number`, a sum of money, in decimal notation without trailing zeros."""
    return f"{number:.4f}".rstrip("0").rstrip(".")
