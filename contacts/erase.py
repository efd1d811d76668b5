"""Forgetting a person: every stream that is about them, and the emptying of it."""

from collections.abc import Sequence
from typing import Any, Protocol

from contacts.joins import group_of
from core.conversation import PREFIX
from core.events import Actor
from core.ports import EventStore, Rows
from core.views import CONVERSATIONS, TICKETS

_PAGE = 200


class Beside(Protocol):
    """What is kept about conversations outside the log."""

    async def forget(self, conversations: Sequence[str]) -> int:
        """Takes it away for these conversations; returns how many things went."""


async def streams_of(contact: str, rows: Rows) -> list[str]:
    """Names of the streams of a contact and of all that are one person with it: conversations, their tickets, tickets
    of their own, and `contact:…`.
    """
    contacts = await group_of(contact, rows)
    if not contacts:
        return []
    conversations = await _ids(rows, CONVERSATIONS, {"contact": contacts})
    tickets = dict.fromkeys(await _ids(rows, TICKETS, {"contact": contacts}))
    for start in range(0, len(conversations), _PAGE):
        part = tuple(conversations[start : start + _PAGE])
        tickets.update(dict.fromkeys(await _ids(rows, TICKETS, {"conversation": part})))
    return [
        *(f"conversation:{id}" for id in conversations),
        *(f"ticket:{id}" for id in tickets),
        *(f"contact:{one}" for one in contacts),
    ]


async def erase(
    contact: str, store: EventStore, rows: Rows, by: Actor, at: int, beside: Sequence[Beside] = ()
) -> int:
    """Empties the private part of everything about a contact; `at` in microseconds since the epoch. What is kept
    `beside` goes first: if the work breaks off, the contact can still be found and erased again.

    Returns how many events lost one. Streams without events are left alone, so an unknown contact leaves no
    trace.
    """
    streams = await streams_of(contact, rows)
    conversations = [name.removeprefix(PREFIX) for name in streams if name.startswith(PREFIX)]
    for kept in beside if conversations else ():
        await kept.forget(conversations)
    there = await store.versions(streams)
    found = [stream for stream in streams if stream in there]
    return await store.erase(found, by, at) if found else 0


async def _ids(rows: Rows, table: str, where: dict[str, Any]) -> list[str]:
    ids: list[str] = []
    after: tuple[Any, str] | None = None
    while True:
        page = await rows.find(table, where, order="id", limit=_PAGE, after=after)
        ids += [row["id"] for row in page]
        if len(page) < _PAGE:
            return ids
        after = (ids[-1], ids[-1])
