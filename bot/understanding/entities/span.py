"""What the recognisers share: the folded text they read, and who wins where two overlap. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, Final

from bot.understanding.model import Entity
from core.language import half_width, to_simplified

_DASHES: Final = {ord(dash): "-" for dash in "‐‑‒–—―−﹣"} | {ord("’"): "'", ord("‘"): "'"}
_LENGTHENED: Final = {ord("İ"): "i"}


def fold(text: str) -> str:
    """Half width, simplified, plain dashes and apostrophes; the length stays, so that offsets hold."""
    return text if text.isascii() else to_simplified(half_width(text)).translate(_DASHES)


def lower(plain: str) -> str:
    """`plain` in lower case, its length kept."""
    return plain.lower() if plain.isascii() else plain.translate(_LENGTHENED).lower()


def entity(name: str, value: Any, text: str, start: int, end: int) -> Entity:
    """The entity at [start, end) of `text`."""
    return Entity(name, value, text[start:end], start, end)


class Taken:
    """Stretches of a text that do not overlap each other; asking and adding cost the logarithm of their number."""

    def __init__(self, entities: Iterable[Entity] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for item in entities:
            self.take(item)

    def free(self, start: int, end: int) -> bool:
        """Whether [start, end) overlaps none of them."""
        place = bisect_left(self._starts, end)
        return not place or self._ends[place - 1] <= start

    def take(self, item: Entity) -> bool:
        """Adds the entity's stretch where it is free, and says whether it was."""
        if not self.free(item.start, item.end):
            return False
        place = bisect_left(self._starts, item.end)
        self._starts.insert(place, item.start)
        self._ends.insert(place, item.end)
        return True


def without_overlap(entities: Iterable[Entity]) -> list[Entity]:
    """Those that no earlier one of `entities` overlaps, by position."""
    taken = Taken()
    return sorted([item for item in entities if taken.take(item)], key=lambda item: item.start)
