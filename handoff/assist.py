"""Help while talking: what may be suggested, in which order, and how much of it was changed. Pure."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from core import events as e
from core.language import HAN

PASSAGES: Final = 3
"""Pages suggested at once."""
LONGEST_DIFFERENCE: Final = 40
"""Changed places that are kept of one edit."""
LONGEST_PIECE: Final = 300
LONGEST_COMPARED: Final = 1_500
"""Words of a text that are compared; comparing takes time with the square of it."""

REASONS: Final = ("", "wrong", "unfitting", "known", "other")
"""Why a suggestion is put aside, where the agent names it by a word of the desk."""

_HAN: Final = re.compile(f"[{HAN}]")
_WORD: Final = re.compile(rf"[{HAN}]|[^\W_]+|[^\w\s]|_", re.UNICODE)


def identity(conversation: str, seq: int, number: int) -> str:
    """The id of the `number`-th suggestion (from 1) of the event at `seq`."""
    return f"{conversation}:{seq}:{number}"


def place(id: str) -> tuple[str, int, int] | None:
    """The inverse: conversation, seq and number; None for what is no such id."""
    conversation, _, rest = id.partition(":")
    seq, _, number = rest.partition(":")
    plain = all(part.isascii() and part.isdigit() and len(part) < 16 for part in (seq, number))
    return (conversation, int(seq), int(number)) if conversation and plain else None


def difference(suggested: str, sent: str) -> tuple[float, tuple[e.Changed, ...]]:
    """The share of words that were changed (0 to 1), and the changed places.

    A word is a Han character, a run of other letters and digits, or a mark; white space counts nowhere.
    """
    before, after = (_WORD.findall(text)[:LONGEST_COMPARED] for text in (suggested, sent))
    if not before and not after:
        return 0.0, ()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    share = 1.0 - matcher.ratio()
    places = [
        e.Changed(_joined(before[a:b])[:LONGEST_PIECE], _joined(after[c:d])[:LONGEST_PIECE])
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]
    return round(share, 4), tuple(places[:LONGEST_DIFFERENCE])


def _joined(words: Sequence[str]) -> str:
    text = ""
    for word in words:
        apart = bool(text) and _latin(text[-1]) and _latin(word[0])
        text += f" {word}" if apart else word
    return text


def _latin(character: str) -> bool:
    return character.isalnum() and not _HAN.match(character)


def ordered(passages: Sequence[e.Suggestion], steps: Sequence[e.Suggestion]) -> tuple[e.Suggestion, ...]:
    """What answers comes first, then the next step of a flow; the same words only once."""
    kept: list[e.Suggestion] = []
    for one in (*passages, *steps):
        if all((one.kind, one.text, one.action) != (other.kind, other.text, other.action) for other in kept):
            kept.append(one)
    return tuple(kept)
