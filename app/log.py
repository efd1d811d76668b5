"""The log as the application uses it: appends with their reactions, folds in a cache, listeners told after the commit."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

import structlog
from msgspec.structs import replace

from app.hub import Hub
from core import conversation as conversations
from core import events as e
from core.conversation import HUMAN, PREFIX, Conversation
from core.errors import NotFound
from core.events import Event, Recorded
from core.ports import Append, Appended, EventStore, JobKey, NewJob, Wakes
from core.time import Clock

FOLDS_KEPT = 20_000
SNAPSHOT_EVERY = 100
TOLD_OF_UNKNOWN = 20
"""Newest events of a stream that nobody here knew; listeners leave out what they have seen."""

Reactions = Callable[[str, Event, int], Sequence[NewJob]]
"""(stream, event, at) → the jobs and timers that the event asks for; their offset is filled in here."""

NOTABLE = (e.Started, e.TicketOpened, e.HandoffAsked, e.HandoffTaken, e.TakenOver, e.TurnFailed, e.Closed, e.Scored, e.Erased)
"""Kinds that leave a line in the service's own log; never their words."""

_log = structlog.get_logger()


class Log:
    """The only way in which the application writes events."""

    def __init__(self, store: EventStore, hub: Hub, wakes: Wakes, clock: Clock, reactions: Reactions) -> None:
        self.store = store
        self.hub = hub
        self.clock = clock
        self._wakes = wakes
        self._reactions = reactions
        self._folds: OrderedDict[str, Conversation] = OrderedDict()
        self._notices: dict[type[Event], Callable[[], None]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self.push: Callable[[JobKey], None] = lambda job: None
        """Where fresh jobs go; set by the worker of this process."""
        self.wake: Callable[[], None] = lambda: None
        """Called when jobs lie in the store that nobody was told of."""

    async def append(self, *appends: Append, done: Sequence[JobKey] = ()) -> tuple[Appended, ...]:
        """Commits with the reactions' jobs; then the folds, the listeners and the lanes know. See `EventStore`."""
        prepared = tuple(self._with_reactions(append) for append in appends)
        results = await self.store.append(*prepared, done=done)
        # From here to the end nothing waits: commits are told in the order in which they were made.
        told = []
        for append, result in zip(prepared, results, strict=True):
            if result.duplicate:
                continue
            self._tell(append, result)
            told.append(append.stream)
        if told:
            self._wakes.send(told)
        return results

    def notify(self, kinds: Sequence[type[Event]], notice: Callable[[], None]) -> None:
        """From now on `notice` is called after each commit of one of these kinds here; it is quick."""
        self._notices.update(dict.fromkeys(kinds, notice))

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """See `core.ports.Journal`."""
        return await self.store.read(stream, after, limit)

    async def version(self, stream: str) -> int:
        """See `core.ports.Journal`."""
        return await self.store.version(stream)

    def _with_reactions(self, append: Append) -> Append:
        jobs = [
            replace(job, offset=offset) if offset else job
            for offset, event in enumerate(append.events)
            for job in self._reactions(append.stream, event, append.at)
        ]
        return replace(append, jobs=(*append.jobs, *jobs)) if jobs else append

    def _tell(self, append: Append, result: Appended) -> None:
        events = [
            Recorded(append.stream, result.first + offset, append.at, append.by, event)
            for offset, event in enumerate(append.events)
        ]
        self._apply(events)
        self.hub.publish(events)
        for event in append.events:
            if notice := self._notices.get(type(event)):
                notice()
            if isinstance(event, NOTABLE):
                _log.info(event.KIND, conversation=append.stream.removeprefix(PREFIX), by=append.by.executor)
        if not result.mine:
            self.wake()
        else:
            for job in append.jobs:
                if job.due is None:
                    self.push(JobKey(append.stream, job.reaction, result.first + job.offset))

    def _apply(self, events: list[Recorded]) -> None:
        stream = events[0].stream
        if not stream.startswith(PREFIX):
            return
        fold = self._folds.get(stream)
        if fold is None and events[0].seq == 1:
            fold = conversations.empty(stream)
        if fold is None or fold.version >= events[-1].seq:
            return
        if fold.version + 1 != events[0].seq:
            del self._folds[stream]  # another process wrote in between: read again when needed
            return
        before = fold.version
        fold = conversations.fold(fold, events)
        self._keep(stream, fold)
        if before // SNAPSHOT_EVERY != fold.version // SNAPSHOT_EVERY:
            task = asyncio.get_running_loop().create_task(self._snapshot(stream, fold))
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    def _keep(self, stream: str, fold: Conversation) -> None:
        self._folds[stream] = fold
        self._folds.move_to_end(stream)
        if len(self._folds) > FOLDS_KEPT:
            self._folds.popitem(last=False)

    async def _snapshot(self, stream: str, fold: Conversation) -> None:
        try:
            await self.store.save_snapshot(stream, fold.version, conversations.encode(fold))
        except Exception as error:  # a snapshot only saves time; the log is whole without it
            _log.warning("snapshot_not_kept", stream=stream, error=str(error))

    async def conversation(self, conversation: str, fresh: bool = False) -> Conversation:
        """The fold as it is now. `fresh` reads what other processes may have added. Raises NotFound."""
        stream = conversation if conversation.startswith(PREFIX) else PREFIX + conversation
        fold = self._folds.get(stream)
        if fold is not None and not fresh:
            return fold
        if fold is None:
            snapshot = await self.store.snapshot(stream)
            fold = conversations.decode(snapshot[1]) if snapshot else conversations.empty(stream)
        tail = await self.store.read(stream, after=fold.version)
        newer = self._folds.get(stream)
        if newer is not None and newer.version >= fold.version + len(tail):
            return newer
        fold = conversations.fold(fold, tail)
        if fold.version == 0:
            raise NotFound("There is no such conversation.")
        self._keep(stream, fold)
        return fold

    def forget(self, stream: str) -> None:
        """Drops the fold: after an erasure, or when another process wrote."""
        self._folds.pop(stream, None)

    async def catch_up(self, streams: Sequence[str]) -> None:
        """Tells the listeners here what other processes appended to these streams."""
        for stream in streams:
            fold = self._folds.get(stream)
            if fold is None:
                version = await self.store.version(stream)
                events = await self.store.read(stream, after=max(0, version - TOLD_OF_UNKNOWN))
            else:
                events = await self.store.read(stream, after=fold.version)
            if not events:
                continue
            if fold is None and stream.startswith(PREFIX):
                await self.conversation(stream)
            else:
                self._apply(events)
            self.hub.publish(events)

    async def look(self, streams: Sequence[str]) -> None:
        """Catches up with those of the streams that have grown elsewhere."""
        versions = await self.store.versions(streams)
        await self.catch_up([s for s, version in versions.items() if self._known(s) < version])

    def _known(self, stream: str) -> int:
        fold = self._folds.get(stream)
        return fold.version if fold else 0

    def at_hand(self) -> list[str]:
        """The streams whose folds are in memory."""
        return list(self._folds)

    def served(self, stream: str) -> bool:
        """Whether a person serves here, as far as this process knows; whoever appends has read the fold."""
        fold = self._folds.get(stream)
        return fold is not None and fold.mode == HUMAN

    def cached(self, stream: str) -> bool:
        """Whether the fold is at hand."""
        return stream in self._folds

    async def drain(self) -> None:
        """Waits for snapshots under way."""
        if self._background:
            await asyncio.gather(*self._background, return_exceptions=True)
