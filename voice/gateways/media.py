"""A line over a media socket, whichever of the protocols it speaks; the socket itself is a small port.

We send at the pace of speech, three frames before their time: the far side plays from a queue of its own, which must
not run dry when the network hesitates, and must stay short, since what it holds is spoken over an interruption.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from voice.audio.pcm import Framer
from voice.gateways.asterisk import Asterisk
from voice.gateways.l16 import L16
from voice.gateways.twilio import Twilio
from voice.gateways.wire import (
    LONGEST,
    Echo,
    Flow,
    Item,
    MediaCodec,
    Pressed,
    Refused,
    Sound,
    Started,
    Stopped,
)
from voice.lines import Clock, PacedLine, Sleep, frame_bytes, within
from voice.ports import Audio, Digit, Marked

AHEAD = 3
"""Frames that are sent before their time: 60 ms."""
PATIENCE = 120.0
"""Seconds without any sound after which the far side is gone. A caller's phone may send none while it is on hold."""
OPENING_SECONDS = 10.0
OPENING_MESSAGES = 10
"""Within so long and so many messages the call must begin."""
CLOSING_SECONDS = 2.0
"""How long the goodbye may take."""
MOST_BACKLOG = 10
"""Messages that the socket has not taken; then what is queued waits with us."""
ECHO_TICKS = 25
"""After so many frames more a mark counts as played although the far side said nothing: some know no marks."""


class Socket(Protocol):
    """A WebSocket that was accepted. After its end every call may do nothing, but must not raise."""

    async def send_text(self, text: str) -> None:
        """One text message."""
        ...

    async def send_bytes(self, data: bytes) -> None:
        """One binary message."""
        ...

    async def receive(self) -> str | bytes | None:
        """The next message; None when the socket is closed, by either side."""
        ...

    async def close(self) -> None:
        """Closes it; again: nothing."""
        ...


class _Pending(msgspec.Struct):
    """A mark on its way: up to which byte it follows what was played, and until when an echo is waited for."""

    name: str
    place: int
    until: int


