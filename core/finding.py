"""Finding words again: what of an event is said in words, how words are folded for comparing, and where they were hit.

Folding goes character by character (width, case, traditional to simplified), so that a hit in the folded text can be
marked in the text as it was written.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import msgspec

from core import events as e
from core.simplified import SIMPLIFIED, TRADITIONAL

MOST_TERMS = 8
WIDTH = 80
"""Characters of a snippet."""

_SIMPLE = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
_ELLIPSIS = "…"


class Words(msgspec.Struct, frozen=True):
    """What was said in the event at `position` of the log; `by`: customer, bot, agent, note, name, ticket or rating."""

    position: int
    conversation: str
    seq: int
    at: int
    by: str
    text: str


class Hit(msgspec.Struct, frozen=True):
    """A conversation with the newest words in it that hold every term; `count` of its events do."""

    words: Words
    count: int


class WordIndex(Protocol):
    """Words of all conversations, kept up with the log."""

    async def follow(self) -> int:
        """Takes in the next events of the log; returns how many. 0: nothing new, or another process is at it."""

    async def rebuild(self) -> None:
        """Forgets everything; `follow` begins at the first event again."""

    async def search(self, terms: Sequence[str], limit: int, before: int | None = None) -> list[Hit]:
        """Conversations with an event that holds all `terms` (folded, as `terms` below makes them), the newest hit
        first. `before`: only those whose newest hit lies at a smaller position.
        """


@cache
def _folded(character: str) -> str:
    wide = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_SIMPLE.get(one, one) for one in wide)


def fold(text: str) -> str:
    """The text as it is compared."""
    return "".join(map(_folded, text))


def terms(question: str) -> tuple[str, ...]:
    """The words of a question, folded, each once; at most `MOST_TERMS`."""
    return tuple(dict.fromkeys(fold(question.replace("\0", " ")).split()))[:MOST_TERMS]


def said(event: e.Event) -> tuple[str, str] | None:
    """(by, text) of an event with words that people may look for, or None."""
    match event:
        case e.Started():
            found = "name", event.name
        case e.CustomerSaid():
            found = "customer", _with_files(event.text, event.files)
        case e.AgentSaid():
            found = "agent", _with_files(event.text, event.files)
        case e.BotSaid():
            found = "bot", event.text
        case e.AgentNoted():
            found = "note", event.text
        case e.Transferred():
            found = "note", event.note
        case e.TicketOpened():
            found = "ticket", event.ticket
        case e.Rated():
            found = "rating", event.comment
        case _:
            return None
    return found if found[1].strip() else None


def _with_files(text: str, files: Sequence[e.File]) -> str:
    return "\n".join([text, *(file.name for file in files)] if text else [file.name for file in files])


def words_of(position: int, recorded: e.Recorded) -> Words | None:
    """The words of an event of a conversation, or None."""
    kind, _, conversation = recorded.stream.partition(":")
    found = said(recorded.event) if kind == "conversation" else None
    if found is None:
        return None
    return Words(position, conversation, recorded.seq, recorded.at, found[0], found[1])


def snippet(text: str, terms: Sequence[str], width: int = WIDTH) -> list[tuple[str, bool]]:
    """About `width` characters around the first hit as pieces in order; True marks a hit."""
    marked = _marks(text, terms)
    first = marked.index(True) if True in marked else 0
    start = max(0, min(first - width // 4, len(text) - width))
    end = min(len(text), start + width)
    pieces: list[tuple[str, bool]] = []
    for place in range(start, end):
        if pieces and pieces[-1][1] == marked[place]:
            pieces[-1] = (pieces[-1][0] + text[place], marked[place])
        else:
            pieces.append((text[place], marked[place]))
    if start > 0:
        pieces.insert(0, (_ELLIPSIS, False))
    if end < len(text):
        pieces.append((_ELLIPSIS, False))
    return pieces


def _marks(text: str, terms: Sequence[str]) -> list[bool]:
    """For each character whether a hit covers it."""
    origin = [place for place, character in enumerate(text) for _ in _folded(character)]
    folded, marked = fold(text), [False] * len(text)
    for term in terms:
        at = folded.find(term)
        while at >= 0:
            for place in range(origin[at], origin[at + len(term) - 1] + 1):
                marked[place] = True
            at = folded.find(term, at + len(term))
    return marked
