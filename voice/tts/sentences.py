"""Text in sentences, Chinese and English: what is spoken in one breath, and can be made while another is heard. Pure.

The pieces joined give the text back: blanks stay at the end of the sentence before them.
"""

import re
from collections.abc import Iterator
from typing import Final

MOST: Final = 200
"""Characters of a piece, unless told otherwise. A longer sentence is cut at a comma, at a blank, or anywhere."""

_FULL: Final = "。！？!?；;…"
_CLOSING: Final = "\"'”’」』）)】]》>*_"
_ABBREVIATIONS: Final = frozenset(
    "mr mrs ms dr prof sr jr st vs etc no nos tel ext approx dept inc ltd co corp mt fig vol e.g i.e a.m p.m u.s u.k "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun min max".split()
)
_END: Final = re.compile(rf"(?:[{_FULL}]+|\.+)[{re.escape(_CLOSING)}]*[ \t]*|[\r\n]\s*|[:：](?=[ \t]*[\r\n])")
_WORD: Final = re.compile(r"[A-Za-z]+(?:\.[A-Za-z]+)*$")
_COUNT: Final = re.compile(r"(?:^|[\r\n])[ ]*[0-9]{1,2}$")
_SOFT: Final = (re.compile(r"[，,；;：:、—][”’」』）)】]*\s*"), re.compile(r"\s+"))


def _ends_here(text: str, found: re.Match[str]) -> bool:
    """Whether punctuation ends a sentence: not the dots of 3.5, of Mr. Li, of example.com and of e.g. this."""
    mark = found.group()
    if not mark.startswith("."):
        return not (mark[0] in ";!?" and found.end() < len(text) and _within_word(text, found))
    following = text[found.end() : found.end() + 1]
    if not mark.endswith((" ", "\t")) and following and not following.isspace() and following.isascii():
        return False
    if mark.startswith(".."):
        return not following.islower()
    if _COUNT.search(text, max(0, found.start() - 5), found.start()):
        return False
    word = _WORD.search(text, max(0, found.start() - 20), found.start())
    if word is None:
        return True
    known = word.group().lower()
    if known in ("a.m", "p.m", "etc"):
        return not following or following.isupper() or not following.isascii()
    if known == "no":
        return not following.isdigit()
    return known not in _ABBREVIATIONS and not (len(known) == 1 and word.group().isupper() and known != "i")


def _within_word(text: str, found: re.Match[str]) -> bool:
    """ASCII punctuation between letters, as in an address."""
    before, after = text[found.start() - 1 : found.start()], text[found.end()]
    return (
        len(found.group()) == 1
        and before.isascii()
        and not before.isspace()
        and after.isascii()
        and after.isalnum()
    )


def _whole(text: str) -> Iterator[str]:
    start = 0
    for found in _END.finditer(text):
        if found.end() > start and _ends_here(text, found):
            yield text[start : found.end()]
            start = found.end()
    if start < len(text):
        yield text[start:]


def _cut(sentence: str, most: int) -> Iterator[str]:
    """A sentence in pieces that are not too long."""
    while len(sentence) > most:
        place = next(
            (
                found[-1]
                for soft in _SOFT
                if (found := [one.end() for one in soft.finditer(sentence, 0, most)])
            ),
            most,
        )
        yield sentence[:place]
        sentence = sentence[place:]
    if sentence:
        yield sentence


def pieces(text: str, most: int = MOST) -> list[str]:
    """The sentences of a text, none longer than `most`. A piece without a letter or digit joins the one before it."""
    found: list[str] = []
    for sentence in _whole(text):
        for piece in _cut(sentence, most):
            silent = not any(sign.isalnum() for sign in piece)
            if found and silent and len(found[-1]) + len(piece) <= most:
                found[-1] += piece
            else:
                found.append(piece)
    return found