class MediaLine(PacedLine):
    """Implements `voice.ports.Line` over a socket and a codec; `open` makes one."""

    def __init__(
        self,
        socket: Socket,
        codec: MediaCodec,
        started: Started,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        ahead: int = AHEAD,
        patience: float | None = PATIENCE,
    ) -> None:
        super().__init__(started.info, started.rate, clock=clock, sleep=sleep, ahead=ahead, patience=patience)
        self._socket, self._codec, self._sleep = socket, codec, sleep
        self._framer = Framer(frame_bytes(started.rate))
        self._outgoing: deque[str | bytes] = deque()
        self._some = asyncio.Event()
        self._flowing = True
        self._pending: dict[str, _Pending] = {}
        self._ticks = self._marks = 0
        self._tasks: list[asyncio.Task[None]] = []  # reader and writer
        self._leaving: asyncio.Task[None] | None = None
        self.refused: Counter[str] = Counter()
        """Reason → messages that meant nothing."""

    @classmethod
    async def open(
        cls,
        socket: Socket,
        known: Mapping[str, str] | None = None,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        patience: float | None = PATIENCE,
    ) -> "MediaLine | str":
        """Finds out which protocol it is and which call, and begins. Else, with the socket closed, why not: "closed",
        "protocol", "timeout", or what the codec said last. `known`: what the socket's address said about the call."""
        first = await within(OPENING_SECONDS, _opening(socket, known or {}), sleep)
        if first is None or isinstance(first, str):
            await within(CLOSING_SECONDS, socket.close(), sleep)
            return first or "timeout"
        codec, started, more = first
        line = cls(socket, codec, started, clock=clock, sleep=sleep, patience=patience)
        line.start()
        for item in more:
            line._came(item)
        return line

    def start(self) -> None:
        """See `PacedLine`."""
        super().start()
        self._tasks = [asyncio.create_task(self._reading()), asyncio.create_task(self._writing())]

    async def hangup(self) -> None:
        """See `Line`. Returns when the socket is closed, or would not be."""
        self.end("us")
        if self._leaving is not None:
            await asyncio.wait([self._leaving])

    def clear(self) -> int:
        """See `Line`."""
        for pending in self._pending.values():
            self._in.put(Marked(pending.name, cleared=pending.place > self._out.begun))
        self._pending.clear()
        ms = super().clear()
        if not self._in.ended:
            self._say(self._codec.clear())
        return ms

    # What comes

    async def _reading(self) -> None:
        try:
            while not self._in.ended:
                message = await self._socket.receive()
                if message is None:
                    break
                if len(message) > LONGEST:
                    self.refused["too long"] += 1
                    continue
                for item in self._codec.read(message):
                    self._came(item)
        except Exception:
            self.end("failed")
            raise
        self.end("caller")

    def _came(self, item: Item) -> None:
        match item:
            case Sound(pcm):
                self._quiet = 0
                for frame in self._framer.feed(pcm):
                    self._in.put(Audio(frame))
            case Pressed(key):
                self._heard(Digit(key))
            case Echo(mark, cleared):
                if (pending := self._pending.pop(mark, None)) is not None:
                    self._in.put(Marked(pending.name, cleared))
            case Flow(on):
                self._flowing = on
            case Stopped():
                self.end("caller")
            case Refused(reason):
                self.refused[reason] += 1
            case Started():
                self.refused["start"] += 1

    # What goes

    def _ready(self) -> bool:
        """See `PacedLine`."""
        return self._flowing and len(self._outgoing) < MOST_BACKLOG

    def _tick(self, gone: int) -> None:
        """See `PacedLine`."""
        if self._flowing:
            self._ticks += 1
            for mark in [mark for mark, pending in self._pending.items() if pending.until <= self._ticks]:
                self._in.put(Marked(self._pending.pop(mark).name))
        super()._tick(gone)

    def _send(self, frames: list[bytes], gone: int) -> None:
        """See `PacedLine`."""
        for frame in frames:
            self._say(self._codec.audio(frame))

    def _tell_marks(self) -> None:
        """See `PacedLine`. The far side tells when it has played so far."""
        for name in self._out.reached(self._out.sent):
            self._marks += 1
            mark = f"m{self._marks}"
            self._pending[mark] = _Pending(name, self._out.sent, self._ticks + AHEAD + ECHO_TICKS)
            self._say(self._codec.mark(mark))

    def _say(self, message: str | bytes) -> None:
        self._outgoing.append(message)
        self._some.set()

    async def _writing(self) -> None:
        try:
            while not self._in.ended:
                while self._outgoing:
                    message = self._outgoing.popleft()
                    if isinstance(message, str):
                        await self._socket.send_text(message)
                    else:
                        await self._socket.send_bytes(message)
                self._some.clear()
                await self._some.wait()
        except Exception:
            self.end("failed")
            raise

    def _release(self, reason: str) -> None:
        """See `PacedLine`."""
        self._outgoing.clear()
        self._some.set()
        self._leaving = asyncio.create_task(self._leave(None if reason == "caller" else self._codec.hangup()))

    async def _leave(self, goodbye: str | None) -> None:
        """Says goodbye and closes; a socket that takes nothing is not waited for long."""
        try:
            if self._tasks:
                await within(CLOSING_SECONDS, asyncio.wait(self._tasks[1:]), self._sleep)
            if goodbye is not None:
                await within(CLOSING_SECONDS, self._socket.send_text(goodbye), self._sleep)
        finally:
            await within(CLOSING_SECONDS, self._socket.close(), self._sleep)
            for task in self._tasks:
                task.cancel()


async def _opening(socket: Socket, known: Mapping[str, str]) -> tuple[MediaCodec, Started, list[Item]] | str:
    """Reads until the call begins; what came with its beginning is the third part."""
    codec: MediaCodec | None = None
    reason = "protocol"
    for _ in range(OPENING_MESSAGES):
        message = await socket.receive()
        if message is None:
            return "closed"
        codec = codec or recognise(message, known)
        if codec is None:
            return "protocol"
        items = list(codec.read(message))
        for place, item in enumerate(items):
            if isinstance(item, Started):
                return codec, item, items[place + 1 :]
            if isinstance(item, Refused):
                reason = item.reason
    return reason


def recognise(message: str | bytes, known: Mapping[str, str]) -> MediaCodec | None:
    """The codec of a connection by its first message; None for what nobody speaks."""
    if isinstance(message, bytes) or len(message) > LONGEST:
        return None
    if message.startswith("MEDIA_START"):
        return Asterisk(known)
    try:
        event = msgspec.json.decode(message, type=dict[str, Any]).get("event")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if event in ("connected", "start"):
        return Twilio(known)
    return Asterisk(known) if event == "MEDIA_START" else L16(known)
