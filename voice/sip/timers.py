"""Instants at which something is to be done. Pure: whoever owns the clock asks `due` and calls `run`."""

import heapq
import itertools
from collections.abc import Callable


class Timers:
    """A heap. A timer is not taken back: what it does looks first whether it still matters."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = itertools.count()

    def at(self, when: float, do: Callable[[float], None]) -> None:
        """Calls `do(now)` at the instant `when` or later."""
        heapq.heappush(self._heap, (when, next(self._numbers), do))

    @property
    def due(self) -> float | None:
        """The next instant, None where there is nothing to do."""
        return self._heap[0][0] if self._heap else None

    def run(self, now: float) -> None:
        """Does everything that is due."""
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2](now)

    def __len__(self) -> int:
        return len(self._heap)
