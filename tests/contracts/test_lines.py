"""What every line promises, whatever carries it (`voice.ports.Line`)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contracts.lines import KINDS, PATIENCE, World, frames, make_world
from voice.ports import Audio, Digit, HungUp, Line, Marked


@pytest_asyncio.fixture(params=KINDS)
async def call(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Each kind of line in turn."""
    world = await make_world(request.param)
    yield world
    await world.close()


def sounding(pcm: list[bytes]) -> list[bytes]:
    """Without silence, which some lines send between."""
    return [frame for frame in pcm if any(frame)]


async def test_it_says_which_call_it_is(call: World) -> None:
    line: Line = call.line
    assert line.info.id and line.info.wire in ("sip", "audiosocket", "media")
    assert line.rate == 8000


async def test_what_is_played_is_heard_whole_and_in_order(call: World) -> None:
    sound = frames(50)
    whole = b"".join(sound)
    for place in range(0, len(whole), 500):  # pieces that are no frames
        call.line.play(whole[place : place + 500])
    await call.pass_time(1.4)
    assert sounding(call.far.heard) == sound


async def test_a_frame_goes_out_every_20_ms(call: World) -> None:
    call.line.play(b"".join(frames(200)))
    before = call.far.arrived
    for second in (1, 2, 3):
        await call.pass_time(1.0)
        assert call.far.arrived - before == 50 * second + call.far.ahead


async def test_what_the_caller_says_is_heard_bit_by_bit(call: World) -> None:
    sound = frames(50)
    for frame in sound:
        await call.far.say(frame)
        await call.pass_time(0.02)
    await call.pass_time(0.2)
    heard = [event.pcm for event in call.events if isinstance(event, Audio)]
    assert {len(pcm) for pcm in heard} == {320}
    assert sounding(heard) == sound


async def test_marks_come_when_all_before_them_was_played(call: World) -> None:
    call.line.play(b"".join(frames(10)))
    call.line.mark("one")
    call.line.play(b"".join(frames(20)))
    call.line.mark("two")
    call.line.mark("three")
    await call.pass_time(0.1)
    assert call.told() == []
    await call.until(lambda: Marked("one") in call.told())
    assert len(sounding(call.far.heard)) < 20 + 28, "the second half was not waited for"
    assert call.told() == [Marked("one")]
    await call.until(lambda: len(call.told()) == 3)
    assert call.told() == [Marked("one"), Marked("two"), Marked("three")]
    await call.pass_time(2)
    assert len(call.told()) == 3, "none comes twice"


async def test_a_mark_behind_nothing_comes_at_once(call: World) -> None:
    call.line.mark("now")
    await call.until(lambda: call.told() == [Marked("now")])
    await call.pass_time(2)
    assert call.told() == [Marked("now")]


async def test_clear_drops_what_was_not_played_and_says_how_much(call: World) -> None:
    sound = frames(100)
    call.line.play(b"".join(sound))
    call.line.mark("dropped")
    await call.pass_time(1.0)
    missing = call.line.clear()
    assert missing == 1000
    await call.pass_time(1.0)
    heard = sounding(call.far.heard)
    assert heard == sound[: len(heard)] and 49 <= len(heard) <= 50
    assert call.told() == [Marked("dropped", cleared=True)]
    assert call.line.clear() == 0


async def test_after_a_clear_new_sound_is_played_at_once(call: World) -> None:
    call.line.play(b"".join(frames(100)))
    await call.pass_time(0.5)
    call.line.clear()
    fresh = frames(60)[50:]
    call.line.play(b"".join(fresh))
    call.line.mark("said")
    await call.until(lambda: Marked("said") in call.told())
    await call.pass_time(0.2)
    assert sounding(call.far.heard)[-10:] == fresh
    assert len(sounding(call.far.heard)) <= 35


@pytest.mark.parametrize("keys", ["5", "55", "*0#"])
async def test_every_key_comes_once(call: World, keys: str) -> None:
    for key in keys:
        await call.far.press(key)
        await call.pass_time(0.3)
    assert call.told() == [Digit(key) for key in keys]


async def test_the_caller_hangs_up(call: World) -> None:
    call.line.play(b"".join(frames(100)))
    await call.pass_time(0.1)
    await call.far.hang_up()
    await call.until(lambda: bool(call.told()))
    assert call.told() == [HungUp("caller")]
    assert [await call.line.receive() for _ in range(3)] == [HungUp("caller")] * 3
    call.line.play(b"".join(frames(10)))
    call.line.mark("never")
    await call.line.hangup()
    await call.pass_time(0.5)
    assert call.line.clear() == 0
    assert await call.line.receive() == HungUp("caller")


async def test_we_hang_up(call: World) -> None:
    call.line.play(b"".join(frames(100)))
    await call.pass_time(0.1)
    await call.line.hangup()
    await call.line.hangup()
    await call.until(lambda: call.far.ended and bool(call.told()))
    assert call.told() == [HungUp("us")]
    assert await call.line.receive() == HungUp("us")
    arrived = call.far.arrived
    await call.pass_time(1)
    assert call.far.arrived == arrived


async def test_a_far_side_that_falls_silent_is_gone(call: World) -> None:
    await call.far.say(frames(1)[0])
    if call.line._patience is None:
        return  # signalling knows
    await call.pass_time(PATIENCE - 1)
    assert call.told() == []
    await call.until(lambda: bool(call.told()))
    assert call.told() == [HungUp("timeout")]
    await call.until(lambda: call.far.ended)


async def test_a_stream_of_sound_transfers_nobody(call: World) -> None:
    assert await call.line.transfer("10086") == "unsupported"
