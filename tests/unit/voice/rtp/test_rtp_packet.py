"""RTP packets: read as written, and anything else refused with its reason."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.rtp import rtcp
from voice.rtp.packet import LONGEST, Packet, build, forward, parse

WORD = st.integers(0, 0xFFFFFFFF)
KIND = st.integers(0, 127).filter(lambda kind: not 64 <= kind <= 95)  # with the marker those are RTCP
EXTENSION = st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=8).map(lambda data: data * 4))
PACKETS = st.builds(
    Packet, KIND, st.booleans(), st.integers(0, 0xFFFF), WORD, WORD, st.binary(max_size=200),
    st.lists(WORD, max_size=15).map(tuple), st.none() | EXTENSION,
)  # fmt: skip
PLAIN = build(Packet(0, False, 1, 160, 7, bytes(160)))


@given(PACKETS, st.integers(0, 255))
def test_what_is_written_is_read(packet: Packet, padding: int) -> None:
    assert parse(build(packet, padding)) == packet


def test_the_bytes_are_those_of_the_standard() -> None:
    packet = Packet(8, True, 0x0102, 0x03040506, 0x0708090A, b"xy", (0x0B0C0D0E,), (0xBEDE, b"abcd"))
    data = bytes.fromhex("b18801020304050607 08090a 0b0c0d0e bede0001") + b"abcd" + b"xy" + b"\0\0\3"
    assert build(packet, 3) == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "short"), (PLAIN[:11], "short"), (bytes(LONGEST + 1), "long"), (b"\x40" + PLAIN[1:], "version"),
        (b"\x80\xc8" + PLAIN[2:], "rtcp"), (b"\x8f" + PLAIN[1:40], "truncated"), (b"\x90" + PLAIN[1:14], "truncated"),
        (b"\x90" + PLAIN[1:12] + b"\0\0\0\x09" + bytes(8), "truncated"), (b"\xa0" + PLAIN[1:], "padding"),
        (b"\xa0" + PLAIN[1:12] + b"\x02", "padding"),
    ],
)  # fmt: skip
def test_what_is_no_packet_is_refused(data: bytes, reason: str) -> None:
    assert parse(data) == reason


@given(
    st.binary(max_size=300)
    | PACKETS.map(build).flatmap(lambda data: st.integers(0, len(data)).map(lambda end: data[:end]))
)
def test_any_bytes_are_a_packet_or_a_reason(data: bytes) -> None:
    assert isinstance(parse(data), Packet | str)
    assert isinstance(rtcp.kinds(data), tuple | str)


@given(st.integers(0, 2**40), st.integers(-(2**15) + 1, 2**15 - 1))
def test_numbers_wrap(start: int, step: int) -> None:
    assert forward((start + step) & 0xFFFF, start & 0xFFFF, 16) == step


def test_our_reports_are_those_of_the_standard() -> None:
    data = rtcp.report(0x01020304, 1.5, 0x0A0B0C0D, 7, 1120)
    sender = "80c80006 01020304 83aa7e81 80000000 0a0b0c0d 00000007 00000460"
    described = "81ca0004 01020304 0108" + b"01020304".hex() + "0000"
    assert data.hex() == (sender + described).replace(" ", "")
    assert rtcp.kinds(data) == (200, 202)
    assert rtcp.kinds(rtcp.report(5, 1.8e9, 0, 2**33, 2**40, last=True)) == (200, 202, 203)


def part(kind: int, words: int) -> bytes:
    return struct.pack("!BBH", 0x80, kind, words) + bytes(4 * words)


def test_reports_are_known_by_their_kinds() -> None:
    assert rtcp.kinds(part(200, 6) + part(202, 3) + part(203, 1)) == (200, 202, 203)
    assert rtcp.kinds(part(200, 6)[:-1]) == "truncated" == rtcp.kinds(part(200, 0) + b"\x80\xc8")
    assert rtcp.kinds(b"\0\xc8\0\0") == "version"
    assert rtcp.kinds(bytes(3)) == "short" and rtcp.kinds(bytes(3000)) == "long"
    assert rtcp.kinds(part(201, 0) * 100) == (201,) * rtcp.MOST_PARTS
