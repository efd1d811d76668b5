"""RTCP, as much as a call needs: a compound packet is recognised and its kinds are named (RFC 3550 section 6).

Nothing is acted upon: a goodbye in RTCP ends no call, since anybody can send one; signalling does.
"""

import struct

LONGEST = 2048
MOST_PARTS = 32


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
