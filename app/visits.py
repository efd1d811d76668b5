"""The conversations of a customer whom the page vouches for: listed and entered from any of their devices."""

from collections.abc import Callable
from typing import Any

from app.log import Log
from contacts.identity import vouched
from core import events as e
from core.conversation import CLOSED, PREFIX
from core.errors import NotFound
from core.ports import Rows
from core.time import iso
from core.views import CONVERSATIONS

MOST = 50
"""Conversations listed; the newest first."""


class Visits:
    """Ownership is what the beginning of a conversation says: a contact that was joined at the desk later, perhaps by mistake,
    opens nothing to the other one."""

    def __init__(self, log: Log, rows: Rows, channel: str) -> None:
        self._log, self._rows, self._channel = log, rows, channel

    async def listed(self, conversation: str) -> list[dict[str, Any]]:
        """What belongs to the customer of this conversation, itself included; only itself when nobody vouched for them.

        Raises NotFound.
        """
        contact = await self._contact(conversation)
        if not vouched(contact):
            row = await self._rows.get(CONVERSATIONS, conversation)
            return [_shown(row)] if row else []
        return [_shown(row) for row in await self._own(contact, lambda row: True, MOST)]

    async def enter(self, conversation: str, wanted: str) -> str:
        """`wanted`, if it is the same customer's; else NotFound, the same as for what does not exist."""
        contact = await self._contact(conversation)
        if wanted == conversation or (vouched(contact) and await self._contact(wanted) == contact):
            return wanted
        raise NotFound("There is no such conversation.")

    async def newest(self, contact: str) -> str | None:
        """The open conversation that was spoken in last."""
        found = await self._own(contact, lambda row: row["mode"] != CLOSED, 1)
        return found[0]["id"] if found else None

    async def _own(self, contact: str, wanted: Callable[[dict[str, Any]], bool], most: int) -> list[dict[str, Any]]:
        rows = await self._rows.find(CONVERSATIONS, {"contact": contact, "channel": self._channel}, order="-last_at", limit=MOST)
        found: list[dict[str, Any]] = []
        for row in rows:
            if len(found) < most and wanted(row) and await self._contact(row["id"]) == contact:
                found.append(row)
        return found

    async def _contact(self, conversation: str) -> str:
        """Whose it was when it began; empty where it came over another channel. Raises NotFound."""
        first = await self._log.read(PREFIX + conversation, limit=1)
        if not first or not isinstance(first[0].event, e.Started):
            raise NotFound("There is no such conversation.")
        started = first[0].event
        return started.contact if started.channel == self._channel else ""


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "mode": row["mode"],
        "started_at": iso(row["started_at"]),
        "last_at": iso(row["last_at"]),
        "last_text": row["last_text"],
        "last_by": row["last_by"],
        "ticket": row["ticket"] or None,
    }
