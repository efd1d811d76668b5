"""What a contact had of an action today, counted in the contact's own stream."""

from datetime import datetime
from math import fsum
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from app.context import Group, alone
from app.log import Log
from core.events import Recorded
from core.time import SECOND
from governance.allowance import used
from governance.standing import Used

CONTACT = "contact:"
"""The streams of contacts; erasure empties them with the contact's conversations."""

PAGE = 100
"""Events read at a time, from the newest back; a day of one contact is seldom more."""


class DayUsage:
    """Reads what is committed, not what this process remembers: another one may serve the same contact."""

    def __init__(self, log: Log, zone: ZoneInfo, group: Group = alone) -> None:
        self._log = log
        self._zone = zone
        self._group = group

    async def __call__(self, contact: str, name: str) -> Used:
        """Since midnight in the business's time zone, of all contacts that are one person. The version is that of this
        contact's stream."""
        now = datetime.fromtimestamp(self._log.clock() / SECOND, self._zone)
        midnight = round(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * SECOND)
        own = used(await self._since(CONTACT + contact, midnight), name, midnight)
        others = [one for one in await self._group(contact) if one != contact]
        counted = [used(await self._since(CONTACT + one, midnight), name, midnight) for one in others]
        return replace(
            own, calls=own.calls + sum(one.calls for one in counted), amount=fsum([own.amount, *(one.amount for one in counted)])
        )

    async def _since(self, stream: str, midnight: int) -> list[Recorded]:
        """The newest events back to midnight, in order, and perhaps some before."""
        events: list[Recorded] = []
        end = await self._log.version(stream)
        while end > 0 and (not events or events[0].at >= midnight):
            start = max(0, end - PAGE)
            events = [*await self._log.read(stream, after=start, limit=end - start), *events]
            end = start
        return events
