"""Nobody is there: what those who wait are told, and which flow serves them instead.

Never a dead end: while it is open, who waits may go on waiting or take the flow that the pack names; when it is closed
the flow begins by itself.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from app.log import Log
from app.people import People
from bot.dialogue import Dialogue
from core import events as e
from core.conversation import WAITING, Conversation
from core.errors import Conflict
from core.ports import ANY, Append, Job
from core.time import MINUTE, SECOND
from handoff.attendance import CLOSED, HERE, attendance
from handoff.routing import Routing

NOBODY_THERE = "nobody_there"
SETTLING = 20 * SECOND
"""After a start the desks need a moment to come back: so long nobody is sent away because nobody seems to be there."""

_log = structlog.get_logger()


class Attendance:
    """`hours_open` says whether it is open now, `stopped` which flows supervisors have stopped."""

    def __init__(
        self,
        log: Log,
        people: People,
        dialogue: Callable[[], Dialogue],
        hours_open: Callable[[], bool],
        routing: Callable[[], Routing],
        stopped: Callable[[], Awaitable[Collection[str]]],
    ) -> None:
        self._log = log
        self._people = people
        self._dialogue = dialogue
        self._open = hours_open
        self._routing = routing
        self._stopped = stopped
        self._since = log.clock()
        self._told: set[tuple[str, str, int]] = set()
        self._alone: dict[tuple[str, str], int] = {}

    async def queued(self, jobs: Sequence[Job]) -> int:
        """A handler of `app.lanes`: somebody began to wait, or an offer was refused."""
        job = jobs[0]
        await self._people.match()
        fold = await self._log.conversation(job.key.stream)
        append = self._absence(fold, await self._there(), await self._flow()) if fold.asked_seq == job.key.seq else None
        if append is None:
            await self._log.store.append(done=(job.key,))
        else:
            await self._log.append(append, done=(job.key,))
        return 1

    async def look(self) -> None:
        """One look at everybody who waits: who is to learn that nobody is there, and who waits for somebody gone."""
        line = await self._people.waiting()
        now = self._log.clock()
        told = set()
        there, flow = await self._there(), await self._flow()
        for item in line:
            fold = await self._log.conversation(item.conversation)
            mark = (there, fold.id, fold.asked_seq)
            if mark not in self._told and now - self._since >= SETTLING:
                append = self._absence(fold, there, flow)
                if append is not None and await self._appended(append):
                    told.add(mark)
        await self._give_back(now)
        waits = {item.conversation for item in line}
        self._told = {mark for mark in self._told | told if mark[1] in waits}

    async def _give_back(self, now: int) -> None:
        """A customer who waits for somebody who does not come back is given to somebody else."""
        alone = {pair: self._alone.get(pair, now) for pair in await self._people.abandoned()}
        for (conversation, agent), since in alone.items():
            if now - since >= self._routing().return_after_minutes * MINUTE:
                await self._people.give_back(conversation, agent)
                _log.info("given_back", conversation=conversation, agent=agent)
        self._alone = alone

    async def _appended(self, append: Append) -> bool:
        try:
            await self._log.append(append)
        except Conflict:  # something happened there: the next look decides anew
            return False
        return True

    async def _there(self) -> str:
        return attendance(await self._people.agents(), self._open())

    async def _flow(self) -> str:
        """The flow that serves when nobody is there; "" where there is none, or it is stopped."""
        flow = self._routing().nobody_there
        return "" if flow and flow in await self._stopped() else flow

    def _absence(self, fold: Conversation, there: str, flow: str) -> Append | None:
        """What is to be said and done where nobody is there; None while somebody is."""
        now = self._log.clock()
        if fold.mode != WAITING or fold.offer is not None or there == HERE:
            return None
        if there == CLOSED and now - self._since < SETTLING:
            return None
        # Where a supervisor has stopped the bot nothing of it is on offer.
        events: tuple[e.Event, ...] = (self._dialogue().nobody_there(fold, offer=bool(flow) and not fold.stopped),)
        key = f"{there}:{fold.asked_seq}"
        # Who has been through the flow and asks for a person again is not sent in a circle: they may wait.
        if there == CLOSED and flow and fold.begun != flow and not fold.stopped:
            events = (
                e.HandoffCancelled(reason=NOBODY_THERE),
                self._dialogue().nobody_there(fold, offer=False),
                e.StartAsked(flow=flow, by=NOBODY_THERE, name=fold.skill),
            )
            _log.info("nobody_there", conversation=fold.id, flow=flow)
        return Append(fold.stream, events, e.THE_BOT, now, expected=fold.version, guard=ANY, key=key)
