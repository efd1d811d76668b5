"""RTCP, as much as a call needs (RFC 3550 section 6): what comes is recognised, and we report what we sent.

Nothing that comes is acted upon: a goodbye in RTCP ends no call, since anybody can send one; signalling does.
"""

import struct

LONGEST = 2048
MOST_PARTS = 32
SENDER_REPORT, DESCRIPTION, GOODBYE = 200, 202, 203
EPOCH = 2_208_988_800
"""Seconds from 1900, where the clock of NTP begins, to 1970."""


def kinds(data: bytes) -> tuple[int, ...] | str:
    """The types of the parts (200 sender report … 203 goodbye), or why it is refused: "short", "long", "version",
    "truncated"."""
    if len(data) < 4:
        return "short"
    if len(data) > LONGEST:
        return "long"
    found: list[int] = []
    place = 0
    while place < len(data) and len(found) < MOST_PARTS:
        if place + 4 > len(data):
            return "truncated"
        first, kind, words = struct.unpack_from("!BBH", data, place)
        if first >> 6 != 2:
            return "version"
        place += 4 + 4 * words
        if place > len(data):
            return "truncated"
        found.append(kind)
    return tuple(found)


def report(ssrc: int, wall: float, timestamp: int, packets: int, octets: int, *, last: bool = False) -> bytes:
    """A sender report without reception blocks, with a name that says nothing; `last`: and a goodbye.

    `wall`: seconds since 1970 at which the sample of `timestamp` is sent; `octets`: of payload. Counters wrap.
    """
    ticks = int((wall + EPOCH) * 2**32)
    counters = (timestamp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    sent = struct.pack("!IIIIII", ssrc, ticks >> 32 & 0xFFFFFFFF, ticks & 0xFFFFFFFF, *counters)
    name = f"{ssrc:08x}".encode()
    item = struct.pack("!IBB", ssrc, 1, len(name)) + name
    item += bytes(4 - len(item) % 4)  # at least one zero ends the list
    parts = _part(SENDER_REPORT, 0, sent) + _part(DESCRIPTION, 1, item)
    return parts + _part(GOODBYE, 1, struct.pack("!I", ssrc)) if last else parts


def _part(kind: int, count: int, content: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(content) // 4) + content
