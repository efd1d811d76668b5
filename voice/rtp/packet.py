"""RTP packets, read and written (RFC 3550 section 5.1; told apart from RTCP by RFC 5761 section 4).

What comes from the network is checked here once: a packet, or the reason in one word why it is none.
"""

import struct

import msgspec

VERSION = 2
LONGEST = 2048
"""Bytes of a datagram; a 20 ms packet of G.711 has 172, and no path carries more than 1500 in one piece."""

_HEADER = struct.Struct("!BBHII")


class Packet(msgspec.Struct, frozen=True, gc=False):
    """One packet. `extension` is profile and content (whole 32-bit words); padding is never kept."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    csrc: tuple[int, ...] = ()
    extension: tuple[int, bytes] | None = None


def parse(data: bytes) -> Packet | str:
    """A packet, or why it is refused: "short", "long", "version", "rtcp", "truncated", "padding"."""
    size = len(data)
    if size < 12:
        return "short"
    if size > LONGEST:
        return "long"
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != VERSION:
        return "version"
    if 192 <= second <= 223:
        return "rtcp"
    kind, marker = second & 0x7F, second >= 0x80
    if first == 0x80:  # nearly all
        return Packet(kind, marker, sequence, timestamp, ssrc, data[12:])
    begin = 12 + 4 * (first & 0x0F)
    if begin > size:
        return "truncated"
    csrc = struct.unpack_from(f"!{first & 0x0F}I", data, 12)
    extension = None
    if first & 0x10:
        if begin + 4 > size:
            return "truncated"
        profile, words = struct.unpack_from("!HH", data, begin)
        content = data[begin + 4 : begin + 4 + 4 * words]
        if len(content) < 4 * words:
            return "truncated"
        extension = (profile, content)
        begin += 4 + 4 * words
    end = size
    if first & 0x20:
        end -= data[-1]
        if data[-1] == 0 or end < begin:
            return "padding"
    return Packet(kind, marker, sequence, timestamp, ssrc, data[begin:end], csrc, extension)


def build(packet: Packet, padding: int = 0) -> bytes:
    """The packet's bytes. `padding`: how many bytes to fill up with, 0 to 255. Raises struct.error for numbers that
    do not fit their field."""
    first = VERSION << 6 | bool(padding) << 5 | (packet.extension is not None) << 4 | len(packet.csrc)
    head = _HEADER.pack(
        first,
        packet.marker << 7 | packet.payload_type,
        packet.sequence,
        packet.timestamp,
        packet.ssrc,
    )
    middle = struct.pack(f"!{len(packet.csrc)}I", *packet.csrc) if packet.csrc else b""
    if packet.extension is not None:
        profile, content = packet.extension
        middle += struct.pack("!HH", profile, len(content) // 4) + content
    tail = bytes(padding - 1) + bytes([padding]) if padding else b""
    return head + middle + packet.payload + tail


def forward(later: int, earlier: int, bits: int) -> int:
    """How far a number that wraps (16 bits of sequence, 32 of time) lies behind another; negative: before it."""
    half = 1 << (bits - 1)
    return ((later - earlier + half) & ((1 << bits) - 1)) - half
