"""What the parts of a call ask of each other, as protocols: a line, a recogniser, a voice.

Sound inside this package is always 16-bit little-endian mono PCM. A frame is 20 ms of it.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import msgspec

FRAME_MS = 20
"""Milliseconds of one frame, on every line."""

KEYS = "0123456789*#ABCD"
"""The keys of a phone in the order of their RFC 4733 event numbers."""


class CallInfo(msgspec.Struct, frozen=True):
    """Which call this is. `id` is unique: the SIP Call-ID, the UUID of AudioSocket, the id of a media stream.

    `wire` is "sip", "audiosocket" or "media"; `caller` and `called` are numbers or SIP users, empty when unknown.
    All of it but `wire` comes from outside: it is shown and compared, never trusted.
    """

    id: str
    wire: str
    caller: str
    called: str
    attributes: dict[str, str] = {}


# What a line tells. Events carry no time of day: the receiver has a clock ---------------------------------------


class Audio(msgspec.Struct, frozen=True):
    """20 ms that the caller's side sent, at the line's rate (320 bytes at 8 kHz)."""

    pcm: bytes


class Digit(msgspec.Struct, frozen=True):
    """A key was pressed: one of `KEYS`, told once for each press."""

    key: str


class Marked(msgspec.Struct, frozen=True):
    """Everything that was played before `mark(name)` has gone out, or was dropped by `clear` (`cleared`)."""

    name: str
    cleared: bool = False


class Held(msgspec.Struct, frozen=True):
    """The far side put us on hold, or took the call up again. On hold nothing is heard and what is queued waits."""

    on: bool


class HungUp(msgspec.Struct, frozen=True):
    """The end. `reason`: "caller", "us", "timeout" (nothing came for too long) or "failed"."""

    reason: str


LineEvent = Audio | Digit | Marked | Held | HungUp


class Line(Protocol):
    """One call's sound, both ways. SIP and every gateway implement it; all methods belong to one event loop."""

    info: CallInfo
    rate: int
    """Samples a second, of what is heard and of what is played: 8000 for G.711."""

    async def receive(self) -> LineEvent:
        """The next event, in order. `HungUp` is the last; asked again it comes again, for ever."""
        ...

    def play(self, pcm: bytes) -> None:
        """Queues sound of any length; the line sends it at the pace of 20 ms frames. Silently nothing after the end."""
        ...

    def mark(self, name: str) -> None:
        """Asks for `Marked(name)` when all that was queued until now has gone out: at once when nothing waits."""
        ...

    def clear(self) -> int:
        """Drops what has not gone out, and answers its length in whole milliseconds. Its marks come as cleared."""
        ...

    async def transfer(self, target: str) -> str:
        """Sends the caller on to a number or address: "ok", "refused", "unsupported" or "timeout"."""
        ...

    async def hangup(self) -> None:
        """Ends the call. `HungUp("us")` follows unless it had ended before; a second time does nothing."""
        ...


# Understanding and speaking -------------------------------------------------------------------------------------


class Hearing(msgspec.Struct, frozen=True):
    """What a recogniser can do. `rates`: the sample rates it takes; other sound is resampled by the caller.

    `hints`: names and words expected in the answer help it. `confidence`: its numbers mean something; else they
    are 1.0.
    """

    languages: tuple[str, ...]
    rates: tuple[int, ...]
    hints: bool = False
    confidence: bool = False


class Heard(msgspec.Struct, frozen=True):
    """What was understood. `confidence` and `no_speech` are probabilities; `text` may be empty."""

    text: str
    confidence: float
    no_speech: float
    language: str


class Recognizer(Protocol):
    """Turns one utterance into words."""

    capabilities: Hearing

    async def hear(self, pcm: bytes, rate: int, language: str, hints: Sequence[str]) -> Heard:
        """`language`: "zh" or "en", or "" to let it find out. Raises nothing for noise: that is `no_speech`."""
        ...


class Synthesizer(Protocol):
    """Turns words into sound."""

    rate: int
    """Samples a second of what `speak` yields."""
    languages: tuple[str, ...]

    def speak(self, text: str, language: str) -> AsyncIterator[bytes]:
        """PCM at `rate`, in pieces of any even length, the first as soon as there is one. Stop iterating to stop."""
        ...
