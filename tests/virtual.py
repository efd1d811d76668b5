"""Time that a test moves by itself: a clock and a sleep for everything that takes both."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from itertools import count


class VirtualTime:
    """Begins at an odd moment, as clocks do, and stands still until `advance`."""

    def __init__(self) -> None:
        self.now = 1234.5
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def clock(self) -> float:
        """Seconds, as `time.monotonic` has them."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wakes when the test has advanced so far."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), waiter))
        await waiter

    async def advance(self, seconds: float, each: Callable[[], Awaitable[None]] | None = None) -> None:
        """Lets so much time pass, waking everyone at their moment. `each` is awaited after every moment."""
        end = self.now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end + 1e-9:
            moment, _, waiter = heapq.heappop(self._sleepers)
            self.now = max(self.now, moment)
            if not waiter.done():
                waiter.set_result(None)
            await settle()
            if each is not None:
                await each()
        self.now = end


async def settle() -> None:
    """Lets everything run that can run now."""
    for _ in range(10):
        await asyncio.sleep(0)
