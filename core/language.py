"""Which of the two languages a text is in, and the folds that make spellings comparable. Pure."""

import re
import unicodedata
from typing import Final

from core.simplified import SIMPLIFIED, TRADITIONAL

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
"""Ranges of Han characters, for use inside a regular expression's brackets."""

_HAN_CHARACTER: Final = re.compile(f"[{HAN}]")
_WORD: Final = re.compile(f"[{HAN}]|[^\\W_]+(?:['’][^\\W\\d_]+)?")
_LATIN_TOKEN: Final = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+(?:-[0-9A-Za-z\u00c0-\u024f]+)*")
_DIGIT: Final = re.compile(r"[0-9]")
_SPACES: Final = re.compile(r"\s+")

# Latin letters that a Chinese customer types as well: they say nothing about the language.
_NEUTRAL: Final = frozenset(
    {"ok", "okay", "wifi", "wi-fi", "app", "sim", "esim", "iptv", "vip", "sms", "id", "pin", "puk", "apn"}
    | {"qq", "wechat", "iphone", "android", "lol", "emm", "emmm"}
)

# A Han character carries about three quarters of the meaning of an English word.
_HAN_WEIGHT: Final = 0.75
_CHINESE_SHARE: Final = 0.4

_TO_SIMPLIFIED: Final = dict(zip(map(ord, TRADITIONAL), SIMPLIFIED, strict=True))
_HALF_WIDTH: Final = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def recognise(text: str, default: str) -> str:
    """`"zh"` or `"en"` by the characters of `text`; `default` when it has no letters that tell.

    Mixed text is weighed by words: Chinese wins from two fifths of the weight on, because a Chinese sentence
    borrows English nouns far more often than the reverse. Tokens with digits (ticket numbers, product names),
    addresses, and words that both languages use ("ok", "wifi") weigh nothing.
    """
    han = 0
    if not text.isascii():
        text = half_width(text)
        han = len(_HAN_CHARACTER.findall(text))
    if "@" in text or "://" in text:
        text = " ".join([part for part in text.split() if "@" not in part and "://" not in part])
    latin = 0
    for token in _LATIN_TOKEN.findall(text):
        if token.lower() not in _NEUTRAL and not _DIGIT.search(token):
            latin += 1
    if not han:
        return "en" if latin else default
    weight = han * _HAN_WEIGHT
    return "zh" if weight >= _CHINESE_SHARE * (weight + latin) else "en"


def normalise(text: str) -> str:
    """NFKC (full-width forms folded), lower case, runs of white space made one space, none at the ends."""
    if not text.isascii():
        # Lower case may decompose (İ) and composing may yield capitals: a second pass makes it idempotent.
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower()).lower()
    else:
        text = text.lower()
    return _SPACES.sub(" ", text).strip()


def to_simplified(text: str) -> str:
    """`text` with traditional characters written in simplified ones; its length stays. For comparison
    only.
    """
    return text if text.isascii() else text.translate(_TO_SIMPLIFIED)


def half_width(text: str) -> str:
    """`text` with full-width ASCII forms and the ideographic space folded; its length stays, so offsets
    hold.
    """
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def words(text: str) -> list[str]:
    """The words of `text` as it is written: runs of letters and digits, with each Han character on its
    own.
    """
    return _WORD.findall(text)
