"""Tells those who wait where they stand, and the desk who waits. Passing frames, made anew each time."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from app.attendance import Attendance
from app.hub import Hub
from app.people import People
from app.shapes import conversation_row
from core import events as e
from core.conversation import PREFIX
from core.time import iso
from handoff.routing import Waiting

CHANGES = (e.HandoffAsked, e.HandoffTaken, e.TakenOver, e.HandoffCancelled, e.Transferred, e.HandoffOffered, e.Closed)
"""Kinds after which the line may look different."""
REFRESH_SECONDS = 5.0
SETTLE_SECONDS = 0.05
HEAD = 100
"""So many rows of the line go to every desk by themselves; the others are asked for page by page."""
REST = 4
"""Times as long as a look at the line took, it is left alone: a long line takes a fifth of the process at most."""

_log = structlog.get_logger()


class Line:
    """One task for all: it looks at the line after each change, and every few seconds."""

    def __init__(self, hub: Hub, people: People, attendance: Attendance, count: Callable[[], Awaitable[int]]) -> None:
        """`count` gives how many conversations there are, for the desk."""
        self._hub = hub
        self._count = count
        self._seen: list[tuple[Waiting, dict[str, Any]]] | None = None
        self._people = people
        self._attendance = attendance
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
        took = 0.0
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._changed.wait()
            await asyncio.sleep(max(SETTLE_SECONDS, took * REST))  # changes come in groups
            self._changed.clear()
            began = time.perf_counter()
            try:
                await self._people.match()
                await self._attendance.look()
                await self.tell()
            except Exception:
                _log.exception("line_not_told")
            took = time.perf_counter() - began

    async def tell(self) -> None:
        """Position and expected wait to each who waits; the head of the line to the desk."""
        line = self._seen = await self._people.line()
        places = await self._people.places([item for item, _ in line])
        for conversation, place in places.items():
            frame: dict[str, Any] = {"type": "queue", "position": place.position, "wait_seconds": place.wait_seconds}
            self._hub.signal(PREFIX + conversation, frame)
        if self._hub.has_desk():
            frame = {"waiting": _rows(line[:HEAD]), "total": len(line), "conversations": await self._count()}
            self._hub.signal("desk", {"type": "queue", **frame})

    async def opening(self) -> dict[str, Any]:
        """What a desk learns of the line when it opens: its head, how many wait, how many conversations there are."""
        line = self._seen = await self._people.line()
        return {"queue": _rows(line[:HEAD]), "queue_total": len(line), "conversations": await self._count()}

    async def page(self, start: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Rows from a position on, in the order of the line as it was told last; and how many wait."""
        if self._seen is None:
            self._seen = await self._people.line()
        return _rows(self._seen[start : start + limit]), len(self._seen)


def _rows(line: Sequence[tuple[Waiting, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of the desk's list, with what the line alone knows: its order, priority, and what was promised."""
    return [
        {**conversation_row(row), "priority": item.priority, "due_at": iso(item.due) if item.due else None}
        for item, row in line
    ]
