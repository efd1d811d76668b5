"""Durable reactions at work. A lane (stream, reaction) runs strictly in order of seq; lanes run beside each other.

Fresh jobs come from `Log.append`, already leased to this process. Jobs of processes that are gone and timers that are
due are claimed by the sweeper.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from core.errors import Conflict, LeaseLost, Unavailable
from core.ports import Job, JobKey, JobStore
from core.time import Clock

Handler = Callable[[Sequence[Job]], Awaitable[int]]
"""Works the first job of its lane, and may end later ones with it; returns how many it ended. It is named by the part of
the reaction before the first colon: lanes that differ behind it have one handler."""

GiveUp = Callable[[Job, str], Awaitable[bool]]
"""Called for a job out of retries; returns whether it ended the job itself (else it is buried)."""

RETRY_AFTER = (0.05, 0.5, 2.0)
"""Seconds before the second, third and fourth attempt; a fifth is not made."""
CONFLICTS_BORNE = 50
SWEEP_EVERY = 1.0
BEAT_EVERY = 3.0
BATCH = 200

_log = structlog.get_logger()


class Lanes:
    """The worker of this process."""

    def __init__(
        self,
        jobs: JobStore,
        handlers: dict[str, Handler],
        give_up: GiveUp,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._jobs = jobs
        self._handlers = handlers
        self._give_up = give_up
        self._clock = clock
        self._sleep = sleep
        self._lanes: dict[tuple[str, str], deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Begins to beat and to sweep. Jobs may be pushed before."""
        await self._jobs.beat(self._clock())
        self._loops = [asyncio.create_task(self._beat()), asyncio.create_task(self._keep_sweeping())]

    async def stop(self, patience: float = 20.0) -> None:
        """Finishes the work that was begun (at most `patience` seconds), then gives the leases back."""
        self._stopping = True
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._jobs.leave()

    def push(self, key: JobKey) -> None:
        """A fresh job of this process."""
        self._add(Job(key, key.seq))

    def wake(self) -> None:
        """Sweep soon: another process may have left work."""
        self._wake.set()

    @property
    def busy(self) -> int:
        """How many lanes are at work."""
        return len(self._lanes)

    async def idle(self, stream: str, reaction: str) -> None:
        """Returns when the lane has nothing left to do here."""
        while (stream, reaction) in self._lanes:
            await asyncio.wait(self._tasks, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)

    async def rest(self) -> None:
        """Returns when no lane is at work."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def sweep(self) -> int:
        """Takes up what is due and held by nobody alive; returns how many jobs that were."""
        claimed = await self._jobs.claim(self._clock(), BATCH)
        for job in claimed:
            self._add(job)
        return len(claimed)

    def _add(self, job: Job) -> None:
        lane = (job.key.stream, job.key.reaction)
        waiting = self._lanes.get(lane)
        if waiting is not None:
            if all(job.key.seq != other.key.seq or job.key.fence != other.key.fence for other in waiting):
                waiting.append(job)
            return
        self._lanes[lane] = deque((job,))
        task = asyncio.get_running_loop().create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: tuple[str, str]) -> None:
        waiting = self._lanes[lane]
        try:
            while waiting:
                ended = await self._work(waiting)
                for _ in range(ended):
                    waiting.popleft()
        finally:
            del self._lanes[lane]

    async def _work(self, waiting: deque[Job]) -> int:
        """Brings the first job of a lane to an end, whatever that is."""
        job = waiting[0]
        attempts, conflicts = job.attempts, 0
        while True:
            try:
                return await self._handlers[job.key.reaction.partition(":")[0]](tuple(waiting))
            except Conflict:
                conflicts += 1
                if conflicts <= CONFLICTS_BORNE:
                    continue
                error = "the conversation never stood still"
            except LeaseLost:
                return 1
            except Unavailable as unavailable:
                # The store will come back; until then the job keeps its lease and its attempts.
                _log.warning("job_waits_for_store", stream=job.key.stream, reaction=job.key.reaction, error=str(unavailable))
                await self._sleep(1.0)
                continue
            except Exception as failure:
                _log.exception("job_failed", stream=job.key.stream, reaction=job.key.reaction, attempts=attempts + 1)
                error = f"{type(failure).__name__}: {failure}"
                if attempts < len(RETRY_AFTER):
                    await self._sleep(RETRY_AFTER[attempts])
                    attempts += 1
                    continue
            await self._end(job, error)
            return 1

    async def _end(self, job: Job, error: str) -> None:
        while True:
            try:
                if not await self._give_up(job, error):
                    await self._jobs.bury(job.key, error, self._clock())
            except LeaseLost:
                return
            except Exception:
                # The lease is this process's as long as it lives: nobody else would take the job up, so it goes on here.
                _log.exception("job_not_buried", stream=job.key.stream, reaction=job.key.reaction)
                await self._sleep(1.0)
            else:
                return

    async def _beat(self) -> None:
        while True:
            await self._sleep(BEAT_EVERY)
            try:
                await self._jobs.beat(self._clock())
            except Exception as error:
                _log.warning("beat_failed", error=str(error))

    async def _keep_sweeping(self) -> None:
        while True:
            try:
                if await self.sweep() == BATCH:
                    continue
            except Exception as error:
                _log.warning("sweep_failed", error=str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_EVERY):
                    await self._wake.wait()
            self._wake.clear()
