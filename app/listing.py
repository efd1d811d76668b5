"""The desk's lists by a filter: what the database can select it selects, the rest is looked at here."""

from collections.abc import Callable
from typing import Any

from app.log import Log
from core.conversation import HUMAN, WAITING
from core.finding import fold
from core.ports import Rows
from handoff.model import Filter
from handoff.sla import BAD, WARN, Limits, owed

PART = 200
MOST = 2_000
"""Conversations that one page looks at; its `next` goes on from there, with fewer rows or none."""
COUNTED = 1_000
"""Up to so many conversations are counted for the tab."""

Mark = tuple[int, str]


class Listing:
    """For all desks of a process. `limits`: how long a customer may wait for an answer."""

    def __init__(self, log: Log, rows: Rows, limits: Callable[[], Limits]) -> None:
        self._log = log
        self._rows = rows
        self._limits = limits

    async def page(
        self, filter: Filter, agent: str, limit: int, after: Mark | None
    ) -> tuple[list[dict[str, Any]], Mark | None]:
        """Rows and where the next page begins: who waits by how long, all others by the newest words."""
        where, by = _where(filter, agent), order(filter)
        column = by.lstrip("-")
        found: list[dict[str, Any]] = []
        for part in range(MOST // PART):
            size = PART if _looks(filter) or part else min(PART, limit) + 1
            rows = await self._rows.find("conversations", where, by, size, after)
            for row in rows:
                if not await self._fits(row, filter):
                    continue
                if len(found) == limit:
                    return found, (found[-1][column], found[-1]["id"])
                found.append(row)
            if len(rows) < size:
                return found, None
            after = (rows[-1][column], rows[-1]["id"])
        return found, after

    async def count(self) -> int:
        """All conversations, counted up to `COUNTED`."""
        return await self._rows.count("conversations", COUNTED)

    async def _fits(self, row: dict[str, Any], filter: Filter) -> bool:
        if filter.priority and row["priority"] <= 0:
            return False
        if filter.text and fold(filter.text) not in fold(f"{row['name']}\n{row['ticket']}\n{row['last_text']}"):
            return False
        return not filter.due or await self._late(row["id"], filter.due)

    async def _late(self, conversation: str, due: str) -> bool:
        debt = owed(await self._log.conversation(conversation), self._limits())
        return debt is not None and debt.level(self._log.clock()) in ((BAD,) if due == BAD else (WARN, BAD))


def order(filter: Filter) -> str:
    """The column by which a filter's rows come, as in `core.ports.Rows.find`."""
    return "waiting_since" if filter.list == "waiting" else "-last_at"


def _where(filter: Filter, agent: str) -> dict[str, Any]:
    where: dict[str, Any] = {name: getattr(filter, name) for name in ("mode", "channel", "language", "skill") if getattr(filter, name)}
    if filter.due and not filter.mode:
        where["mode"] = (WAITING, HUMAN)
    if filter.list == "mine":
        where |= {"mode": HUMAN, "assignee": agent}
    elif filter.list == "waiting":
        where["mode"] = WAITING
    return where


def _looks(filter: Filter) -> bool:
    return bool(filter.priority or filter.text or filter.due)
