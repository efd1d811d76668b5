"""AudioSocket, Asterisk's sound over TCP: `AudioSocket(uuid,host:port)` in the dialplan connects to us.

Read for this: Asterisk's documentation, "Configuration / Channel Drivers / AudioSocket" (one byte of kind, two of
length, big-endian; 0x00 hang-up, 0x01 UUID, 0x03 one key in ASCII, 0x10 PCM of 8 kHz, 0xff error), and
res/res_audiosocket.c, which sends the UUID first and reads nothing but sound and hang-ups. The protocol's first library
also names 0x02 for silence, which changes nothing. 0x11 to 0x18 are PCM of other rates, of the channel driver alone:
they are refused; dial with slin.

Asterisk passes on at once whatever we send, so frames go out one by one at their time. The protocol knows no marks: a
frame that was handed to the connection has gone out.
"""

import asyncio
import contextlib
import struct
import time
import uuid
from collections import Counter
from collections.abc import Callable
from enum import IntEnum

import msgspec

from voice.audio.pcm import Framer
from voice.lines import Clock, PacedLine, Sleep, frame_bytes, within
from voice.ports import KEYS, Audio, CallInfo, Digit

RATE = 8000
LONGEST = 16_000
"""Bytes of a message's content, a second of sound; 20 ms have 320. Longer ones are passed over."""
MOST_BUFFERED = 3200
"""Bytes, 200 ms, that the connection has not taken; then what is queued waits with us."""
OPENING_SECONDS = 10.0
"""Within so long the UUID must come."""
CLOSING_SECONDS = 2.0
"""How long the goodbye may take."""
PATIENCE = 120.0
"""Seconds without a message after which the far side is gone. A caller's phone may send no sound while on hold."""
MOST_LINES = 500
"""Connections at a time; the next one is closed at once."""


class Kind(IntEnum):
    """What a message is."""

    HANGUP = 0x00
    UUID = 0x01
    SILENCE = 0x02
    KEY = 0x03
    SOUND = 0x10
    ERROR = 0xFF


class Frame(msgspec.Struct, frozen=True):
    """One message; `kind` may be none of ours."""

    kind: int
    content: bytes


class Frames:
    """Cuts a connection's bytes into messages; keeps at most one that is not complete."""

    def __init__(self) -> None:
        self._known = bytearray()
        self._skip = 0

    @property
    def cut(self) -> bool:
        """The last message is not complete."""
        return bool(self._known or self._skip)

    def feed(self, data: bytes) -> list[Frame | str]:
        """The messages that are complete, and "too long" in place of each that is passed over."""
        found: list[Frame | str] = []
        passed = min(self._skip, len(data))
        self._skip -= passed
        self._known += data[passed:]
        while len(self._known) >= 3:
            kind, size = struct.unpack_from("!BH", self._known)
            if size > LONGEST:
                found.append("too long")
                there = min(len(self._known), 3 + size)
                self._skip = 3 + size - there
                del self._known[:there]
            elif len(self._known) >= 3 + size:
                found.append(Frame(kind, bytes(self._known[3 : 3 + size])))
                del self._known[: 3 + size]
            else:
                break
        return found


def message(kind: int, content: bytes = b"") -> bytes:
    """A message's bytes. Raises struct.error for more than 65535 of content."""
    return struct.pack("!BH", kind, len(content)) + content


