"""What else is known of a customer, for whoever serves them: earlier conversations and other tickets."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.shapes import conversation_row
from core.conversation import Conversation
from core.ports import Rows
from core.time import iso

SHOWN = 20
"""Newest conversations and tickets of a customer that stand beside a conversation."""

Group = Callable[[str], Awaitable[tuple[str, ...]]]
"""All contacts that are one person with this one, itself included."""


async def alone(contact: str) -> tuple[str, ...]:
    """The group of a contact that nobody has joined to another."""
    return (contact,) if contact else ()


class Context:
    """Reads the rows of a customer. `group` says which contacts are one person."""

    def __init__(self, rows: Rows, group: Group = alone) -> None:
        self._rows = rows
        self._group = group

    async def beside(self, fold: Conversation) -> dict[str, Any]:
        """`earlier`: the customer's other conversations, the newest first, on any channel; `other_tickets`: cases that
        are not of this conversation."""
        contacts = await self._group(fold.contact)
        if not contacts:
            return {"earlier": [], "other_tickets": []}
        where = {"contact": contacts}
        conversations = await self._rows.find("conversations", where, "-last_at", SHOWN + 1)
        tickets = await self._rows.find("tickets", where, "-updated_at", SHOWN + len(fold.tickets))
        return {
            "earlier": [_earlier(row) for row in conversations if row["id"] != fold.id][:SHOWN],
            "other_tickets": [_ticket(row) for row in tickets if row["id"] not in fold.tickets][:SHOWN],
        }


def _earlier(row: dict[str, Any]) -> dict[str, Any]:
    shown = conversation_row(row)
    names = ("id", "channel", "language", "mode", "started_at", "last_at", "last_text", "last_by", "ticket", "contact")
    return {name: shown[name] for name in names}


def _ticket(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "ticket": row["id"], "type": row["type"], "status": row["status"], "conversation": row["conversation"] or None,
        "updated_at": iso(row["updated_at"]),
    }  # fmt: skip
