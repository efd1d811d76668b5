"""The queues and the pace that all lines share, in virtual time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.virtual import VirtualTime, settle
from voice.lines import MOST_EVENTS, MOST_QUEUED_SECONDS, Inbox, PacedLine, Pacer, Playout
from voice.ports import Audio, CallInfo, Digit, HungUp, Line, LineEvent, Marked

INFO = CallInfo("1", "test", "", "")
FRAME = 320


class Wire(PacedLine):
    """A line whose far side is a list."""

    def __init__(self, time: VirtualTime, patience: float | None = None, ahead: int = 0) -> None:
        super().__init__(INFO, 8000, clock=time.clock, sleep=time.sleep, ahead=ahead, patience=patience)
        self.sent: list[bytes] = []
        self.released: list[str] = []
        self.ready = True

    def _send(self, frames: list[bytes], gone: int) -> None:
        self.sent += frames

    def _ready(self) -> bool:
        return self.ready

    def _release(self, reason: str) -> None:
        self.released.append(reason)


def sound(frames: float) -> bytes:
    return bytes(number % 251 for number in range(int(frames * FRAME)))


# The queue ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=900)), st.integers(0, 4))
def test_what_is_queued_goes_out_whole_and_in_order(pieces: list[bytes], ahead: int) -> None:
    queue = Playout(8000, ahead)
    for piece in pieces:
        queue.play(piece)
    queue.mark("end")
    out = []
    while not queue.reached(queue.begun):
        out += queue.take()
    whole = b"".join(piece[: len(piece) & ~1] for piece in pieces)
    assert b"".join(out)[: len(whole)] == whole
    assert all(len(frame) == FRAME for frame in out)
    assert len(out) == -(-len(whole) // FRAME)


@given(st.integers(0, 5000), st.integers(0, 20), st.integers(0, 4))
def test_clear_tells_what_had_not_begun_to_sound(samples: int, ticks: int, ahead: int) -> None:
    queue = Playout(8000, ahead)
    queue.play(bytes(2 * samples))
    for _ in range(ticks):
        queue.take()
    assert queue.clear() == (max(0, samples - 160 * ticks) // 8, [])
    assert queue.take() == [] and queue.clear() == (0, [])


def test_a_queue_ahead_fills_at_once_and_then_keeps_the_pace() -> None:
    queue = Playout(8000, 3)
    queue.play(sound(6))
    queue.mark("end")
    assert [len(queue.take()) for _ in range(7)] == [4, 1, 1, 0, 0, 0, 0]
    assert queue.reached(queue.begun) == ["end"]


def test_marks_wait_for_what_was_before_them() -> None:
    queue = Playout(8000)
    queue.mark("nothing before")
    assert queue.reached(queue.begun) == ["nothing before"]
    queue.play(sound(1))
    queue.mark("one")
    queue.play(sound(1.5))
    queue.mark("two")
    told = []
    for _ in range(4):
        queue.take()
        told.append(queue.reached(queue.begun))
    assert told == [["one"], [], ["two"], []]
    queue.play(sound(2))
    queue.mark("three")
    queue.take()
    assert queue.clear() == (20, ["three"])


def test_the_queue_has_an_end() -> None:
    queue = Playout(8000)
    for _ in range(MOST_QUEUED_SECONDS + 5):
        queue.play(bytes(16_000))
    assert queue.clear()[0] == MOST_QUEUED_SECONDS * 1000
    assert queue.dropped == 5 * 16_000


# What was heard ----------------------------------------------------------------------------------------------------


async def test_old_sound_gives_way_and_keys_do_not() -> None:
    inbox = Inbox()
    inbox.put(Digit("1"))
    for number in range(MOST_EVENTS + 9):
        inbox.put(Audio(bytes([number % 256])))
    inbox.put(Digit("2"))
    inbox.put(HungUp("caller"))
    inbox.put(Digit("3"))
    events = [await inbox.get() for _ in range(MOST_EVENTS + 2)]
    assert [event for event in events if isinstance(event, Digit)] == [Digit("1"), Digit("2")]
    assert events[1] == Audio(bytes([11])) and events[-2:] == [HungUp("caller")] * 2
    assert inbox.dropped == 11


async def test_a_flood_of_keys_is_cut() -> None:
    inbox = Inbox()
    for _ in range(MOST_EVENTS + 3):
        inbox.put(Digit("1"))
    assert inbox.dropped == 3


async def test_all_who_wait_hear_of_the_end() -> None:
    inbox = Inbox()
    waiting = [asyncio.create_task(inbox.get()) for _ in range(3)]
    await settle()
    inbox.put(HungUp("caller"))
    assert await asyncio.gather(*waiting) == [HungUp("caller")] * 3


# The pace ----------------------------------------------------------------------------------------------------------


async def test_a_minute_has_3000_frames_and_no_drift() -> None:
    time = VirtualTime()
    ticks: list[float] = []
    pacer = Pacer(lambda _: ticks.append(time.now), time.clock, time.sleep)
    task = asyncio.create_task(pacer.run())
    begin = time.now
    await time.advance(60)
    assert len(ticks) == 3000
    assert all(abs(moment - begin - (number + 1) * 0.02) < 1e-6 for number, moment in enumerate(ticks))
    task.cancel()


async def test_a_little_lateness_is_caught_up_and_a_long_one_left_out() -> None:
    time = VirtualTime()
    gone: list[int] = []
    pacer = Pacer(gone.append, time.clock, time.sleep)
    task = asyncio.create_task(pacer.run())
    await time.advance(0.1)
    time.now += 0.07  # the program was busy with something else
    await time.advance(0.1)
    assert gone == [0] * 13 and pacer.late > 0 and pacer.skipped == 0
    time.now += 1.0
    await time.advance(0.1)
    assert sum(gone) == pacer.skipped
    assert len(gone) + pacer.skipped == round((0.1 + 0.07 + 0.1 + 1.0 + 0.1) / 0.02)
    task.cancel()


# The line ----------------------------------------------------------------------------------------------------------


async def test_a_line_is_a_line() -> None:
    line: Line = Wire(VirtualTime())
    assert await line.transfer("10086") == "unsupported"


async def test_sound_goes_out_in_its_time() -> None:
    time = VirtualTime()
    line = Wire(time)
    line.start()
    line.play(sound(100))
    line.mark("end")
    await time.advance(1)
    assert len(line.sent) == 50
    assert line.clear() == 1000
    await time.advance(1)
    assert len(line.sent) == 50
    assert await line.receive() == Marked("end", cleared=True)
    await line.hangup()


async def test_sound_waits_while_the_far_side_takes_none() -> None:
    time = VirtualTime()
    line = Wire(time)
    line.start()
    line.ready = False
    line.play(sound(10))
    await time.advance(1)
    assert line.sent == []
    line.ready = True
    await time.advance(1)
    assert b"".join(line.sent) == sound(10)
    await line.hangup()


async def test_who_is_silent_too_long_is_gone() -> None:
    time = VirtualTime()
    line = Wire(time, patience=5)
    line.start()
    await time.advance(4)
    line._heard(Audio(b""))
    await time.advance(4)
    assert line.released == []
    await time.advance(2)
    assert line.released == ["timeout"]
    events: list[LineEvent] = [await line.receive() for _ in range(3)]
    assert events == [Audio(b""), HungUp("timeout"), HungUp("timeout")]


async def test_the_first_reason_counts_and_nothing_follows() -> None:
    time = VirtualTime()
    line = Wire(time)
    line.start()
    line.end("caller")
    await line.hangup()
    line.play(sound(3))
    await time.advance(1)
    assert await line.receive() == HungUp("caller") and line.released == ["caller"] and line.sent == []


async def test_an_error_in_sending_ends_the_call() -> None:
    class Broken(Wire):
        def _send(self, frames: list[bytes], gone: int) -> None:
            raise RuntimeError("no such wire")

    time = VirtualTime()
    line = Broken(time)
    line.start()
    await time.advance(0.1)
    assert await line.receive() == HungUp("failed")
    assert line._task is not None
    with pytest.raises(RuntimeError, match="no such wire"):
        await line._task
