"""Flows that nobody's words start: what a ticket's change, a timer or another system's call asks for.

Here is decided that a flow is to start, as one event in the customer's conversation; `app.turns` starts it there.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog

from app.log import Log
from bot.flows.model import TICKET_CHANGE, TIMER, WEBHOOK
from bot.flows.slots import accept
from bot.flows.verification import VERIFIED_AS
from bot.pack import BotPack
from contacts.identity import contact_id
from core import events as e
from core.conversation import BOT, CLOSED, HUMAN, PREFIX, WAITING, Conversation
from core.errors import Conflict, Invalid, NotFound
from core.ports import ANY, Append, Job, Rows
from core.time import HOUR
from tickets import numbers
from tickets.types import OPEN

START = "start"
"""Family of the timers' reactions: `start:FLOW:DIGEST`, one for each trigger, so that none takes another's place."""

OPEN_MODES = (BOT, WAITING, HUMAN)

_log = structlog.get_logger()


class Target(msgspec.Struct, frozen=True):
    """Whom a call is about; one of the three is given. `contact` is a contact's id here, or the user id that the page
    vouches for."""

    conversation: str = ""
    contact: str = ""
    ticket: str = ""


def timer(flow: str, minutes: int, ended: str) -> str:
    """The reaction of a timer trigger; at most 32 characters, however long the names are."""
    digest = hashlib.sha256(f"{flow}\0{minutes}\0{ended}".encode()).hexdigest()
    return f"{START}:{flow[:16]}:{digest[:8]}"


def state_after(event: e.Event) -> str:
    """The state of a ticket after an event of its stream; "" for one that says nothing of it."""
    if isinstance(event, e.TicketOpened):
        return OPEN
    return event.status if isinstance(event, e.TicketUpdated) else ""


class Starts:
    """`pack` gives the one that serves now, `reopen_hours` how long a closed conversation may come back; `key` is the
    one of `contacts.identity.contact_id`."""

    def __init__(
        self, log: Log, rows: Rows, pack: Callable[[], BotPack], reopen_hours: Callable[[], int], key: bytes
    ) -> None:
        self._log = log
        self._rows = rows
        self._pack = pack
        self._reopen_hours = reopen_hours
        self._key = key

    # A ticket ------------------------------------------------------------------------------------------------------

    def by_ticket(self, fold: Conversation, type: str, ticket: str, history: Sequence[e.Recorded]) -> tuple[e.Event, ...]:
        """What the last event of a ticket's history starts in its conversation: flows for the state that it is in now,
        if it was not in it before."""
        states = [state for item in history if (state := state_after(item.event))]
        if len(states) > 1 and states[-2] == states[-1]:
            return ()
        # A closed conversation that may come back keeps it until then.
        back = fold.mode == CLOSED and self._log.clock() - fold.closed_at <= self._reopen_hours() * HOUR
        return tuple(
            e.StartAsked(flow=flow.id, by=TICKET_CHANGE, name=ticket, status=states[-1])
            for flow in self._pack().triggered_by(TICKET_CHANGE, type, states[-1])
            if _free(fold, flow.id, back or fold.mode == BOT)
        )

    # A timer -------------------------------------------------------------------------------------------------------

    async def due(self, jobs: Sequence[Job]) -> int:
        """A handler of `app.lanes`: so long ago a flow was completed. Whatever closed meanwhile stays closed."""
        job = jobs[0]
        fold = await self._log.conversation(job.key.stream, fresh=True)
        found = self._timed(job.key.reaction)
        if found is None:
            _log.info("start_left_out", conversation=fold.id, timer=job.key.reaction, reason="unknown")
        elif _free(fold, found[0], fold.mode == BOT):
            event = e.StartAsked(flow=found[0], by=TIMER, name=found[1])
            append = Append(fold.stream, (event,), e.THE_SYSTEM, self._log.clock(), expected=fold.version)
            await self._log.append(append, done=(job.key,))
            return 1
        await self._log.store.append(done=(job.key,))
        return 1

    def _timed(self, reaction: str) -> tuple[str, str] | None:
        """(flow to start, flow that was completed) of a timer, None when the pack has no such trigger any more."""
        for flow in self._pack().flows.values():
            for start in flow.starts:
                if start.kind == TIMER and timer(flow.id, start.minutes, start.name) == reaction:
                    return flow.id, start.name
        return None

    # Another system ------------------------------------------------------------------------------------------------

    async def called(self, name: str, id: str, target: Target, slots: Mapping[str, Any]) -> tuple[str, ...]:
        """A call of the webhook `name`; the conversations in which it starts flows, on disk when this returns.

        The same `id` again starts nothing and gives the same answer. Raises NotFound when no flow starts by this
        webhook, or there is no such conversation or ticket; Invalid for slots that the pack does not have.
        """
        pack = self._pack()
        flows = pack.triggered_by(WEBHOOK, name)
        if not flows:
            raise NotFound("No flow of the pack starts by this webhook. Compare its name with `webhook:` in flows/.")
        values = _accepted(pack, slots)
        stream = f"hook:{name}:{id}"
        while True:
            known = await self._log.store.read(stream, limit=1)
            if known and isinstance(known[0].event, e.HookCalled):
                return known[0].event.conversations
            fold = await self._open(target)
            wanted = [flow.id for flow in flows if fold is not None and _free(fold, flow.id, fold.mode == BOT)]
            asked_for = [e.StartAsked(flow=flow, by=WEBHOOK, name=name, slots=values) for flow in wanted]
            now = self._log.clock()
            event = e.HookCalled(name=name, conversations=(fold.id,) if fold is not None and wanted else ())
            appends = [Append(stream, (event,), e.THE_SYSTEM, now, expected=0, guard=ANY)]
            if fold is not None and wanted:
                appends.append(Append(fold.stream, tuple(asked_for), e.THE_SYSTEM, now, expected=fold.version))
            try:
                await self._log.append(*appends)
            except Conflict:
                continue
            return event.conversations

    async def _open(self, target: Target) -> Conversation | None:
        """The open conversation that is meant: the newest of the contact, the ticket's own first."""
        if target.conversation:
            return await self._log.conversation(PREFIX + target.conversation, fresh=True)
        if not target.ticket:
            return await self._newest((target.contact, contact_id(self._key, target.contact)))
        number = numbers.normalise(target.ticket)
        row = await self._rows.get("tickets", number) if number else None
        if row is None:
            raise NotFound("There is no ticket with this number. Compare it with the one that the customer was told.")
        if row["conversation"]:
            fold = await self._log.conversation(PREFIX + row["conversation"], fresh=True)
            if fold.mode != CLOSED:
                return fold
        return await self._newest((row["contact"],)) if row["contact"] else None

    async def _newest(self, contacts: tuple[str, ...]) -> Conversation | None:
        where = {"contact": contacts, "mode": OPEN_MODES}
        rows = await self._rows.find("conversations", where, order="-last_at", limit=1)
        return await self._log.conversation(PREFIX + rows[0]["id"], fresh=True) if rows else None


def _free(fold: Conversation, flow: str, reachable: bool) -> bool:
    """Whether the flow may be asked for in a conversation that is `reachable`; what is left out is logged."""
    if fold.erased:
        reason = "erased"
    elif not reachable:
        reason = fold.mode
    elif any(frame.flow == flow for frame in fold.stack):
        reason = "running"
    elif any(start.flow == flow for start in fold.starts):
        reason = "asked already"
    else:
        return True
    _log.info("start_left_out", conversation=fold.id, flow=flow, reason=reason)
    return False


def _accepted(pack: BotPack, slots: Mapping[str, Any]) -> dict[str, Any]:
    """The slots in their canonical form. Who the customer is, is shown by the customer and by nobody else."""
    values = {}
    for name, given in slots.items():
        slot = pack.slots.get(name)
        if slot is None or name == VERIFIED_AS:
            raise Invalid("There is no such slot that a call may fill. See slots.yml of the pack.", field="slots")
        value = accept(slot, given.replace("\0", "") if isinstance(given, str) else given)
        if value is None:
            raise Invalid(f"The slot {name} is of type {slot.type} and does not take this value.", field="slots")
        values[name] = value
    return values
