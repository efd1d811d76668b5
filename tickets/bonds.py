"""Cases and where they belong: in which conversation they go on, which two are one, and which are two again."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.conversation import PREFIX as CONVERSATION
from core.conversation import Conversation
from core.errors import Conflict, Invalid, NotFound
from core.events import Actor, Event, TicketLinked, TicketMerged, TicketParted
from core.ports import ANY, Append, Journal, Rows
from core.time import Clock
from core.views import TICKETS
from tickets import numbers

PREFIX = "ticket:"
MOST_HOPS = 20
"""Mergers that are followed; more in a row would be a ring, which nobody can make."""

Same = Callable[[str, str], Awaitable[bool]]
"""Whether two contacts are one person."""


async def equal(one: str, other: str) -> bool:
    """The plain answer: the same contact."""
    return one == other


async def merged_into(rows: Rows, row: dict[str, Any]) -> dict[str, Any]:
    """The row of the case that goes on where this one was merged; itself where it was not."""
    for _ in range(MOST_HOPS):
        target = await rows.get(TICKETS, row["merged"]) if row["merged"] else None
        if target is None:
            break
        row = target
    return row


class TicketBonds:
    """Links and mergers of tickets. `same` says which contacts are one person."""

    def __init__(self, store: Journal, rows: Rows, clock: Clock, same: Same = equal) -> None:
        self._store = store
        self._rows = rows
        self._clock = clock
        self._same = same

    async def link(self, number: str, conversation: Conversation, by: Actor, version: int | None = None) -> None:
        """The ticket goes on in this conversation; a second time changes nothing.

        Raises NotFound; Conflict when it belongs to another customer, is merged, or somebody was faster than `version`.
        """
        row, latest = await self._row(number, version)
        if conversation.erased:
            raise Conflict("What was said here was erased. Link the ticket to another conversation.")
        await self._of_one_customer(row["contact"], conversation.contact)
        if row["conversation"] == conversation.id:
            return
        contact = row["contact"] or conversation.contact
        event = TicketLinked(
            ticket=row["id"], conversation=conversation.id, contact=contact, type=row["type"], status=row["status"]
        )
        places = dict.fromkeys(filter(None, (row["conversation"], conversation.id)))
        await self._commit(event, by, {row["id"]: latest}, places)

    async def merge(self, number: str, into: str, by: Actor, version: int | None = None) -> str:
        """Gives `number` up for `into` and returns the number that goes on. `version` is of the one given up.

        Raises Invalid for a ticket and itself, NotFound, Conflict as `link`.
        """
        row, latest = await self._row(number, version)
        target, newest = await self._row(into, None)
        if row["id"] == target["id"]:
            raise Invalid("A ticket cannot be merged into itself. Name the other one.", field="into")
        await self._of_one_customer(row["contact"], target["contact"])
        event = TicketMerged(ticket=row["id"], into=target["id"])
        places = dict.fromkeys(filter(None, (row["conversation"], target["conversation"])))
        await self._commit(event, by, {row["id"]: latest, target["id"]: newest}, places)
        return str(target["id"])

    async def part(self, number: str, by: Actor, version: int | None = None) -> None:
        """Undoes the merger of `number`, which goes on with the state that it had: while merged nothing could change it. What
        was done to the other one meanwhile stays there, wherever that was merged since. `version` is of the one that comes back.

        Raises NotFound; Conflict where it is not merged, or somebody was faster than `version`.
        """
        row, latest = await self._found(number)
        if not row["merged"]:
            raise Conflict(f"{row['id']} is not merged; somebody may have undone it already. Load it again.")
        self._as_seen(row, version)
        target = await self._rows.get(TICKETS, row["merged"])
        event = TicketParted(ticket=row["id"], into=row["merged"])
        places = dict.fromkeys(filter(None, (row["conversation"], target and target["conversation"])))
        # Of the other one nothing is minded: whatever happened to it, the two are two again.
        await self._commit(event, by, {row["id"]: latest, row["merged"]: None}, places)

    async def _row(self, number: str, version: int | None) -> tuple[dict[str, Any], int]:
        row, latest = await self._found(number)
        if row["merged"]:
            raise Conflict(f"{row['id']} was merged into {row['merged']}. Work on that one.")
        self._as_seen(row, version)
        return row, latest

    async def _found(self, number: str) -> tuple[dict[str, Any], int]:
        canonical = numbers.normalise(number)
        latest = await self._store.version(PREFIX + (canonical or ""))
        row = await self._rows.get(TICKETS, canonical) if canonical else None
        if row is None:
            raise NotFound("There is no ticket with this number. Compare it with the message that told it.")
        return row, latest

    def _as_seen(self, row: dict[str, Any], version: int | None) -> None:
        if version is not None and version != row["version"]:
            raise Conflict("Somebody else has changed this ticket meanwhile. Load it again, then change it.")

    async def _of_one_customer(self, one: str, other: str) -> None:
        if one and other and not await self._same(one, other):
            raise Conflict("This ticket belongs to another customer. If they are one person, join the two first.")

    async def _commit(
        self, event: Event, by: Actor, tickets: Mapping[str, int | None], conversations: Mapping[str, None]
    ) -> None:
        now = self._clock()
        held = [Append(PREFIX + number, (event,), by, now, expected=seen, guard=ANY) for number, seen in tickets.items()]
        copies = [Append(CONVERSATION + id, (event,), by, now) for id in conversations]
        await self._store.append(*held, *copies)
