"""A breaker for each connector: what does not answer is left alone for a while (Nygard, Release It!, "Circuit Breaker").
"""

from collections.abc import Callable

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half_open"

FAILURES = 5
"""Failures in a row that open it."""
REST = 30.0
"""Seconds that it stays open before one call may try."""


class Breaker:
    """`clock` gives seconds, from any beginning, never backwards."""

    def __init__(self, clock: Callable[[], float], failures: int = FAILURES, rest: float = REST) -> None:
        self._clock = clock
        self._most = failures
        self._rest = rest
        self._failures = 0
        self._opened = 0.0
        self._trying = False
        self._open = False

    @property
    def state(self) -> str:
        """closed: calls pass; open: none does; half_open: the next one tries."""
        if not self._open:
            return CLOSED
        return HALF_OPEN if self._clock() - self._opened >= self._rest else OPEN

    def allow(self) -> bool:
        """Whether a call may go out now. Who was allowed says how it went, by one of the next three."""
        state = self.state
        if state == CLOSED:
            return True
        if state == OPEN or self._trying:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """An answer came, whatever it was."""
        self._failures, self._open, self._trying = 0, False, False

    def failed(self) -> None:
        """No usable answer came."""
        self._failures += 1
        self._trying = False
        if self._open or self._failures >= self._most:
            self._open, self._opened = True, self._clock()

    def abandoned(self) -> None:
        """The caller went away before the answer: it says nothing."""
        self._trying = False
