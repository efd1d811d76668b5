"""Loudness, tones and silence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from voice.audio.level import FLOOR_DBFS, Leveller, even, level
from voice.audio.tones import key_tone, ringback, silence, tone

RATE = 8000


def peak(pcm: bytes) -> int:
    return int(np.abs(np.frombuffer(pcm, "<i2").astype(int)).max(initial=0))


def strength(pcm: bytes, hertz: float) -> float:
    """How much of one frequency there is, as the amplitude of its sine."""
    sound = np.frombuffer(pcm, "<i2").astype(float)
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
    return float(2 * abs(np.dot(sound, turn)) / len(sound))


def test_full_scale_is_zero_and_silence_the_floor() -> None:
    assert level(np.full(800, -32768, "<i2").tobytes()) == pytest.approx(0.0)
    assert level(bytes(320)) == FLOOR_DBFS == level(b"")
    assert level(tone((440,), 1000, RATE, -20)) == pytest.approx(-20, abs=0.2)


def test_an_utterance_is_brought_to_its_level() -> None:
    for before in (-35, -20, -10):
        assert level(even(tone((440,), 500, RATE, before))) == pytest.approx(-20, abs=0.3)


def test_peaks_win_over_the_level() -> None:
    clicks = np.zeros(8000, "<i2")
    clicks[::400] = 30_000
    assert peak(even(clicks.tobytes(), target=-6)) <= 32768 * 10 ** (-1 / 20) + 1


def test_noise_is_not_lifted() -> None:
    hiss = tone((300,), 200, RATE, -60)
    assert even(hiss) == hiss


@given(arrays.arrays("<i2", st.integers(0, 400)))
def test_any_sound_keeps_its_length_and_its_ceiling(
    samples: np.ndarray[tuple[int], np.dtype[np.int16]],
) -> None:
    pcm = samples.tobytes()
    stream = Leveller()
    for _ in range(3):
        out = stream.feed(pcm)
        assert len(out) == len(pcm)
        assert peak(out) <= 32768 * 10 ** (-1 / 20) + 1
    assert len(even(pcm)) == len(pcm)


def test_a_stream_rises_slowly_and_falls_at_once() -> None:
    stream = Leveller()
    quiet, loud = tone((440,), 20, RATE, -32), tone((440,), 20, RATE, -6)
    first = level(stream.feed(quiet))
    for _ in range(100):
        last = stream.feed(quiet)
    assert first < -30 and level(last) == pytest.approx(-20, abs=0.5)
    stream.feed(loud)
    assert level(stream.feed(loud)) == pytest.approx(-20, abs=0.5)


def test_a_key_is_its_two_tones() -> None:
    sound = key_tone("5", 100, RATE)
    assert len(sound) == 1600
    for hertz, there in ((770, True), (1336, True), (697, False), (1633, False)):
        assert (strength(sound, hertz) > 2000) is there
    with pytest.raises(KeyError):
        key_tone("E", 100, RATE)


def test_tones_do_not_click_and_are_as_long_as_asked() -> None:
    sound = np.frombuffer(tone((440,), 60, RATE), "<i2")
    assert len(sound) == 480 and abs(int(sound[0])) < 100 and abs(int(sound[-1])) < 100
    assert silence(20, 16000) == bytes(640)
    assert len(ringback(7300, RATE)) == 2 * 58_400
    assert level(ringback(900, RATE)) > -20 and level(ringback(5000, RATE)[2 * 8000 :]) == FLOOR_DBFS
    assert tone((), 10, RATE) == bytes(160)
