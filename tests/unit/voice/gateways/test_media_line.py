"""The line over a media socket: what goes wrong on the way."""

import asyncio
from typing import Any

import msgspec
import pytest

from tests.contracts.lines import AsteriskSwitch, Pipe, World, frames, make_world
from tests.virtual import VirtualTime, settle
from voice.gateways.media import MOST_BACKLOG, MediaLine
from voice.ports import Audio, Digit, HungUp, Marked

START = "MEDIA_START connection_id:c1 channel:WebSocket/c1 channel_id:p.9 format:ulaw optimal_frame_size:160 ptime:20"


async def opened(pipe: Pipe, time: VirtualTime) -> MediaLine | str | None:
    """What `open` answers within eleven seconds."""
    opening = asyncio.create_task(MediaLine.open(pipe, {"caller": "1"}, clock=time.clock, sleep=time.sleep))
    await time.advance(11)
    return opening.result() if opening.done() else None


async def asterisk() -> World:
    return await make_world("asterisk")


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "timeout"), ([None], "closed"), ([b"\0"], "protocol"), (["hello"], "protocol"), (["x" * 100_000], "protocol"),
        (["MEDIA_START format:opus"] * 20, "format"), (['{"event": "connected"}', "{}"] + ["{}"] * 9, "json"), (['{"event": "connected"}'] * 20, "protocol"),
    ],
)  # fmt: skip
async def test_what_is_no_call_is_closed_and_named(messages: list[str | bytes | None], reason: str) -> None:
    pipe = Pipe()
    for message in messages:
        pipe.to_near.put_nowait(message)
    assert await opened(pipe, VirtualTime()) == reason
    assert pipe.closed


async def test_what_comes_with_the_start_is_not_lost() -> None:
    pipe, time = Pipe(), VirtualTime()
    for message in (START, bytes(160), "DTMF_END digit:1"):
        pipe.to_near.put_nowait(message)
    line = await opened(pipe, time)
    assert isinstance(line, MediaLine)
    assert line.info.caller == "1"
    assert [await line.receive() for _ in range(2)] == [Audio(b"\x84\x82" * 160), Digit("1")]
    await line.hangup()
    assert pipe.closed


async def test_a_message_of_100_kb_is_refused_and_counted() -> None:
    world = await asterisk()
    for message in ("x" * 100_000, bytes(100_000), "{", "WHAT ever"):
        world.far.tell(message)  # type: ignore[attr-defined]
    await world.far.press("3")
    await world.pass_time(0.1)
    assert isinstance(world.line, MediaLine)
    assert dict(world.line.refused) == {"too long": 2, "json": 1, "unknown": 1}
    assert world.events == [Digit("3")]
    await world.close()


async def test_a_full_queue_at_the_far_side_stops_us_and_no_mark_is_lost() -> None:
    world = await asterisk()
    switch = world.far
    assert isinstance(switch, AsteriskSwitch)
    sound = frames(50)
    world.line.play(b"".join(sound))
    world.line.mark("end")
    await world.pass_time(0.2)
    switch.tell("MEDIA_XOFF")
    await world.pass_time(0.02)
    arrived = switch.arrived
    await world.pass_time(3)
    assert switch.arrived == arrived and world.told() == []
    switch.tell("MEDIA_XON")
    await world.pass_time(2)
    assert switch.heard == sound and world.told() == [Marked("end")]
    await world.close()


async def test_sound_in_pieces_of_any_length_becomes_frames() -> None:
    world = await asterisk()
    for size in (100, 60, 320, 1, 159):
        world.far.tell(bytes([0xFF]) * size)  # type: ignore[attr-defined]
    await world.pass_time(0.1)
    assert world.events == [Audio(bytes(320))] * 4
    await world.close()


class Slow(Pipe):
    """A socket that takes nothing."""

    async def send_bytes(self, data: bytes) -> None:
        await asyncio.Event().wait()


async def test_a_socket_that_takes_nothing_makes_us_wait_and_is_left_at_the_end() -> None:
    pipe, time = Slow(), VirtualTime()
    pipe.to_near.put_nowait(START)
    opening = asyncio.create_task(MediaLine.open(pipe, clock=time.clock, sleep=time.sleep))
    await settle()
    line = opening.result()
    assert isinstance(line, MediaLine)
    line.play(b"".join(frames(100)))
    await time.advance(2)
    assert len(line._outgoing) <= MOST_BACKLOG + 4
    leaving = asyncio.create_task(line.hangup())
    await time.advance(5)
    assert leaving.done() and pipe.closed


class Broken(Pipe):
    """A socket that breaks its promise."""

    async def receive(self) -> str | bytes | None:
        message = await super().receive()
        if message == "break":
            raise RuntimeError("the socket broke")
        return message


async def test_a_socket_that_breaks_ends_the_call() -> None:
    pipe, time = Broken(), VirtualTime()
    pipe.to_near.put_nowait(START)
    opening = asyncio.create_task(MediaLine.open(pipe, clock=time.clock, sleep=time.sleep))
    await settle()
    line = opening.result()
    assert isinstance(line, MediaLine)
    pipe.to_near.put_nowait("break")
    await settle()
    assert await line.receive() == HungUp("failed")
    await line.hangup()
    assert pipe.closed
    with pytest.raises(RuntimeError, match="the socket broke"):
        await line._tasks[0]


async def test_marks_that_were_played_before_a_clear_are_not_cleared() -> None:
    world = await make_world("l16-old")  # its far side never tells
    world.line.play(b"".join(frames(5)))
    world.line.mark("played")
    await world.pass_time(0.2)
    world.line.play(b"".join(frames(50)))
    world.line.mark("dropped")
    await world.pass_time(0.1)
    world.line.clear()
    await world.pass_time(0.1)
    assert world.told() == [Marked("played"), Marked("dropped", cleared=True)]
    await world.close()


async def test_the_goodbye_is_said_in_each_protocol() -> None:
    for kind, said in (("twilio", False), ("asterisk", True), ("asterisk-json", True), ("l16", True)):
        world = await make_world(kind)
        await world.line.hangup()
        await world.pass_time(0.1)
        far: Any = world.far
        assert (far.goodbye, far.ended) == (said, True)
        await world.close()


async def test_l16_at_another_rate_has_frames_of_20_ms() -> None:
    pipe, time = Pipe(), VirtualTime()
    pipe.to_near.put_nowait(msgspec.json.encode({"callSid": "a", "sampleRate": 16000}).decode())
    pipe.to_near.put_nowait(bytes(1280))
    opening = asyncio.create_task(MediaLine.open(pipe, clock=time.clock, sleep=time.sleep))
    await settle()
    line = opening.result()
    assert isinstance(line, MediaLine) and line.rate == 16000
    line.play(bytes(6400))
    await time.advance(0.02)
    assert line.clear() == 180
    assert await line.receive() == Audio(bytes(640)) == await line.receive()
    assert pipe.to_far.get_nowait() == bytes(640)
    await line.hangup()
