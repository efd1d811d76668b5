"""AudioSocket: its messages, and connections that do not behave."""

import asyncio
import itertools
import struct
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.virtual import VirtualTime, settle
from voice.gateways.audiosocket import (
    LONGEST,
    PATIENCE,
    AudioSocketLine,
    AudioSocketServer,
    Frame,
    Frames,
    Kind,
    message,
)
from voice.ports import Audio, Digit, HungUp, LineEvent

UUID = bytes(range(16))
HELLO = message(Kind.UUID, UUID)
MESSAGES = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=400)), max_size=8)


@given(MESSAGES, st.lists(st.integers(0, 3000)))
def test_messages_come_whole_however_they_are_cut(messages: list[tuple[int, bytes]], cuts: list[int]) -> None:
    data = b"".join(message(kind, content) for kind, content in messages)
    frames = Frames()
    found: list[Frame | str] = []
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    for begin, end in itertools.pairwise(places):
        found += frames.feed(data[begin:end])
    assert found == [Frame(kind, content) for kind, content in messages]
    assert not frames.cut


def test_the_bytes_are_those_of_the_documentation() -> None:
    assert message(Kind.HANGUP) == b"\0\0\0"
    assert HELLO == b"\1\0\x10" + UUID
    assert message(Kind.SOUND, bytes(320))[:3] == b"\x10\x01\x40"


def test_a_message_that_is_too_long_is_passed_over_and_not_kept() -> None:
    frames = Frames()
    long = message(Kind.SOUND, bytes(60_000))
    assert frames.feed(long[:100]) == ["too long"]
    for place in range(100, len(long), 1000):
        assert frames.feed(long[place : place + 1000]) == [] and len(frames._known) == 0
    assert not frames.cut
    assert frames.feed(long + message(Kind.KEY, b"1")) == ["too long", Frame(3, b"1")]
    assert frames.feed(message(Kind.SOUND, bytes(LONGEST))) == [Frame(16, bytes(LONGEST))]
    assert frames.feed(b"\x10\0") == [] and frames.cut


@given(st.lists(st.binary(max_size=200)))
def test_any_bytes_are_messages_and_little_is_kept(pieces: list[bytes]) -> None:
    frames = Frames()
    for piece in pieces:
        for found in frames.feed(piece):
            assert isinstance(found, Frame | str)
        assert len(frames._known) < 3 + LONGEST


class Side:
    """A server, its lines, and clients that do what a test wants."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.lines: asyncio.Queue[AudioSocketLine] = asyncio.Queue()
        self.server = AudioSocketServer(self.lines.put_nowait, clock=self.time.clock, sleep=self.time.sleep)
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def connect(self, data: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        writer.write(data)
        return reader, writer

    async def call(self) -> tuple[AudioSocketLine, asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.connect(HELLO)
        return await self.lines.get(), reader, writer


@pytest.fixture
async def side() -> AsyncIterator[Side]:
    one = Side()
    one.port = await one.server.start("127.0.0.1", 0)
    yield one
    for writer in one.writers:
        writer.close()
    await one.server.close()
    await settle()


async def events(line: AudioSocketLine) -> list[LineEvent]:
    """Until the end, which is the last."""
    found = [await line.receive()]
    while not isinstance(found[-1], HungUp):
        found.append(await line.receive())
    return found


async def test_what_follows_the_uuid_at_once_is_heard(side: Side) -> None:
    sound = struct.pack("<160h", *range(160))
    await side.connect(HELLO + message(Kind.SOUND, sound) + message(Kind.KEY, b"9") + message(Kind.HANGUP))
    line = await side.lines.get()
    assert line.info.id == "00010203-0405-0607-0809-0a0b0c0d0e0f" and line.info.wire == "audiosocket"
    assert await events(line) == [Audio(sound), Digit("9"), HungUp("caller")]


async def test_a_client_that_stops_in_the_middle_of_a_message(side: Side) -> None:
    line, _, writer = await side.call()
    writer.write(message(Kind.SOUND, bytes(320)) + message(Kind.SOUND, bytes(320))[:100])
    writer.close()
    assert await events(line) == [Audio(bytes(320)), HungUp("caller")]
    await settle()
    assert side.server.refused == {"cut": 1}


async def test_a_client_that_stalls_in_the_middle_of_a_message(side: Side) -> None:
    line, reader, writer = await side.call()
    writer.write(message(Kind.SOUND, bytes(320))[:100])
    await side.time.advance(PATIENCE + 1)
    assert await events(line) == [HungUp("timeout")]
    assert (await reader.read()).endswith(message(Kind.HANGUP))


async def test_what_means_nothing_is_counted(side: Side) -> None:
    line, _, writer = await side.call()
    for kind, content in (
        (0x12, bytes(640)),
        (0x10, b"\0"),
        (0x03, b"12"),
        (0x03, b"x"),
        (0x01, UUID),
        (0x02, b""),
        (0x77, b"?"),
    ):
        writer.write(message(kind, content))
    writer.write(message(0x10, bytes(50_000)) + message(Kind.KEY, b"1") + message(Kind.ERROR, b"\x02"))
    assert await events(line) == [Digit("1"), HungUp("failed")]
    assert line.refused == {"kind": 2, "content": 4, "too long": 1, "error": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (message(Kind.SOUND, bytes(320)), "uuid"),
        (message(Kind.UUID, bytes(15)), "uuid"),
        (b"GET / HTTP/1.1\r\n\r\n" + bytes(30_000), "uuid"),
    ],
)
async def test_who_does_not_say_which_call_it_is_is_sent_away(side: Side, data: bytes, reason: str) -> None:
    reader, _ = await side.connect(data)
    try:
        assert await reader.read() == b""
    except ConnectionResetError:  # what was not read yet makes the closing hard
        assert data.startswith(b"GET")
    assert side.server.refused == {reason: 1} and side.lines.empty()


async def test_who_says_nothing_is_sent_away(side: Side) -> None:
    reader, _ = await side.connect(b"\1\0")
    await settle()
    await side.time.advance(11)
    assert await reader.read() == b""
    assert side.server.refused == {"timeout": 1}
    _, writer = await side.connect()
    writer.close()
    while side.server.refused["closed"] == 0:
        await settle()


async def test_the_house_has_an_end(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.gateways.audiosocket.MOST_LINES", 1)
    line, _, _ = await side.call()
    reader, _ = await side.connect()
    assert await reader.read() == b""
    assert side.server.refused == {"full": 1}
    await line.hangup()


async def test_who_reads_nothing_makes_sound_wait(side: Side) -> None:
    line, reader, _ = await side.call()
    line._ready = lambda: False  # type: ignore[method-assign]  # as when the connection's buffer is full
    line.play(bytes(3200))
    await side.time.advance(1)
    assert line.clear() == 200
    await line.hangup()
    assert await reader.read() == message(Kind.HANGUP)


async def test_who_takes_no_goodbye_is_left(side: Side) -> None:
    line, _, writer = await side.call()
    line._writer.write(bytes(20_000_000))  # more than the connection holds
    await line.hangup()
    assert line._writer.transport.get_write_buffer_size() > 0
    await side.time.advance(3)
    assert line._leaving is not None
    await line._leaving
    assert line._writer.transport.get_write_buffer_size() == 0
    writer.transport.abort()


async def test_closing_the_server_ends_its_lines(side: Side) -> None:
    line, reader, _ = await side.call()
    await side.server.close()
    assert await events(line) == [HungUp("caller")]
    assert await reader.read() == b""
