"""Stopping a voice when nobody listens any more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def listening(sound: AsyncIterator[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
    """The sound, which is told when it is no longer listened to: at once, not when it is collected."""
    try:
        yield sound
    finally:
        close = getattr(sound, "aclose", None)
        if close is not None:
            await close()
