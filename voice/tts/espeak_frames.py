"""What the service and the process that runs eSpeak NG say to each other over its standard input and output.

A frame is nine bytes (kind, number of the request, length of the body, big-endian) and the body:

    to the process     S  speak: JSON of `Order`       C  cancel: no body
    from the process   R  ready: no body               P  PCM at the rate of the order
                       E  end: JSON of `Ended`; for request 0 before R: it cannot start
"""

import struct
from typing import Final

import msgspec

HEAD: Final = struct.Struct(">cII")
SPEAK, CANCEL, READY, SOUND, END = b"S", b"C", b"R", b"P", b"E"

MOST_CHARACTERS: Final = 1000
"""Of one order: four minutes of speech, and what waits for a listener is no more than that."""
MOST_BODY: Final = 64 * 1024
"""Bytes of a body. A longer one means that the two no longer understand each other."""


class Order(msgspec.Struct, frozen=True):
    """What to say. `voice` as eSpeak names it ("cmn", "en-us"); `speed` in words a minute; `pitch`, `lift` and
    `volume` as eSpeak counts them (50, 50 and 100 are usual, but at 100 the loudest vowels are clipped); `rate` is
    samples a second of what comes back.
    """

    text: str
    voice: str
    rate: int
    speed: int = 170
    pitch: int = 50
    lift: int = 50
    volume: int = 80


class Ended(msgspec.Struct, frozen=True):
    """How an order ended: with a code and a sentence where it failed, with neither where all is said."""

    code: str = ""
    message: str = ""


def frame(kind: bytes, number: int, body: bytes = b"") -> bytes:
    """One frame as bytes."""
    return HEAD.pack(kind, number, len(body)) + body
