"""The pack's own phrases: lookup tables, synonyms, choices of slots. Pure.

Offsets and texts refer to the message as it was written: every fold used here keeps its length.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from bot.understanding.entities.span import Taken
from bot.understanding.model import Entity
from core.language import HAN, half_width, to_simplified


class Phrases:
    """A table of phrases (lookup tables, synonyms, choices of slots), the longest match first.

    In Latin script a phrase matches whole words only. Immutable; one pass over the message per call.
    """

    def __init__(self, table: Mapping[str, tuple[str, str]]) -> None:
        """`table`: phrase → (entity name, value). Phrases are folded; of two that fold alike the first
        stands.
        """
        self._table: dict[str, tuple[str, str]] = {}
        for phrase, meaning in table.items():
            self._table.setdefault(_closed(fold_phrase(phrase).strip())[0], meaning)
        self._table.pop("", None)
        sizes: dict[str, set[int]] = {}
        for phrase in self._table:
            sizes.setdefault(phrase[0], set()).add(len(phrase))
        firsts = sorted(sizes)
        latin, other = (
            "".join(map(re.escape, (c for c in firsts if c.isascii() == ascii))) for ascii in (True, False)
        )
        starts = ([rf"(?<![0-9a-z])[{latin}]"] if latin else []) + ([f"[{other}]"] if other else [])
        self._starts = re.compile("|".join(starts) or r"(?!)")
        self._sizes = {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}

    def find(self, text: str, taken: Iterable[Entity] = ()) -> list[Entity]:
        """The phrases in `text`, by position, not overlapping each other or `taken`."""
        plain, places = _closed(fold_phrase(text))
        sizes, table = self._sizes, self._table
        blocked = Taken(taken)
        found: list[Entity] = []
        resume = 0
        for match in self._starts.finditer(plain):
            start = match.start()
            if start < resume:
                continue
            for size in sizes[plain[start]]:
                end = start + size
                meaning = table.get(plain[start:end]) if end <= len(plain) else None
                if meaning is None or (
                    _word_character(plain[end - 1]) and _word_character(plain[end : end + 1])
                ):
                    continue
                first, last = (places[start], places[end - 1] + 1) if places else (start, end)
                if not blocked.free(first, last):
                    continue
                found.append(Entity(meaning[0], meaning[1], text[first:last], first, last))
                resume = end
                break
        return found


_BESIDE_HAN: Final = re.compile(f"(?<=[{HAN}]) | (?=[{HAN}])")


def _closed(folded: str) -> tuple[str, list[int]]:
    """`folded` without the spaces beside Han characters ("300M 宽带"), and where each character was; no places
    where nothing moved.
    """
    if " " not in folded or folded.isascii():
        return folded, []
    dropped = {match.start() for match in _BESIDE_HAN.finditer(folded)}
    if not dropped:
        return folded, []
    places = [place for place in range(len(folded)) if place not in dropped]
    return "".join([folded[place] for place in places]), places


def fold_phrase(text: str) -> str:
    """Half width, simplified, lower case; the length stays, so that offsets hold."""
    folded = to_simplified(half_width(text))
    lowered = folded.lower()
    return (
        lowered
        if len(lowered) == len(folded)
        else "".join(c if len(c.lower()) != 1 else c.lower() for c in folded)
    )


def _word_character(character: str) -> bool:
    return character.isascii() and character.isalnum()