class AudioSocketLine(PacedLine):
    """Implements `voice.ports.Line` over one connection."""

    def __init__(
        self,
        info: CallInfo,
        writer: asyncio.StreamWriter,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        patience: float | None = PATIENCE,
    ) -> None:
        super().__init__(info, RATE, clock=clock, sleep=sleep, patience=patience)
        self._writer, self._sleep = writer, sleep
        self._leaving: asyncio.Task[None] | None = None
        self._framer = Framer(frame_bytes(RATE))
        self.refused: Counter[str] = Counter()
        """Reason → messages that meant nothing."""

    def came(self, frame: Frame | str) -> None:
        """A message of the far side."""
        match frame:
            case Frame(kind=Kind.SOUND, content=content) if len(content) % 2 == 0:
                self._quiet = 0
                for pcm in self._framer.feed(content):
                    self._in.put(Audio(pcm))
            case Frame(kind=Kind.KEY, content=content) if len(content) == 1 and chr(content[0]) in KEYS:
                self._heard(Digit(chr(content[0])))
            case Frame(kind=Kind.SILENCE):
                self._quiet = 0
            case Frame(kind=Kind.HANGUP):
                self.end("caller")
            case Frame(kind=Kind.ERROR):
                self.refused["error"] += 1
                self.end("failed")
            case Frame(kind=kind):
                self.refused["content" if kind in set(Kind) else "kind"] += 1
            case str(reason):
                self.refused[reason] += 1

    def _ready(self) -> bool:
        """See `PacedLine`."""
        return self._writer.transport.get_write_buffer_size() <= MOST_BUFFERED

    def _send(self, frames: list[bytes], gone: int) -> None:
        """See `PacedLine`."""
        for frame in frames:
            self._writer.write(message(Kind.SOUND, frame))

    def _release(self, reason: str) -> None:
        """See `PacedLine`."""
        if reason != "caller":
            self._writer.write(message(Kind.HANGUP))
        self._writer.close()
        self._leaving = asyncio.create_task(self._leave())

    async def _leave(self) -> None:
        """A far side that does not take what was written is not waited for long."""
        await within(CLOSING_SECONDS, asyncio.wait([asyncio.ensure_future(self._gone())]), self._sleep)
        self._writer.transport.abort()

    async def _gone(self) -> None:
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


class AudioSocketServer:
    """Takes connections and hands each over as a line, once it has said which call it is."""

    def __init__(
        self,
        on_line: Callable[[AudioSocketLine], None],
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        patience: float | None = PATIENCE,
    ) -> None:
        """`on_line` is called in the loop with a line that runs. The UUID is all that is known of the caller: whoever
        gets the line knows it from the dialplan, or hangs up."""
        self._on_line = on_line
        self._clock, self._sleep, self._patience = clock, sleep, patience
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self.refused: Counter[str] = Counter()
        """Reason → connections that became no line: "full", "timeout", "closed", "uuid"; and those "cut" in a
        message at their end."""

    async def start(self, host: str, port: int) -> int:
        """Begins to listen; the port. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._client, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Takes no more connections and closes those that are there."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._lines):
            writer.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._lines) >= MOST_LINES:
            self.refused["full"] += 1
            writer.close()
            return
        self._lines.add(writer)
        frames = Frames()
        try:
            line = await self._opening(reader, writer, frames)
            if line is not None:
                await self._serve(line, reader, frames)
        except ConnectionError:
            self.refused["reset"] += 1
        finally:
            self._lines.discard(writer)
            writer.close()

    async def _opening(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frames: Frames
    ) -> AudioSocketLine | None:
        """The line, when the first message says which."""
        came = await within(OPENING_SECONDS, self._first(reader, frames), self._sleep)
        match came:
            case [Frame(kind=Kind.UUID, content=content), *more] if len(content) == 16:
                info = CallInfo(str(uuid.UUID(bytes=content)), "audiosocket", "", "")
                line = AudioSocketLine(
                    info, writer, clock=self._clock, sleep=self._sleep, patience=self._patience
                )
                line.start()
                self._on_line(line)
                for frame in more:
                    line.came(frame)
                return line
            case None | []:
                self.refused["timeout" if came is None else "closed"] += 1
            case _:
                self.refused["uuid"] += 1
        return None

    async def _first(self, reader: asyncio.StreamReader, frames: Frames) -> list[Frame | str]:
        """The first messages, or none at the end."""
        while data := await reader.read(4096):
            if found := frames.feed(data):
                return found
        return []

    async def _serve(self, line: AudioSocketLine, reader: asyncio.StreamReader, frames: Frames) -> None:
        try:
            while data := await reader.read(8192):
                for frame in frames.feed(data):
                    line.came(frame)
        finally:
            if frames.cut:
                self.refused["cut"] += 1
            line.end("caller")
