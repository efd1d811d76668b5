"""The bot's turn as a durable reaction: decide, commit, act, commit, until the customer has an answer."""

import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import takewhile

import structlog

from app import metrics
from app.acting import ACT, END, Acting, Judged, foreseen
from app.context import Group, alone
from app.log import Log
from bot.dialogue import Dialogue, Turn
from core import events as e
from core.conversation import BOT, WAITING, Conversation
from core.errors import Conflict
from core.ports import ANY, CONFLICTING, Append, Job, JobKey
from governance.gateway import Gateway

PARTS_OF_A_TURN = 20
"""Actions in one turn after which it counts as running away."""

_log = structlog.get_logger()


class Turns:
    """`dialogue` can be replaced at any time: a new training or a new pack serves from the next turn on."""

    def __init__(self, log: Log, dialogue: Dialogue, gateway: Gateway, group: Group = alone) -> None:
        self._log = log
        self.dialogue = dialogue
        self.held: Callable[[Conversation, Turn], Awaitable[tuple[e.Event, ...] | None]] = _nothing_held
        self.watched: Callable[[Turn], None] | None = None  # by a trial, which counts the ways that turns take
        self._acting = Acting(log, gateway, lambda: self.dialogue, group)

    async def run(self, jobs: Sequence[Job]) -> int:
        """A handler of `app.lanes`: one turn covers all messages of a burst and ends the jobs of all of them. Flows that
        nobody's words start begin here too, once everybody has their answer."""
        first = jobs[0].key
        for _ in range(PARTS_OF_A_TURN):
            fold = await self._as_of(first)
            if await self._acted(fold):
                continue
            if not fold.unanswered and fold.call is None and fold.startable is None:
                return await self._nothing_to_do(jobs, fold)
            judged = self._acting.fallen(fold) or await self._decided(fold)
            if not judged.events:
                return await self._nothing_to_do(jobs, fold)
            covered = _covered(jobs, fold, judged.events) if judged.then == END else []
            await self._commit(fold, judged.events, tuple(job.key for job in covered), judged.taken)
            if judged.then == END:
                metrics.TURNS.inc()
                if covered:
                    return len(covered)
            if judged.then == ACT:
                fold = await self._log.conversation(first.stream)
                if fold.call is not None and not fold.call.outcome:
                    await self._acting.perform(fold, fold.call, again=False)
        raise RuntimeError("the turn called one action after another without an end")

    async def _decided(self, fold: Conversation) -> Judged:
        started = time.perf_counter()
        turn = await self.dialogue.advance(fold)
        if self.watched is not None:
            self.watched(turn)
        metrics.UNDERSTANDING.observe(time.perf_counter() - started)
        instead = await self.held(fold, turn)
        if instead is not None:
            return Judged(instead)
        return await self._acting.judged(fold, turn)

    async def _acted(self, fold: Conversation) -> bool:
        """Brings calls to an end that were begun and not noted as answered, and makes those that a person released."""
        if fold.call is not None and not fold.call.outcome:
            await self._acting.perform(fold, fold.call, again=True)
            return True
        if fold.acts:
            await self._acting.perform(fold, fold.acts[0], again=True)
            return True
        released = next((proposal for proposal in fold.proposals if proposal.confirmer), None)
        if released is None or fold.turn or fold.awaited:
            return False
        await self._acting.release(fold, released)
        return True

    async def _as_of(self, job: JobKey) -> Conversation:
        """The fold with the job's event in it; a job taken over may have been half done elsewhere."""
        fold = await self._log.conversation(job.stream, fresh=job.fence > 1)
        return fold if fold.version >= job.seq else await self._log.conversation(job.stream, fresh=True)

    async def _nothing_to_do(self, jobs: Sequence[Job], fold: Conversation) -> int:
        covered = [job.key for job in jobs if job.key.seq <= fold.version]
        await self._log.store.append(done=covered)
        return len(covered)

    async def _commit(
        self, fold: Conversation, events: tuple[e.Event, ...], done: Sequence[JobKey], taken: tuple[Append, ...] = ()
    ) -> None:
        """The turn's events, each ticket's first event in the ticket's own stream, and what a call takes of its
        contact's day, all or nothing."""
        events = self._acting.screened(fold, events)
        now = self._log.clock()
        # Who is handed over must have been answered to the last word: then no message falls between two chairs.
        final = any(isinstance(event, (e.HandoffAsked, e.HandoffCancelled, e.Closed)) for event in events)
        # And a flow that nobody's words started asks nothing while somebody is writing something else.
        unasked = fold.mode == BOT and not any(getattr(event, "in_reply_to", ()) for event in events)
        guard = ANY if final or unasked else CONFLICTING
        appends = [Append(fold.stream, events, e.THE_BOT, now, expected=fold.version, guard=guard)]
        appends += [
            Append(f"ticket:{event.ticket}", (event,), e.THE_BOT, now, expected=0, guard=ANY)
            for event in events
            if isinstance(event, e.TicketOpened)
        ]
        try:
            await self._log.append(*appends, *taken, done=done)
        except Conflict:
            await self._log.conversation(fold.stream, fresh=True)  # what another process wrote is decided on as well
            raise

    async def give_up(self, job: Job, error: str) -> bool:
        """A turn out of retries: an apology, a person, and the lane is free again."""
        while True:
            fold = await self._log.conversation(job.key.stream, fresh=True)
            start = None if fold.unanswered else fold.startable
            if fold.mode not in (BOT, WAITING) or not (fold.unanswered or fold.call or start):
                await self._log.store.append(done=(job.key,))
                return True
            seqs = tuple(said.seq for said in fold.unanswered)
            if not seqs and fold.call is not None and start is None:
                seqs = fold.call.in_reply_to
            failed = e.TurnFailed(in_reply_to=seqs, error=error[:500], attempts=job.attempts)
            events: tuple[e.Event, ...] = (failed,)
            if start is not None:  # nobody has asked for anything: no words, and the next may begin
                events = (failed, e.StartLeft(flow=start.flow, start=start.seq, reason="failed"))
            elif fold.mode == BOT:
                events = (failed, *self.dialogue.apology(fold, seqs))
            try:
                await self._commit(fold, events, (job.key,))
            except Conflict:
                continue
            _log.error("turn_given_up", stream=job.key.stream, seqs=seqs, error=error)
            metrics.TURNS_FAILED.inc()
            return True


async def _nothing_held(fold: Conversation, turn: Turn) -> None:
    """Where no flow can be stopped, as in a trial."""


def _covered(jobs: Sequence[Job], fold: Conversation, events: tuple[e.Event, ...]) -> list[Job]:
    """The first jobs that a turn of these events ends. A turn that goes on after an action answers no newer words, and
    while a flow is still to begin, the same jobs stand for it."""
    left: set[int] = set()
    if fold.turn or fold.call or fold.starts:
        after = foreseen(fold, events, fold.last_at)
        if after.startable is not None:
            return []
        left = {said.seq for said in after.unanswered}
    return list(takewhile(lambda job: job.key.seq <= fold.version and job.key.seq not in left, jobs))
