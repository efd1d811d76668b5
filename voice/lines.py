"""What every line has: a queue of what is to be played, a queue of what was heard, and the pace of 20 ms.

Frames go out at absolute deadlines of one clock (the n-th at start + n · 20 ms), so that lateness never adds up; the
clock and the sleep are given, and tests give their own.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from voice.ports import FRAME_MS, Audio, CallInfo, HungUp, LineEvent, Marked

MOST_QUEUED_SECONDS = 600
"""Sound that waits to be played; what is queued beyond it is dropped."""
MOST_EVENTS = 500
"""Events that wait for `receive`: ten seconds of sound. Then the oldest sound gives way, never a key."""
MOST_LATE = 0.1
"""Seconds of lateness that are caught up with frames in quick succession; more are left out, as a gap."""

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T")


class Playout:
    """Sound waiting to be sent, cut into frames, with marks in it.

    With `ahead`, so many frames are sent before their time, for a far side that plays from a queue of its own: then
    sent is not yet sounding, and `clear` counts what was sent and has not begun to sound as not played.
    """

    def __init__(self, rate: int, ahead: int = 0) -> None:
        self._rate, self._ahead = rate, ahead
        self._frame = frame_bytes(rate)
        self._queue = bytearray()
        self._marks: deque[tuple[int, str]] = deque()
        self._flight: deque[int] = deque()
        self.sent = 0
        """Bytes that were sent, counted from the beginning of the call, without padding."""
        self.begun = 0
        """Those of them whose frame has begun to sound."""
        self.dropped = 0
        """Bytes that were refused because too much waited."""

    def play(self, pcm: bytes) -> None:
        """Queues sound; an odd byte at the end is dropped."""
        free = MOST_QUEUED_SECONDS * self._rate * 2 - len(self._queue)
        size = min(len(pcm) & ~1, free)
        self.dropped += (len(pcm) & ~1) - size
        self._queue += pcm[:size]

    def mark(self, name: str) -> None:
        """Remembers the place behind all that is queued."""
        self._marks.append((self.sent + len(self._queue), name))

    def take(self) -> list[bytes]:
        """What is to be sent now that another 20 ms begin: usually one frame or none. The last one is padded."""
        frames: list[bytes] = []
        if self._flight:
            self.begun = self._flight.popleft()
        elif self._queue:
            frames.append(self._cut())
            self.begun = self.sent
        while len(self._flight) < self._ahead and len(self._queue) >= self._frame:
            frames.append(self._cut())
            self._flight.append(self.sent)
        return frames

    def _cut(self) -> bytes:
        frame = bytes(self._queue[: self._frame])
        del self._queue[: self._frame]
        self.sent += len(frame)
        return frame if len(frame) == self._frame else frame + bytes(self._frame - len(frame))

    def reached(self, place: int) -> list[str]:
        """Marks up to a place (`sent` or `begun`), which are forgotten with that."""
        names: list[str] = []
        while self._marks and self._marks[0][0] <= place:
            names.append(self._marks.popleft()[1])
        return names

    def clear(self) -> tuple[int, list[str]]:
        """Forgets everything: the milliseconds that had not begun to sound, and the marks that were not reached."""
        waiting = self.sent + len(self._queue) - self.begun
        names = [name for _, name in self._marks]
        self._queue.clear()
        self._marks.clear()
        self._flight.clear()
        self.sent = self.begun
        return waiting * 1000 // (2 * self._rate), names


class Inbox:
    """Events on their way to the one who listens, at most `MOST_EVENTS`."""

    def __init__(self) -> None:
        self._events: deque[LineEvent] = deque()
        self._some = asyncio.Event()
        self._end: HungUp | None = None
        self.dropped = 0
        """Events that nobody took in time."""

    @property
    def ended(self) -> bool:
        """The last event is in."""
        return self._end is not None

    def put(self, event: LineEvent) -> None:
        """Nothing comes after the end."""
        if self._end is not None:
            return
        if isinstance(event, HungUp):
            self._end = event
        elif len(self._events) >= MOST_EVENTS and not self._make_room():
            return
        else:
            self._events.append(event)
        self._some.set()

    def _make_room(self) -> bool:
        """Drops the oldest sound. False when there is none: then the new event is the one to go."""
        self.dropped += 1
        for place, event in enumerate(self._events):
            if isinstance(event, Audio):
                del self._events[place]
                return True
        return False

    async def get(self) -> LineEvent:
        """The next event; after the end, the end."""
        while not self._events:
            if self._end is not None:
                return self._end
            self._some.clear()
            await self._some.wait()
        return self._events.popleft()


class Pacer:
    """Calls `tick` every 20 ms without drift."""

    def __init__(self, tick: Callable[[int], None], clock: Clock, sleep: Sleep) -> None:
        """`tick` is told how many 20 ms were left out before it because the program was late: almost always 0."""
        self._tick, self._clock, self._sleep = tick, clock, sleep
        self.late = 0
        """Ticks that came more than a frame after their time."""
        self.skipped = 0
        """Ticks that never came."""
        self.running = True

    async def run(self) -> None:
        """Until `running` is False."""
        period = FRAME_MS / 1000
        start, count = self._clock(), 0
        while self.running:
            count += 1
            due = start + count * period
            # Also when late: others have their turn between two frames.
            await self._sleep(max(0.0, due - self._clock()))
            behind = self._clock() - due
            gone = int(behind / period) if behind > MOST_LATE else 0
            count += gone
            self.skipped += gone
            self.late += behind > period
            if self.running:
                self._tick(gone)


class PacedLine:
    """The half of a line that all have in common; implements `voice.ports.Line` but for the sending itself.

    A line that hears nothing for `patience` seconds has lost its far side: it ends with "timeout".
    """

    def __init__(
        self,
        info: CallInfo,
        rate: int,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        ahead: int = 0,
        patience: float | None = None,
    ) -> None:
        self.info, self.rate = info, rate
        self._clock = clock
        self._out = Playout(rate, ahead)
        self._in = Inbox()
        self._pacer = Pacer(self._tick, clock, sleep)
        self._task: asyncio.Task[None] | None = None
        self._patience = None if patience is None else int(patience * 1000 / FRAME_MS)
        self._quiet = 0

    def start(self) -> None:
        """Begins to send and to listen."""
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._pacer.run()
        except Exception:
            self.end("failed")
            raise

    # What is asked of a line

    async def receive(self) -> LineEvent:
        """See `Line`."""
        return await self._in.get()

    def play(self, pcm: bytes) -> None:
        """See `Line`."""
        if not self._in.ended:
            self._out.play(pcm)

    def mark(self, name: str) -> None:
        """See `Line`."""
        if not self._in.ended:
            self._out.mark(name)
            self._tell_marks()

    def clear(self) -> int:
        """See `Line`."""
        ms, names = self._out.clear()
        for name in names:
            self._in.put(Marked(name, cleared=True))
        return ms

    async def transfer(self, target: str) -> str:
        """See `Line`. A stream of sound cannot send its caller anywhere."""
        return "unsupported"

    async def hangup(self) -> None:
        """See `Line`."""
        self.end("us")

    # What the kinds of line fill in

    def _send(self, frames: list[bytes], gone: int) -> None:
        """Sends frames, now: what `Playout.take` gave. `gone`: see `Pacer`."""
        raise NotImplementedError

    def _ready(self) -> bool:
        """The far side takes sound; else what is queued waits."""
        return True

    def _listen(self) -> None:
        """Called every 20 ms, for lines that do not hear by themselves."""

    def _release(self, reason: str) -> None:
        """Lets go of the socket; called once, at the end."""

    # How it runs

    def _tick(self, gone: int) -> None:
        self._quiet += 1
        if self._patience is not None and self._quiet > self._patience:
            self.end("timeout")
            return
        self._listen()
        if self._ready():
            self._send(self._out.take(), gone)
            self._tell_marks()

    def _tell_marks(self) -> None:
        for name in self._out.reached(self._out.begun):
            self._in.put(Marked(name))

    def _heard(self, event: LineEvent) -> None:
        """Something came from the far side."""
        self._quiet = 0
        self._in.put(event)

    def end(self, reason: str) -> None:
        """The call is over, whoever ended it; only the first reason counts."""
        if self._in.ended:
            return
        self._in.put(HungUp(reason))
        self._out.clear()
        self._pacer.running = False
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._release(reason)


def frame_bytes(rate: int) -> int:
    """Bytes of 20 ms of PCM."""
    return rate * FRAME_MS // 1000 * 2


async def within(seconds: float, work: Awaitable[T], sleep: Sleep) -> T | None:
    """What the work gives, or None when it took longer and was cancelled."""
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(sleep(seconds))
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        alarm.cancel()
