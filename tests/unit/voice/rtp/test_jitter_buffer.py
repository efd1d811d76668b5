"""The jitter buffer in virtual time: what networks do to packets, and what is heard of it."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio.level import level
from voice.audio.pcm import to_samples
from voice.audio.tones import tone
from voice.rtp.conceal import Concealer
from voice.rtp.jitter import JitterBuffer
from voice.rtp.packet import Packet

Arriving = tuple[float, Packet, bytes]
QUIET = bytes(320)


def frame(number: int) -> bytes:
    """20 ms that say which they are, louder than silence."""
    return np.full(160, 1000 + number % 20_000, "<i2").tobytes()


def name(pcm: bytes) -> int:
    """Which frame this is; −1: silence; −2: invented, since that fades. The very beginning may be joined to it."""
    middle, end = (int(to_samples(pcm)[place]) for place in (70, 150))
    if middle != end:
        return -2
    return middle - 1000 if middle else -1


def packet(
    number: int, *, sequence: int = 65_530, stamp: int = 2**32 - 500, ssrc: int = 9, gap: int = 0
) -> Packet:
    """The n-th of a stream whose numbers wrap at once. `gap`: samples of silence before it."""
    return Packet(
        0, False, (sequence + number) & 0xFFFF, (stamp + 160 * number + gap) & 0xFFFFFFFF, ssrc, b""
    )


def stream(count: int, begin: int = 0) -> list[Arriving]:
    """A perfect network."""
    return [(0.02 * number, packet(number), frame(number)) for number in range(begin, begin + count)]


def play(buffer: JitterBuffer, arriving: list[Arriving], seconds: float, begin: float = 0.0) -> list[bytes]:
    """Hands packets over at their times and takes a frame every 20 ms, a little after them."""
    waiting = sorted(arriving, key=lambda one: one[0])
    out: list[bytes] = []
    for tick in range(round(seconds / 0.02)):
        now = begin + 0.02 * tick + 0.003
        while waiting and waiting[0][0] <= now:
            moment, one, pcm = waiting.pop(0)
            buffer.put(one, pcm, moment)
        pcm_out = buffer.get(now)
        if pcm_out is not None:
            assert len(pcm_out) == 320
            out.append(pcm_out)
        assert buffer.depth <= 1300 and len(buffer._slots) <= 130
    return out


def names(out: list[bytes]) -> list[int]:
    """The frames heard, without silence and without what was invented."""
    return [one for one in map(name, out) if one >= 0]


def test_nothing_is_heard_before_the_first_packet() -> None:
    assert JitterBuffer().get(5.0) is None


def test_a_perfect_network_is_40_ms_late_and_bit_exact() -> None:
    buffer = JitterBuffer()
    out = play(buffer, stream(100), 2.0)
    assert out[:2] == [QUIET] * 2
    assert out[2:] == [frame(number) for number in range(98)]
    assert (buffer.numbers.lost, buffer.late, buffer.concealed, buffer.shed) == (0, 0, 0, 0)
    assert buffer.jitter < 0.01


def test_disorder_and_duplicates_are_put_right() -> None:
    buffer = JitterBuffer()
    arriving = stream(100)
    for number in range(0, 98, 2):  # each second packet comes after its successor, and everything twice
        moment, one, pcm = arriving[number]
        arriving[number] = (moment + 0.021, one, pcm)
    out = play(buffer, arriving + arriving, 2.2)
    assert names(out) == list(range(100))
    assert (buffer.numbers.duplicates, buffer.numbers.lost, buffer.numbers.received) == (100, 0, 100)


def test_a_lost_packet_is_concealed_and_costs_nothing_else() -> None:
    buffer = JitterBuffer()
    arriving = [one for number, one in enumerate(stream(100)) if number not in (10, 30)]
    out = play(buffer, arriving, 2.04)
    assert len(names(out)) == 98
    assert [name(pcm) for pcm in out[11:14]] == [9, -2, 11]
    assert (buffer.numbers.lost, buffer.concealed, buffer.late) == (2, 2, 0)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**9))
def test_thirty_percent_loss_and_100_ms_of_jitter_are_survived(seed: int) -> None:
    chance = random.Random(seed)
    buffer = JitterBuffer()
    arriving = [
        (moment + chance.uniform(0, 0.1), one, pcm)
        for moment, one, pcm in stream(1500)
        if chance.random() > 0.3
    ]
    out = play(buffer, arriving, 30.0)
    heard = names(out)
    came = {name(pcm) for _, _, pcm in arriving}
    assert heard == sorted(heard), "nothing is heard out of order"
    assert len(came & set(heard)) > 0.93 * len(came), "what came is heard"
    assert (
        abs(buffer.numbers.lost - (1500 - len(came))) <= 40
    )  # what is missing at the very ends cannot be known
    assert buffer.depth <= 240 and 40 <= buffer.target <= 200


def test_a_calm_network_brings_the_distance_back() -> None:
    buffer = JitterBuffer()
    chance = random.Random(4)
    wild = [(moment + chance.uniform(0, 0.12), one, pcm) for moment, one, pcm in stream(250)]
    play(buffer, wild + stream(2000, 250), 44.0)
    assert buffer.depth <= 60 and buffer.target <= 80


def test_a_stall_is_caught_up() -> None:
    """Half a second during which the network keeps everything, and then brings it at once."""
    buffer = JitterBuffer()
    arriving = [(1.5 if 1.0 <= moment < 1.5 else moment, one, pcm) for moment, one, pcm in stream(150)]
    out = play(buffer, arriving, 3.2)
    assert names(out)[-40:] == list(range(110, 150))
    assert buffer.depth <= 220


def test_silence_that_was_not_sent_is_no_loss() -> None:
    buffer = JitterBuffer()
    first = stream(50)
    pause = 32_000  # four seconds
    later = [
        (moment + 4.0, packet(number, gap=pause), pcm)
        for number, (moment, _, pcm) in enumerate(stream(50, 50), 50)
    ]
    out = play(buffer, first + later, 6.4)
    assert names(out)[:50] == list(range(50)) and names(out)[-50:] == list(range(50, 100))
    assert buffer.numbers.lost == 0
    assert [name(pcm) for pcm in out[70:240]] == [-1] * 170
    short = 2 * 160  # two frames, shorter than the distance
    buffer = JitterBuffer()
    later = [
        (moment + 0.04, packet(number, gap=short), frame(number))
        for number, (moment, _, _) in enumerate(stream(50, 50), 50)
    ]
    out = play(buffer, first + later, 2.08)
    assert [name(pcm) for pcm in out[51:55]] == [49, -1, -1, 50]
    assert buffer.concealed == 0


def test_another_source_takes_over() -> None:
    buffer = JitterBuffer()
    other = [
        (2.0 + 0.02 * number, packet(number, sequence=7, stamp=99, ssrc=10), frame(500 + number))
        for number in range(50)
    ]
    out = play(buffer, stream(100) + other, 3.2)
    assert names(out)[-50:] == list(range(500, 550))
    assert buffer.numbers.received == 150 and buffer.numbers.lost == 0


@pytest.mark.parametrize("stamp", [2**31, 2**32 - 20_000, 2**32 - 100_000])
def test_timestamps_that_jump_are_followed(stamp: int) -> None:
    """Forwards by half the circle, back by two seconds, back by twelve: the numbers go on."""
    buffer = JitterBuffer()
    after = [
        (2.0 + 0.02 * number, packet(number + 100, stamp=stamp), frame(500 + number)) for number in range(100)
    ]
    out = play(buffer, stream(100) + after, 4.2)
    assert names(out)[-60:] == list(range(540, 600))
    assert buffer.numbers.lost == 0


def test_numbers_that_jump_are_followed_and_a_stray_is_not() -> None:
    buffer = JitterBuffer()
    stray = [(0.5, packet(0, sequence=20_000), frame(9999))]
    after = [
        (
            2.0 + 0.02 * number,
            packet(number, sequence=30_000, stamp=2**32 - 500 + 16_000),
            frame(500 + number),
        )
        for number in range(50)
    ]
    out = play(buffer, stream(100) + stray + after, 3.2)
    assert 9999 not in names(out)
    assert names(out)[-49:] == list(range(501, 550))
    assert buffer.numbers.strays == 2


@pytest.mark.parametrize("ms", [10, 30, 40, 60])
def test_packets_of_other_lengths_are_the_same_sound(ms: int) -> None:
    sound = b"".join(frame(number) for number in range(90))
    size = 16 * ms
    buffer = JitterBuffer(least=60)
    arriving = []
    for number in range(len(sound) // size):
        one = Packet(0, False, number, number * ms * 8, 1, b"")
        arriving.append((number * ms / 1000, one, sound[number * size : (number + 1) * size]))
    out = play(buffer, arriving, 1.8)
    assert b"".join(out).strip(b"\0")[:20_000] == sound.strip(b"\0")[:20_000]


def test_a_clock_that_runs_a_little_faster_is_kept_up_with() -> None:
    for drift in (1.001, 0.999):
        buffer = JitterBuffer()
        out = play(
            buffer, [(moment * drift, one, pcm) for moment, one, pcm in stream(10_000)], 200 * min(1, drift)
        )
        assert buffer.depth <= 240
        assert len(names(out)) > 9_900


def test_keys_between_the_sound_are_no_loss() -> None:
    buffer = JitterBuffer()
    for number in range(50):
        if 20 <= number < 28:
            assert buffer.note(packet(number))
            assert not buffer.note(packet(number))
        else:
            buffer.put(packet(number), frame(number), 0.02 * number)
        buffer.get(0.02 * number + 0.003)
    assert buffer.numbers.lost == 0 and buffer.numbers.received == 50


WORD = st.integers(0, 0xFFFFFFFF)
ANY_PACKET = st.builds(
    Packet, st.just(0), st.booleans(), st.integers(0, 0xFFFF), WORD, st.integers(0, 2), st.just(b"")
)
NEAR = st.integers(0, 60).map(packet)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(ANY_PACKET | NEAR, st.integers(0, 2000), st.floats(0, 0.3), st.booleans()), max_size=60
    )
)
def test_any_packets_keep_it_bounded_and_its_frames_whole(
    steps: list[tuple[Packet, int, float, bool]],
) -> None:
    buffer = JitterBuffer()
    now = 100.0
    for one, size, wait, sound in steps:
        now += wait
        if sound:
            buffer.put(one, bytes(size), now)
        else:
            buffer.note(one)
        out = buffer.get(now)
        assert out is None or len(out) == 320
        assert len(buffer._slots) + len(buffer._quiet) <= 260 and buffer.numbers.lost >= 0


def test_what_is_invented_goes_on_like_the_voice_and_fades() -> None:
    concealer = Concealer()
    voice = tone((125,), 1000, 8000, -12)
    for place in range(0, 8000, 160):
        concealer.good(voice[place : place + 160])
    invented = [concealer.lost() for _ in range(8)]
    assert level(invented[0]) == pytest.approx(-12, abs=1.5)
    joined = to_samples(voice[7840:8000] + invented[0])
    assert np.abs(np.diff(joined.astype(int))).max() < 1200, "no click where it begins"
    assert [level(pcm) for pcm in invented] == sorted((level(pcm) for pcm in invented), reverse=True)
    assert not any(invented[6]) and not any(invented[7])
    back = concealer.good(voice[:160])
    assert len(back) == 160 and back[64:] == voice[64:160]
    concealer.forget()
    assert not any(concealer.lost())
