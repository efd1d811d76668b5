"""What needs an agent's eye: which conversations have words that they have not read, and who waits for an answer."""

from collections.abc import Callable
from typing import Any

from app.hub import Hub
from app.log import Log
from core.conversation import HUMAN, WAITING
from core.errors import Invalid
from core.ports import Rows
from core.time import iso
from handoff.sla import Limits, owed
from store.readings import SqlReadings

MOST = 1_000
"""Open conversations that are looked at."""


class Attention:
    """For the desks of one process."""

    def __init__(self, log: Log, rows: Rows, readings: SqlReadings, hub: Hub, limits: Callable[[], Limits]) -> None:
        self._log = log
        self._rows = rows
        self._readings = readings
        self._hub = hub
        self._limits = limits

    async def of(self, agent: str) -> dict[str, Any]:
        """All that is with people or waits for one: how far the agent has read their own, and what is owed.

        `owed` is by conversation `{"kind", "since", "due", "level"}`.
        """
        rows = await self._rows.find("conversations", {"mode": (WAITING, HUMAN)}, order="-last_at", limit=MOST)
        mine = [row for row in rows if row["mode"] == HUMAN and row["assignee"] == agent]
        read = await self._readings.of(agent, [row["id"] for row in mine])
        unread = [row["id"] for row in mine if row["last_by"] == "customer" and row["last_seq"] > read.get(row["id"], 0)]
        now, limits = self._log.clock(), self._limits()
        waiting: dict[str, dict[str, Any]] = {}
        for row in rows:
            debt = owed(await self._log.conversation(row["id"]), limits)
            if debt is not None:
                waiting[row["id"]] = {
                    "kind": debt.kind, "since": iso(debt.since), "due": iso(debt.due), "level": debt.level(now),
                }  # fmt: skip
        return {
            "unread": unread,
            "owed": waiting,
            "limits": {"first": limits.first_seconds, "next": limits.next_seconds},
        }

    async def read(self, agent: str, conversation: str, seq: int) -> None:
        """The agent has read up to `seq`; their other desks hear of it. Raises NotFound, Invalid."""
        fold = await self._log.conversation(conversation)
        if seq > fold.version:
            fold = await self._log.conversation(conversation, fresh=True)
        if seq > fold.version:
            raise Invalid("The conversation has no such event yet.", field="seq")
        if await self._readings.mark(agent, fold.id, seq):
            self._hub.signal("desk", {"type": "read", "conversation": fold.id, "agent": agent, "seq": seq})
