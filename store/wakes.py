"""Telling other processes that streams have grown: the messages, and the way of one process, which tells nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

import msgspec
import structlog

log = structlog.get_logger()

CHANNEL = "switchboard_wakes"
LONGEST_MESSAGE = 7900
"""Bytes; NOTIFY takes 7,999."""
LISTENING_PAUSE = 0.2
"""Seconds between attempts to listen again."""
PROBE_EVERY = 5.0
"""Seconds of silence after which a listener asks whether the other side is still there."""


class Wake(msgspec.Struct, frozen=True):
    """A message between processes: who sends it, and which streams have grown."""

    sender: str
    streams: tuple[str, ...]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Wake).decode


def messages(owner: str, streams: Sequence[str], longest: int = LONGEST_MESSAGE) -> Iterator[bytes]:
    """The streams in as many messages as their length needs."""
    part: list[str] = []
    size = len(owner.encode()) + 64
    used = size
    for stream in streams:
        length = len(_encode(stream)) + 1
        if part and used + length > longest:
            yield _encode(Wake(owner, tuple(part)))
            part, used = [], size
        part.append(stream)
        used += length
    if part:
        yield _encode(Wake(owner, tuple(part)))


def heard_from_others(owner: str, message: bytes | str) -> tuple[str, ...]:
    """The streams of a message; none when it is this process's own or not a message of ours."""
    try:
        wake = _decode(message)
    except msgspec.MsgspecError:
        return ()
    return () if wake.sender == owner else wake.streams


class Outbox:
    """Collects streams during one tick of the event loop and hands them to `publish` together."""

    def __init__(self, publish: Callable[[list[str]], Awaitable[None]]) -> None:
        self._publish = publish
        self._streams: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, streams: Sequence[str]) -> None:
        """Soon, without waiting."""
        self._streams.update(dict.fromkeys(streams))
        if self._streams and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        try:
            while self._streams:
                streams, self._streams = list(self._streams), {}
                await self._publish(streams)
        finally:
            self._task = None

    async def close(self) -> None:
        """Sends what is left."""
        if self._task is not None:
            await asyncio.wait([self._task])


class LocalWakes:
    """Implements `core.ports.Wakes` for one process: there is nobody to wake."""

    def send(self, streams: Sequence[str]) -> None:
        """See `core.ports.Wakes`."""

    async def listen(self, heard: Callable[[Sequence[str]], None]) -> None:
        """See `core.ports.Wakes`: waits until cancelled."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing to do."""
