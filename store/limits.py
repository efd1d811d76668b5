"""Limits on how often, counted in this process."""

from collections import OrderedDict

from core.time import MINUTE, Clock

KEYS_KEPT = 20_000


class MemoryLimits:
    """Implements `core.ports.Limits`: token buckets; the least recently used go when there are too many."""

    def __init__(self, clock: Clock, keys_kept: int = KEYS_KEPT) -> None:
        self._clock = clock
        self._kept = keys_kept
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def allow(self, key: str, per_minute: int) -> bool:
        """See `core.ports.Limits`. Nothing is allowed when `per_minute` is 0."""
        now = self._clock()
        tokens, at = self._buckets.pop(key, (float(per_minute), now))
        tokens = min(float(per_minute), tokens + max(0, now - at) * per_minute / MINUTE)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._kept:
            self._buckets.popitem(last=False)
        return allowed
