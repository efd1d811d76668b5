"""What an agent does after a conversation: how it ended, and a note. Until that is said, or its time is up, the place of the
conversation stays taken.

The row of `wraps` is made by the closing; a timer that commits with the closing ends what nobody finished.
"""

from collections.abc import Callable, Sequence
from typing import Any

from app.log import Log
from app.people import People, words
from core import events as e
from core.conversation import PREFIX
from core.errors import Conflict, Denied
from core.ports import ANY, Append, Job, Rows
from core.time import HOUR, SECOND, iso
from handoff.routing import Routing

OWED = 12 * HOUR
"""So long after the closing an agent who let the time pass is asked how the conversation ended."""
MOST = 50


class WrapUps:
    """The work after conversations."""

    def __init__(self, log: Log, rows: Rows, people: People, routing: Callable[[], Routing]) -> None:
        self._log, self._rows, self._people, self._routing = log, rows, people, routing

    def choices(self) -> dict[str, Any]:
        """How a conversation can have ended, in words by language, and how many seconds there are to say so."""
        routing = self._routing()
        return {
            "dispositions": [{"id": id, "name": names} for id, names in routing.dispositions.items()],
            "wrap_up_seconds": routing.wrap_up_seconds,
        }

    async def of(self, agent: str) -> list[dict[str, Any]]:
        """What an agent wraps up now, or has not said the end of, the newest first."""
        rows = await self._rows.find("wraps", {"agent": agent, "disposition": ""}, order="-began_at", limit=MOST)
        now = self._log.clock()
        return [shown(row) for row in rows if not row["ended_at"] or now - row["began_at"] < OWED]

    async def finish(
        self, conversation: str, agent: str, disposition: str, note: str = "", mentions: tuple[str, ...] = ()
    ) -> None:
        """The agent says how it ended; the same a second time adds nothing. A `note` stays with colleagues.

        Raises Invalid for the disposition or the note, Denied `not_wrapping` when the agent has nothing to wrap up here.
        """
        self._routing().check_disposition(disposition)
        noted = words("note", note) if note.strip() else ""
        while True:
            fold = await self._log.conversation(conversation, fresh=True)
            (row,) = await self._rows.find(
                "wraps", {"conversation": conversation, "agent": agent}, order="-began_at", limit=1
            ) or (None,)
            if row is None:
                raise Denied("You have nothing to wrap up in this conversation.", code="not_wrapping")
            if row["disposition"]:
                return
            events: tuple[e.Event, ...] = (self._ended(row, disposition),)
            if noted:
                events = (e.AgentNoted(id=f"wrap-{row['closed']}", agent=agent, mentions=mentions, text=noted), *events)
            append = Append(
                fold.stream, events, e.Actor(e.AGENT, agent), self._log.clock(), expected=fold.version, guard=ANY
            )
            try:
                await self._log.append(append)
            except Conflict:
                continue
            break
        if not row["ended_at"]:
            await self._freed(fold.taken_at)

    async def over(self, jobs: Sequence[Job]) -> int:
        """A handler of `app.lanes`: the time after a closing is up."""
        job = jobs[0]
        fold = await self._log.conversation(job.key.stream, fresh=True)
        open_rows = await self._rows.find("wraps", {"conversation": fold.id, "ended_at": 0}, limit=MOST)
        events = tuple(self._ended(row, "") for row in open_rows if row["until"] <= self._log.clock())
        if not events:
            await self._log.store.append(done=(job.key,))
            return 1
        append = Append(fold.stream, events, e.THE_SYSTEM, self._log.clock(), expected=fold.version, guard=ANY)
        await self._log.append(append, done=(job.key,))
        await self._freed(fold.taken_at)
        return 1

    def _ended(self, row: dict[str, Any], disposition: str) -> e.WrappedUp:
        took = min(self._log.clock(), row["until"]) - row["began_at"]
        return e.WrappedUp(
            agent=row["agent"], closed=row["closed"], disposition=disposition, seconds=max(0, took) // SECOND
        )

    async def _freed(self, taken_at: int) -> None:
        self._people.served(taken_at)
        await self._people.match()


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `wraps` as the desk gets it; `over`: the time was up before anything was said."""
    return {
        "conversation": row["conversation"], "closed": row["closed"], "began_at": iso(row["began_at"]),
        "until": iso(row["until"]), "over": bool(row["ended_at"]),
    }  # fmt: skip


def frame(recorded: e.Recorded) -> tuple[str, dict[str, Any]] | None:
    """Whose desks are told what of wrapping up when this happens; None for nobody."""
    event, conversation = recorded.event, recorded.stream.removeprefix(PREFIX)
    if isinstance(event, e.Closed) and event.wrap_until:
        row = {
            "conversation": conversation, "closed": recorded.seq, "began_at": recorded.at, "until": event.wrap_until,
            "ended_at": 0,
        }  # fmt: skip
        return recorded.by.name, {"type": "wrapping", **shown(row)}
    if isinstance(event, e.WrappedUp):
        return event.agent, {
            "type": "wrapped", "conversation": conversation, "closed": event.closed, "disposition": event.disposition,
        }  # fmt: skip
    return None
