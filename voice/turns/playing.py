"""How far our voice has come: milliseconds and characters of one playback, by what was queued, time and marks."""

import re
from typing import Final, Literal, NamedTuple

from core.language import HAN

_CLAUSE_END: Final = re.compile(r"[。！？；，、：…]+[”’」』）]*|[.!?;,:]+[\"')\]]*(?=\s|$)|\n")
_WORD_START: Final = re.compile(rf"[{HAN}]|(?<![^\W_])[^\W_]")
_INSIDE_A_WORD: Final = re.compile(rf"[^\W_{HAN}]|['’]")


class Chunk(NamedTuple):
    """A piece of sound and its text. Milliseconds and characters from the beginning of the playback."""

    from_ms: int
    to_ms: int
    from_char: int
    to_char: int
    mark: str


class Playing:
    """One playback. `at` is the call's clock; positions do not move while it is paused or has nothing queued."""

    def __init__(self, name: str, at: int, yields: Literal["speech", "keys", "nothing"]) -> None:
        self.name = name
        self.yields = yields
        self.text = ""
        self.whole = False
        self.paused = False
        self.told_at = at
        self._chunks: list[Chunk] = []
        self._reached: set[str] = set()
        self._base_ms, self._base_at = 0, at

    @property
    def queued_ms(self) -> int:
        """Length of all that is known."""
        return self._chunks[-1].to_ms if self._chunks else 0

    def position(self, at: int) -> int:
        """Milliseconds that have been played: by the clock, and never past a mark that has not come."""
        passed = 0 if self.paused else max(at - self._base_at, 0)
        waits = (chunk.to_ms for chunk in self._chunks if chunk.mark and chunk.mark not in self._reached)
        return max(self._base_ms, min(self._base_ms + passed, self.queued_ms, next(waits, self.queued_ms)))

    def left(self, at: int) -> int | None:
        """Milliseconds until the end; None while more text may come."""
        return self.queued_ms - self.position(at) if self.whole else None

    def lost_at(self, wait_ms: int) -> int | None:
        """When it is given up waiting for the end; None while paused."""
        if self.paused:
            return None
        return max(self._base_at + self.queued_ms - self._base_ms, self.told_at) + wait_ms

    def add(self, at: int, text: str, ms: int, mark: str, last: bool) -> None:
        """A chunk was queued."""
        self._base_ms, self._base_at, self.told_at = self.position(at), at, at
        start = self.queued_ms
        end = len(self.text) + len(text)
        self._chunks.append(Chunk(start, start + max(ms, 0), len(self.text), end, mark))
        self.text += text
        self.whole = self.whole or last

    def reach(self, at: int, mark: str) -> None:
        """A mark was played. An unknown one changes nothing."""
        for chunk in self._chunks:
            if chunk.mark == mark and mark not in self._reached:
                now = self.position(at)
                self._reached.update(c.mark for c in self._chunks if c.mark and c.to_ms <= chunk.to_ms)
                self._base_ms, self._base_at, self.told_at = max(now, chunk.to_ms), at, at
                return

    def pause(self, at: int) -> int:
        """Stops the position, and answers it."""
        self._base_ms, self._base_at, self.paused = self.position(at), at, True
        return self._base_ms

    def resume(self, at: int, position_ms: int) -> None:
        """Goes on from there; what lies behind has to be played and marked once more."""
        self._reached -= {chunk.mark for chunk in self._chunks if chunk.to_ms > position_ms}
        self._base_ms, self._base_at, self.told_at, self.paused = position_ms, at, at, False

    def heard(self, at: int) -> int:
        """Characters that have been heard: whole words only."""
        end = self._char(self.position(at))
        while 0 < end < len(self.text) and _cuts_a_word(self.text, end):
            end -= 1
        return end

    def again(self, at: int, back_ms: int) -> tuple[int, int]:
        """(milliseconds, characters) at which to go on: where the clause began, or the word if that is far."""
        here = self.position(at)
        end = self._char(here)
        clauses = [0, *(match.end() for match in _CLAUSE_END.finditer(self.text, 0, end))]
        words = [match.start() for match in _WORD_START.finditer(self.text, 0, end)]
        for start in (clauses[-1], words[-1] if words else end):
            start += len(self.text[start:end]) - len(self.text[start:end].lstrip())
            ms = min(self._ms(start), here)
            if here - ms <= back_ms:
                return ms, start
        return here, end

    def between(self, from_ms: int, to_ms: int) -> str:
        """The text that is said then."""
        return self.text[self._char(max(from_ms, 0)) : self._char(to_ms, up=True)]

    def _char(self, ms: int, up: bool = False) -> int:
        """The character that is being said: they share a chunk's time evenly."""
        for chunk in self._chunks:
            if ms < chunk.to_ms:
                share = (ms - chunk.from_ms) * (chunk.to_char - chunk.from_char)
                length = chunk.to_ms - chunk.from_ms
                return chunk.from_char + (-(-share // length) if up else share // length)
        return len(self.text)

    def _ms(self, char: int) -> int:
        for chunk in self._chunks:
            if char < chunk.to_char:
                share = (char - chunk.from_char) * (chunk.to_ms - chunk.from_ms)
                return chunk.from_ms + share // (chunk.to_char - chunk.from_char)
        return self.queued_ms


def _cuts_a_word(text: str, at: int) -> bool:
    return all(_INSIDE_A_WORD.match(c) for c in text[at - 1 : at + 1])
