"""Two contacts that are one person. A join is a link between them and changes nothing else, so undoing it restores exactly.

The links make trees: a contact belongs to at most one other. All contacts of a tree are one customer.
"""

from typing import Any, Final

import msgspec

from core.errors import Conflict, Invalid, NotFound
from core.events import Actor, ContactJoined, ContactParted, Event
from core.ports import ANY, Append, Journal, Rows
from core.time import Clock
from core.views import CONTACTS, CONVERSATIONS, TICKETS

PREFIX: Final = "contact:"
LARGEST: Final = 200
"""Contacts of one person that are looked at; more would be no person."""
ACCOUNT, PHONE, EMAIL = "account", "phone", "email"
"""What may speak for a join, the strongest first: an account proved in both, the phone number on a ticket, an e-mail address."""

_BASES: Final = (ACCOUNT, PHONE, EMAIL)
_ROWS: Final = 200
_MOST: Final = 10
_TRIES: Final = 5


class Link(msgspec.Struct, frozen=True):
    """`contact` belongs to `into`, since `at` (microseconds since the epoch), as `by` said, for `basis`."""

    contact: str
    into: str
    by: str
    at: int
    basis: str


class Suggestion(msgspec.Struct, frozen=True):
    """A contact that may be the same person, for `basis`; `name`, `conversation` and `last_at` are of its newest conversation
    or empty."""

    contact: str
    basis: str
    name: str = ""
    conversation: str = ""
    last_at: int = 0


async def group_of(contact: str, rows: Rows) -> tuple[str, ...]:
    """All contacts that are one person with this one: the root of its tree first; alone when nobody joined it."""
    if not contact:
        return ()
    found = {await _root(contact, rows): None}
    level = tuple(found)
    while level and len(found) < LARGEST:
        below = await rows.find(CONTACTS, {"joined": level}, limit=LARGEST)
        level = tuple(row["id"] for row in below if row["id"] not in found)
        found.update(dict.fromkeys(level))
    return tuple(found)


async def _root(contact: str, rows: Rows) -> str:
    for _ in range(LARGEST):
        row = await rows.get(CONTACTS, contact)
        if row is None or not row["joined"]:
            break
        contact = row["joined"]
    return contact


class Joins:
    """Joins contacts, undoes it, and says which may be one person."""

    def __init__(self, store: Journal, rows: Rows, clock: Clock) -> None:
        self._store = store
        self._rows = rows
        self._clock = clock

    async def group(self, contact: str) -> tuple[str, ...]:
        """See `group_of`."""
        return await group_of(contact, self._rows)

    async def same(self, one: str, other: str) -> bool:
        """Whether two contacts are one person."""
        return one == other or (bool(one and other) and other in await self.group(one))

    async def links(self, contact: str) -> list[Link]:
        """The joins of this person, the newest first."""
        group = await self.group(contact)
        rows = [row for name in group if (row := await self._rows.get(CONTACTS, name)) is not None and row["joined"]]
        rows.sort(key=lambda row: (-row["joined_at"], row["id"]))
        return [Link(r["id"], r["joined"], r["joined_by"], r["joined_at"], r["basis"]) for r in rows]

    async def join(self, contact: str, other: str, by: Actor) -> None:
        """`other`, with all that belongs to it, is one person with `contact` from now on.

        Raises NotFound for a contact that nobody ever talked as; Invalid for one and itself; Conflict when they are one
        person already.
        """
        if contact == other:
            raise Invalid("A contact cannot be joined to itself. Name the other one.", field="contact")
        for one in (contact, other):
            await self.known(one)
        basis = next((s.basis for s in await self.suggestions(contact) if s.contact == other), "")
        for attempt in range(_TRIES):
            # The streams first: what is joined after this is seen by the versions.
            seen = {one: await self._store.version(PREFIX + one) for one in (contact, other)}
            top, child = await _root(contact, self._rows), await _root(other, self._rows)
            if top == child:
                raise Conflict("These contacts are one person already.")
            for one in (top, child):
                seen.setdefault(one, await self._store.version(PREFIX + one))
            if (top, child) != (await _root(contact, self._rows), await _root(other, self._rows)):
                continue
            event = ContactJoined(contact=child, into=top, basis=basis)
            try:
                await self._both(event, child, top, by, seen)
            except Conflict:
                if attempt == _TRIES - 1:
                    raise
                continue
            return
        raise Conflict("These contacts are being joined by somebody else. Try again.")

    async def part(self, contact: str, by: Actor) -> None:
        """Undoes the join of this contact to another one. Raises Conflict when it is joined to nobody."""
        for attempt in range(_TRIES):
            version = await self._store.version(PREFIX + contact)
            row = await self._rows.get(CONTACTS, contact)
            if row is None or not row["joined"]:
                raise Conflict("This contact is not joined to another one; somebody may have undone it already.")
            into = row["joined"]
            try:
                await self._both(ContactParted(contact=contact, into=into), contact, into, by, {contact: version})
            except Conflict:
                if attempt == _TRIES - 1:
                    raise
                continue
            return

    async def _both(self, event: Event, one: str, other: str, by: Actor, seen: dict[str, int]) -> None:
        now = self._clock()
        await self._store.append(
            *(Append(PREFIX + name, (event,), by, now, expected=seen.get(name), guard=ANY) for name in (one, other))
        )

    async def known(self, contact: str) -> None:
        """Raises NotFound where there is neither a conversation nor a ticket of this contact."""
        for table in (CONVERSATIONS, TICKETS):
            if contact and await self._rows.find(table, {"contact": contact}, limit=1):
                return
        raise NotFound("There is no such customer. Copy the number from their conversation.")

    async def suggestions(self, contact: str) -> list[Suggestion]:
        """Other contacts that may be this person, by an account that both proved, the phone number on their tickets, or
        the e-mail address that the page vouched for; the strongest first, at most ten."""
        group = await self.group(contact)
        if not group:
            return []
        found: dict[str, Suggestion] = {}
        for basis, table in ((ACCOUNT, CONVERSATIONS), (PHONE, TICKETS), (EMAIL, CONVERSATIONS)):
            own = await self._rows.find(table, {"contact": group}, limit=_ROWS)
            values = tuple({row[basis] for row in own if row[basis]})
            for row in await self._rows.find(table, {basis: values}, limit=_ROWS) if values else ():
                if row["contact"] and row["contact"] not in group:
                    found.setdefault(row["contact"], Suggestion(row["contact"], basis))
        ordered = sorted(found.values(), key=lambda one: (_BASES.index(one.basis), one.contact))[:_MOST]
        return [await self._named(one) for one in ordered]

    async def _named(self, one: Suggestion) -> Suggestion:
        rows: list[dict[str, Any]] = await self._rows.find(CONVERSATIONS, {"contact": one.contact}, "-last_at", 1)
        if not rows:
            return one
        row = rows[0]
        return msgspec.structs.replace(one, name=row["name"], conversation=row["id"], last_at=row["last_at"])
