"""What is known of a customer, for whoever serves them: who they are, other conversations and tickets, joined contacts."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from app.shapes import conversation_row
from contacts.joins import Joins
from core import events as e
from core.conversation import Conversation
from core.ports import Journal, Rows
from core.time import iso

SHOWN = 20
"""Newest conversations and tickets of a customer that stand beside a conversation."""

Group = Callable[[str], Awaitable[tuple[str, ...]]]
"""All contacts that are one person with this one, itself included."""


async def alone(contact: str) -> tuple[str, ...]:
    """The group of a contact that nobody has joined to another."""
    return (contact,) if contact else ()


class Context:
    """Reads what is known of a customer from the rows; `joins` say which contacts are one person."""

    def __init__(self, log: Journal, rows: Rows, joins: Joins) -> None:
        self._log = log
        self._rows = rows
        self._joins = joins

    async def beside(self, fold: Conversation) -> dict[str, Any]:
        """`earlier`: the customer's other conversations, the newest first, on any channel; `other_tickets`: cases that
        are not of this conversation."""
        contacts = await self._joins.group(fold.contact)
        if not contacts:
            return {"earlier": [], "other_tickets": []}
        where = {"contact": contacts}
        conversations = await self._rows.find("conversations", where, "-last_at", SHOWN + 1)
        tickets = await self._rows.find("tickets", where, "-updated_at", SHOWN + len(fold.tickets))
        return {
            "earlier": [_earlier(row) for row in conversations if row["id"] != fold.id][:SHOWN],
            "other_tickets": [_ticket(row) for row in tickets if row["id"] not in fold.tickets][:SHOWN],
        }

    async def customer(self, fold: Conversation) -> dict[str, Any]:
        """Who talks in this conversation: `proved` is the account that they have shown to be theirs, `attributes` are what
        the page said of them."""
        first = await self._log.read(fold.stream, limit=1)
        started = first[0].event if first else None
        row = await self._rows.get("conversations", fold.id)
        return {
            "contact": fold.contact,
            "name": fold.name,
            "signed_in": isinstance(started, e.Started) and started.verified,
            "verified": fold.verified,
            "proved": row["account"] if row and row["account"] != fold.contact else "",
            "language": fold.language,
            "channel": fold.channel,
            "attributes": started.attributes if isinstance(started, e.Started) else {},
            **await self.joined(fold.contact),
        }

    async def joined(self, contact: str) -> dict[str, Any]:
        """`contacts` are one person, `joins` say why, `suggestions` who else may be."""
        links = await self._joins.links(contact)
        suggestions = await self._joins.suggestions(contact)
        return {
            "contacts": list(await self._joins.group(contact)),
            "joins": [msgspec.to_builtins(link) | {"at": iso(link.at)} for link in links],
            "suggestions": [
                msgspec.to_builtins(one) | {"last_at": iso(one.last_at) if one.last_at else None} for one in suggestions
            ],
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
