"""Instants at which something is to be done. Pure: whoever owns the clock asks `due` and calls `run`."""

import heapq
import itertools
from collections.abc import Callable


class Timer:
    """Something that is to be done once. What it would do, and all that this holds on to, is let go by `cancel`."""

    __slots__ = ("_do",)

    def __init__(self, do: Callable[[float], None]) -> None:
        self._do: Callable[[float], None] | None = do

    def cancel(self) -> None:
        """Not any more."""
        self._do = None

    def run(self, now: float) -> None:
        """Does it, unless it was done or cancelled."""
        do, self._do = self._do, None
        if do is not None:
            do(now)

    def __bool__(self) -> bool:
        """Whether it is still to be done."""
        return self._do is not None


class Timers:
    """A heap. A cancelled timer keeps its few bytes there until its instant."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()

    def at(self, when: float, do: Callable[[float], None]) -> Timer:
        """Calls `do(now)` at the instant `when` or later."""
        timer = Timer(do)
        heapq.heappush(self._heap, (when, next(self._numbers), timer))
        return timer

    @property
    def due(self) -> float | None:
        """The next instant, None where there is nothing to do."""
        while self._heap and not self._heap[0][2]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def run(self, now: float) -> None:
        """Does everything that is due."""
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2].run(now)

    def __len__(self) -> int:
        return len(self._heap)


class Group:
    """The timers of one thing, which end with it."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._own: list[Timer] = []

    def at(self, when: float, do: Callable[[float], None]) -> None:
        """As `Timers.at`."""
        self._own = [timer for timer in self._own if timer]
        self._own.append(self._timers.at(when, do))

    def cancel(self) -> None:
        """Cancels all of them."""
        for timer in self._own:
            timer.cancel()
        self._own = []
