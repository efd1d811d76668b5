"""What the protocols of media sockets have in common: what a message means, and what can be said back.

A codec turns one protocol's messages into these and back. It does no I/O and raises nothing: what it cannot read is
`Refused` with a reason, which is counted.
"""

import string
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from voice.ports import CallInfo

LONGEST = 65_500
"""Bytes of one message, either way: what Asterisk takes as well. 20 ms are below 3000 in every protocol."""
MOST_ATTRIBUTES = 32
LONGEST_ATTRIBUTE = 256
RATES = (8000, 16000, 24000, 48000)
"""Samples a second of L16 that are taken."""


class Started(msgspec.Struct, frozen=True):
    """The call is there."""

    info: CallInfo
    rate: int


class Sound(msgspec.Struct, frozen=True):
    """PCM of any even length."""

    pcm: bytes


class Pressed(msgspec.Struct, frozen=True):
    """One press of a key."""

    key: str


class Echo(msgspec.Struct, frozen=True):
    """The far side has played, or dropped, all that came before our mark."""

    mark: str
    cleared: bool = False


class Flow(msgspec.Struct, frozen=True):
    """The far side's queue is full (`on` false), or takes sound again."""

    on: bool


class Stopped(msgspec.Struct, frozen=True):
    """The far side ends the stream."""


class Refused(msgspec.Struct, frozen=True):
    """A message that means nothing, or nothing here."""

    reason: str


Item = Started | Sound | Pressed | Echo | Flow | Stopped | Refused


class MediaCodec(Protocol):
    """One protocol, of one connection. `audio` and what follows it may be asked only after `Started`."""

    def read(self, message: str | bytes) -> Sequence[Item]:
        """What a message means: often one thing, sometimes nothing."""
        ...

    def audio(self, pcm: bytes) -> str | bytes:
        """The message for 20 ms of PCM at the rate of `Started`."""
        ...

    def mark(self, name: str) -> str:
        """Asks for an `Echo`. `name`: a few letters and digits."""
        ...

    def clear(self) -> str:
        """Drops what the far side has not played."""
        ...

    def hangup(self) -> str | None:
        """The goodbye; None where closing the socket is one."""
        ...


def attributes(*sources: Mapping[str, object]) -> dict[str, str]:
    """Scalars of what came from outside, as text, cut to a bearable size; the first source wins."""
    found: dict[str, str] = {}
    for source in sources:
        for name, value in source.items():
            if (
                len(found) < MOST_ATTRIBUTES
                and isinstance(value, str | int | float)
                and not isinstance(value, bool)
            ):
                found.setdefault(name[:LONGEST_ATTRIBUTE], str(value)[:LONGEST_ATTRIBUTE])
    return found


def named(known: Mapping[str, str], *names: str) -> str:
    """The first of some attributes that is there, however it is capitalised; else ""."""
    lower = {name.lower(): value for name, value in reversed(list(known.items()))}  # the first of two wins
    return next((lower[name] for name in names if lower.get(name)), "")


def short(text: str) -> str:
    """What others named themselves, as an id: printable and bounded."""
    return "".join(one for one in text[:LONGEST_ATTRIBUTE] if one in string.printable and not one.isspace())
