"""What a contact had of an action today, counted in the log."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from app.log import Log
from core import events as e
from core.conversation import PREFIX
from core.ports import Rows
from core.time import SECOND
from governance.actions import Action
from governance.standing import Used

CONVERSATIONS = 200
"""Of one contact on one day that are looked at."""


class DayUsage:
    """Calls count when they were made, unless the other side said that nothing was done."""

    def __init__(self, log: Log, rows: Rows, action: Callable[[str], Action], zone: ZoneInfo) -> None:
        self._log = log
        self._rows = rows
        self._action = action
        self._zone = zone

    async def __call__(self, contact: str, name: str) -> Used:
        """Since midnight in the business's time zone."""
        now = datetime.fromtimestamp(self._log.clock() / SECOND, self._zone)
        midnight = round(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * SECOND)
        rows = await self._rows.find("conversations", {"contact": contact}, "-last_at", CONVERSATIONS)
        amount = self._action(name).amount
        calls: dict[str, float] = {}
        for row in rows:
            if row["last_at"] < midnight:
                break
            for recorded in await self._log.read(PREFIX + row["id"]):
                event = recorded.event
                if isinstance(event, e.ActionCalled) and event.name == name and recorded.at >= midnight:
                    calls[event.call] = float(event.arguments.get(amount) or 0)
                elif isinstance(event, e.ActionReturned) and event.outcome == "failed":
                    calls.pop(event.call, None)
        return Used(len(calls), sum(abs(value) for value in calls.values()))
