"""Instants. The log keeps whole microseconds since the epoch; people and clients see ISO 8601 in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]
"""Returns the present instant in microseconds since 1970-01-01T00:00:00Z. Injected, so that tests own time."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def iso(at: int) -> str:
    """ISO 8601 in UTC with milliseconds, e.g. `2026-09-01T08:00:00.123Z`; `at` in microseconds."""
    moment = datetime.fromtimestamp(at // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % SECOND // 1000:03d}Z"


def from_iso(text: str) -> int:
    """The inverse of `iso`, for any ISO 8601 text with an offset. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return round(moment.timestamp() * SECOND)
