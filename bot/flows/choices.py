"""Choices: which of several options the words of a customer name. Pure."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from core.language import normalise, to_simplified

EDGES: Final = " \t\r\n.,;:!?。，；：！？、~～…\"'“”‘’()（）"


class Option(msgspec.Struct, frozen=True):
    """One choice; `words` are all spellings, folded for comparison, the longest first."""

    value: str
    title: dict[str, str]
    words: tuple[str, ...]


def fold(text: str) -> str:
    """For comparison: simplified, lower case, half width, no punctuation at the ends."""
    return to_simplified(normalise(text)).strip(EDGES)


HAN_DIGITS: Final = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8,
}  # fmt: skip
_PLACE: Final = re.compile(
    r"^(?:我?(?:要|选|选择|就)\s*)?(?:第\s*)?(?P<zh>\d{1,2}|[一二两三四五六七八九十])\s*(?:个|项|种|号|条|样)?(?:吧|的)?$"
    r"|^(?:(?:i(?:'d| would)? (?:pick|choose|take|want|like)|it is|it's)\s+)?(?:the\s+)?"
    r"(?:(?:option|number|no\.?|choice)\s+)?"
    r"(?P<en>\d{1,2}|[a-z]+|\d(?:st|nd|rd|th))(?:\s+(?:one|option|choice))?(?:\s+please)?$"
)
_LAST: Final = re.compile(r"^(?:(?:选)?最后(?:一|那)?(?:个|项|种)?|(?:the\s+)?last(?:\s+(?:one|option))?)$")


def chosen(options: Sequence[Option], text: str) -> tuple[str, bool] | None:
    """The value of the option that `text` names, and whether the whole of `text` names it; None for none or several.

    By its words, by its place ("the second one"), by its words within a sentence, else by one English word that a slip of
    the finger changed ("brodband").
    """
    folded = fold(text)
    if not folded:
        return None
    for option in options:
        if folded in option.words:
            return option.value, True
    place = _place(folded, len(options))
    if place:
        return options[place - 1].value, True
    found = _named(options, folded) or _mistyped(options, folded)
    return (found, False) if found else None


def _place(folded: str, count: int) -> int:
    if _LAST.match(folded):
        return count
    match = _PLACE.match(folded)
    if match is None:
        return 0
    said = match["zh"] or match["en"]
    place = int(said) if said.isdecimal() else HAN_DIGITS.get(said) or _ORDINALS.get(said, 0)
    return place if 1 <= place <= count else 0


def _named(options: Sequence[Option], folded: str) -> str | None:
    """The one option named within a longer text. A longer name hides the shorter ones inside it."""
    spelled = [(word, option.value) for option in options for word in option.words]
    spelled.sort(key=lambda item: -len(item[0]))
    found: set[str] = set()
    for word, value in spelled:
        at = _position(word, folded)
        while at >= 0:
            found.add(value)
            folded = folded[:at] + "\0" * len(word) + folded[at + len(word) :]
            at = _position(word, folded)
    return found.pop() if len(found) == 1 else None


def _position(word: str, text: str) -> int:
    if not word.isascii():
        return text.find(word)
    match = re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text)
    return match.start() if match else -1


_LETTERS: Final = re.compile(r"[a-z]+")
_TYPED_LENGTH: Final = 5
"""A shorter word is too near to others to be guessed."""


def _mistyped(options: Sequence[Option], folded: str) -> str | None:
    """The one option that a word of a short answer is one slip away from."""
    said = [word for word in _LETTERS.findall(folded) if len(word) >= _TYPED_LENGTH]
    if not said or len(folded) > _ANSWER:
        return None
    near = {
        option.value
        for option in options
        for name in option.words
        if _LETTERS.fullmatch(name) and any(one_slip(word, name) for word in said)
    }
    return near.pop() if len(near) == 1 else None


_ANSWER: Final = 60
"""Characters of an answer in which slips are looked for; a longer one is a story."""


def one_slip(word: str, meant: str) -> bool:
    """Whether one letter too many, too few, another, or two changed over make `word` of `meant`."""
    if len(word) < _TYPED_LENGTH or len(meant) < _TYPED_LENGTH or abs(len(word) - len(meant)) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    rest, wanted = word[same:], meant[same:]
    if len(word) != len(meant):
        return rest[1:] == wanted if len(word) > len(meant) else rest == wanted[1:]
    return rest[1:] == wanted[1:] or (rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:])
