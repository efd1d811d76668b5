"""Tells those who wait where they stand, and the desk who waits. Passing frames, made anew each time."""

import asyncio
import contextlib
from typing import Any

import structlog

from app.hub import Hub
from app.people import People
from app.shapes import conversation_row
from core import events as e
from core.conversation import PREFIX
from core.ports import Rows

CHANGES = (e.HandoffAsked, e.HandoffTaken, e.HandoffCancelled, e.Transferred, e.HandoffOffered, e.Closed)
"""Kinds after which the line may look different."""
REFRESH_SECONDS = 5.0
SETTLE_SECONDS = 0.05

_log = structlog.get_logger()


class Line:
    """One task for all: it looks at the line after each change, and every few seconds."""

    def __init__(self, hub: Hub, people: People, rows: Rows) -> None:
        self._hub = hub
        self._people = people
        self._rows = rows
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to watch."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def soon(self) -> None:
        """Something about the line changed."""
        self._changed.set()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._changed.wait()
            await asyncio.sleep(SETTLE_SECONDS)  # changes come in groups
            self._changed.clear()
            try:
                await self._people.match()
                await self.tell()
            except Exception:
                _log.exception("line_not_told")

    async def tell(self) -> None:
        """Position and expected wait to each who waits; the whole line to the desk."""
        for conversation, place in await self._people.places():
            frame: dict[str, Any] = {"type": "queue", "position": place.position, "wait_seconds": place.wait_seconds}
            self._hub.signal(PREFIX + conversation, frame)
        self._hub.signal("desk", {"type": "queue", "waiting": await self.queue()})

    async def queue(self) -> list[dict[str, Any]]:
        """Who waits, as rows for the desk, in the order of the line."""
        rows = [await self._rows.get("conversations", item.conversation) for item in await self._people.waiting()]
        return [conversation_row(row) for row in rows if row is not None]
