"""What follows by itself: silence, the scorecard, and a ticket's news on its way to the customer."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from app import metrics
from app.log import Log
from app.starts import Starts
from bot.dialogue import Dialogue
from core import events as e
from core.conversation import BOT, PREFIX, Conversation
from core.errors import Conflict
from core.ports import ANY, Append, Job, Rows
from core.time import MINUTE
from qa.scorecard import Scorecard
from qa.scoring import score


class Afterwards:
    """Handlers of `app.lanes`."""

    def __init__(
        self,
        log: Log,
        rows: Rows,
        dialogue: Callable[[], Dialogue],
        scorecard: Callable[[], Scorecard],
        silence: Callable[[], tuple[int, int]],
        starts: Starts,
    ) -> None:
        self._log = log
        self._rows = rows
        self._dialogue = dialogue
        self._scorecard = scorecard
        self._silence = silence
        self._starts = starts

    async def silent(self, jobs: Sequence[Job]) -> int:
        """The silence timer: asked once, then closed. A customer who spoke since has a later timer."""
        job = jobs[0]
        fold = await self._log.conversation(job.key.stream, fresh=True)
        now = self._log.clock()
        ask, close = self._silence()
        events: tuple[e.Event, ...] = ()
        if fold.mode == BOT and not fold.unanswered and fold.call is None:
            if not fold.silence_asked and now - fold.last_at >= ask * MINUTE:
                events = (self._dialogue().silence(fold),)
            elif fold.silence_asked and now - fold.last_at >= close * MINUTE:
                events = (self._dialogue().closed_by_silence(fold), e.Closed(by="silence"))
        if events:
            append = Append(fold.stream, events, e.THE_BOT, now, expected=fold.version, guard=ANY)
            await self._log.append(append, done=(job.key,))
        else:
            await self._log.store.append(done=(job.key,))
        return 1

    async def scored(self, jobs: Sequence[Job]) -> int:
        """The scorecard of a closing, exactly once for each."""
        job = jobs[0]
        await self.score(job.key.stream, job.key.seq, done=(job,))
        return 1

    async def score(self, stream: str, closing: int, done: Sequence[Job] = ()) -> e.Scored:
        """Scores the conversation up to its closing at seq `closing`; a second time gives nothing new."""
        events = [item for item in await self._log.store.read(stream) if item.seq <= closing]
        card = score(events, self._scorecard())
        append = Append(stream, (card,), e.THE_SYSTEM, self._log.clock(), key=f"scored:{closing}")
        await self._log.append(append, done=[job.key for job in done])
        metrics.SCORED.inc()
        return card

    async def notified(self, jobs: Sequence[Job]) -> int:
        """A ticket changed: its conversation hears of it, and the customer in the machine's words. Then what that
        starts is asked for; of a new ticket nothing else is to be told."""
        job = jobs[0]
        ticket = job.key.stream.removeprefix("ticket:")
        history = await self._log.store.read(job.key.stream, limit=job.key.seq)
        changed = history[-1]
        row = await self._rows.get("tickets", ticket)
        if row is None or not row["conversation"]:
            await self._log.store.append(done=(job.key,))
            return 1
        fold = await self._log.conversation(PREFIX + row["conversation"], fresh=True)
        events: tuple[e.Event, ...] = ()
        if not fold.erased:  # what was emptied stays empty
            news = self._news(fold, changed.event) if isinstance(changed.event, e.TicketUpdated) else ()
            events = (*news, *self._starts.by_ticket(fold, row["type"], ticket, history))
        if not events:
            await self._log.store.append(done=(job.key,))
            return 1
        append = Append(
            fold.stream, events, changed.by, self._log.clock(), expected=fold.version,
            key=f"{job.key.stream}:{job.key.seq}",
        )  # fmt: skip
        await self._log.append(append, done=(job.key,))
        return 1

    def _news(self, fold: Conversation, update: e.TicketUpdated) -> tuple[e.Event, ...]:
        if fold.mode != BOT:
            return (update,)
        said = self._dialogue().ticket_updated(fold, update.ticket, update.status)
        if update.note:
            said = replace(said, text=f"{said.text}\n{update.note}")
        return (update, said)


async def score_missing(afterwards: Afterwards, log: Log, rows: Rows) -> int:
    """Scores what was closed without a scorecard (a dead job, an older version); returns how many."""
    count = 0
    while names := await rows.unscored(100):
        for name in names:
            fold = await log.conversation(name, fresh=True)
            try:
                await afterwards.score(fold.stream, fold.closed_seq)
            except Conflict:
                continue
            count += 1
    return count
