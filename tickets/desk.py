"""The desk where cases are opened, looked up and changed."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from msgspec.structs import replace

from core.conversation import CLOSED, Conversation
from core.errors import Conflict, Invalid, NotFound
from core.events import Actor, Event, Recorded, TicketOpened, TicketUpdated
from core.pii import phone_key
from core.ports import ANY, BARRIER, ActionContext, Append, Journal, NewJob, Rows
from core.time import SECOND, Clock
from core.views import TICKETS
from tickets import numbers
from tickets.bonds import Same, equal, merged_into
from tickets.types import OPEN, TicketTypes

PREFIX = "ticket:"
LONGEST_NOTE = 2000
_TRIES = 5
"""Numbers have 35 random bits: five that are all taken mean that the source of randomness is broken."""

Reactions = Callable[[Sequence[Event]], tuple[NewJob, ...]]

UNTOLD: dict[str, Any] = {
    "found": False, "verified": False, "status": "", "type": "", "opened": "", "note": ""
}  # fmt: skip
"""The answer to everybody who is not known to own the ticket, whether there is one or not."""


def _none(events: Sequence[Event]) -> tuple[NewJob, ...]:
    return ()


class TicketDesk:
    """Implements `core.ports.Tickets`, and what people do at the desk.

    `below(n)` gives a random integer of [0, n) (`secrets.randbelow`); `reactions` names the jobs that an
    append of these events sets off; `zone` is where the dates told to customers are;
    `same` says which contacts are one person.
    """

    def __init__(
        self,
        types: TicketTypes,
        store: Journal,
        rows: Rows,
        clock: Clock,
        below: Callable[[int], int],
        *,
        reactions: Reactions = _none,
        zone: tzinfo = UTC,
        same: Same = equal,
    ) -> None:
        self.types = types
        self._store = store
        self._rows = rows
        self._clock = clock
        self._below = below
        self._reactions = reactions
        self._zone = zone
        self._same = same

    def open(
        self,
        type: str,
        fields: dict[str, Any],
        *,
        contact: str,
        conversation: str,
        language: str,
        flow: str,
        step: str,
        in_reply_to: tuple[int, ...],
    ) -> TicketOpened:
        """See `core.ports.Tickets`. The field named `phone` is what a later question for the state is checked
        by.
        """
        kind = self.types.get(type)
        kept = kind.checked(fields)
        kind.complete(kept)
        return TicketOpened(
            ticket=numbers.generate(kind.prefix, self._below),
            type=type,
            contact=contact,
            conversation=conversation or None,
            language=language,
            skill=kind.skill,
            flow=flow,
            step=step,
            in_reply_to=in_reply_to,
            phone=str(kept.get("phone", "")),
            fields=kept,
        )

    async def create(
        self,
        type: str,
        fields: dict[str, Any],
        *,
        by: Actor,
        contact: str = "",
        conversation: str = "",
        language: str = "",
    ) -> str:
        """Opens a case for a person at the desk and returns its number.

        With a conversation the event is copied into it in the same commit. Raises Invalid.
        """
        for attempt in range(_TRIES):
            opened = self.open(
                type, fields, contact=contact, conversation=conversation, language=language,
                flow="", step="", in_reply_to=(),
            )  # fmt: skip
            appends = [self._append(PREFIX + opened.ticket, opened, by, expected=0, guard=ANY)]
            if conversation:
                appends.append(self._append(f"conversation:{conversation}", opened, by))
            try:
                await self._store.append(*appends)
            except Conflict:
                if attempt == _TRIES - 1:
                    raise
                continue
            return opened.ticket
        raise AssertionError("unreachable")

    async def lookup(self, number: str, contact: str, phone: str, language: str = "") -> dict[str, Any]:
        """How far a case is: `{found, verified, status, type, opened, note}`, all words in `language`.

        Told only to the contact that it belongs to, or when the telephone number given is the one on it;
        everybody else gets `UNTOLD`, the same for numbers that exist and those that do not. Of a merged case the state of the
        one that goes on is told. `opened` is an
        ISO date, `note` the newest note for the customer.
        """
        canonical = numbers.normalise(number)
        row = await self._rows.get(TICKETS, canonical) if canonical else None
        if row is None or canonical is None or not await self._may_know(row, contact, phone):
            return dict(UNTOLD)
        row = await merged_into(self._rows, row)
        language = language or row["language"]
        opened = datetime.fromtimestamp(row["opened_at"] // SECOND, self._zone)
        return {
            "found": True,
            "verified": True,
            "status": self.types.status_words(row["type"], row["status"], language),
            "type": self.types.type_words(row["type"], language),
            "opened": opened.date().isoformat(),
            "note": await self._note(row["id"]),
        }

    async def status(self, arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        """`lookup` as an action of a pack, `python:tickets.status`: arguments `ticket` and, where known,
        `phone`.
        """
        number, phone = str(arguments.get("ticket") or ""), str(arguments.get("phone") or "")
        return await self.lookup(number, context.contact, phone, context.language)

    async def update(
        self,
        number: str,
        *,
        by: Actor,
        version: int | None = None,
        status: str | None = None,
        fields: Mapping[str, Any] | None = None,
        note: str = "",
    ) -> int:
        """Changes a case and returns its new version.

        `version` is the one that the person has seen (None: whichever is the latest). The event carries all
        fields of the case when one of them changes. Raises NotFound, Invalid, and Conflict when somebody was
        faster.
        """
        # The stream may be ahead of its row by an erasure, which leaves the row's version as it was.
        latest = await self._store.version(PREFIX + (numbers.normalise(number) or ""))
        row = await self.read(number)
        if row["merged"]:
            raise Conflict(f"{row['id']} was merged into {row['merged']}. Change that one.")
        if version is not None and version != row["version"]:
            raise Conflict("Somebody else has changed this ticket meanwhile. Load it again, then change it.")
        event = replace(self._changed(row, status, fields, note), version=latest + 1)
        append = self._append(PREFIX + row["id"], event, by, expected=latest, guard=ANY)
        (appended,) = await self._store.append(append)
        return appended.first

    async def read(self, number: str) -> dict[str, Any]:
        """The row of a case, its number in any spelling. Raises NotFound."""
        canonical = numbers.normalise(number)
        row = await self._rows.get(TICKETS, canonical) if canonical else None
        if row is None:
            raise NotFound("There is no ticket with this number. Compare it with the message that told it.")
        return row

    def _changed(
        self, row: dict[str, Any], status: str | None, fields: Mapping[str, Any] | None, note: str
    ) -> TicketUpdated:
        kind = self.types.get(row["type"])
        if status is not None and status not in kind.statuses:
            known = ", ".join(kind.statuses)
            raise Invalid(f"There is no status {status} here; this type has: {known}.", field="status")
        if len(note) > LONGEST_NOTE:
            raise Invalid(f"A note has at most {LONGEST_NOTE} characters.", field="note")
        merged: dict[str, Any] = {}
        if fields:
            merged = kind.checked({**_values(row["fields"]), **fields})
            kind.complete(merged)
            if merged == row["fields"]:
                merged = {}
        if status in (None, row["status"]) and not merged and not note.strip():
            raise Invalid("Nothing would change. Give another status, a field or a note.")
        return TicketUpdated(
            ticket=row["id"],
            status=status or row["status"] or OPEN,
            note=note.strip(),
            fields=merged,
        )

    def _append(
        self, stream: str, event: Event, by: Actor, expected: int | None = None, guard: int = BARRIER
    ) -> Append:
        jobs = self._reactions((event,))
        return Append(stream, (event,), by, self._clock(), expected=expected, guard=guard, jobs=jobs)

    async def _may_know(self, row: Mapping[str, Any], contact: str, phone: str) -> bool:
        same_contact = bool(contact) and await self._same(contact, str(row["contact"]))
        # A number corrected at the desk takes the place of the one given at the opening.
        known = phone_key(str(_values(row["fields"]).get("phone") or row["phone"]))
        given = phone_key(phone)
        same_phone = bool(known) and hmac.compare_digest(known, given)
        return same_contact or same_phone

    async def _note(self, number: str) -> str:
        history = await self._store.read(PREFIX + number)
        events = (recorded.event for recorded in reversed(history))
        return next((event.note for event in events if isinstance(event, TicketUpdated) and event.note), "")


def copy_for(conversation: Conversation, recorded: Recorded) -> Append | None:
    """The copy of a `TicketUpdated` for the customer's conversation, or None when that is closed or erased.

    Decided on this fold of the conversation: when it closes meanwhile the append is refused with Conflict.
    The key makes a repetition harmless.
    """
    event = recorded.event
    if not isinstance(event, TicketUpdated) or conversation.version == 0:
        return None
    if conversation.mode == CLOSED or conversation.erased:
        return None
    return Append(
        stream=conversation.stream,
        events=(event,),
        by=recorded.by,
        at=recorded.at,
        expected=conversation.version,
        guard=BARRIER,
        key=f"copy:{recorded.stream}:{recorded.seq}",
    )


def _values(fields: Any) -> dict[str, Any]:
    return dict(fields) if isinstance(fields, Mapping) else {}
