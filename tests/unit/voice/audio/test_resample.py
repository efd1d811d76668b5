"""Resampling: the same sound at another rate, in frames of any size."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice.audio.pcm import to_pcm
from voice.audio.resample import RATES, Resampler, resample

PAIRS = [(source, target) for source in RATES for target in RATES if source != target]
EVERY_PAIR = pytest.mark.parametrize(("source", "target"), PAIRS)


def sine(hertz: float, rate: int, seconds: float = 0.5) -> bytes:
    time = np.arange(int(rate * seconds)) / rate
    return to_pcm(10_000 * np.sin(2 * np.pi * hertz * time))


def samples(pcm: bytes) -> NDArray[np.float64]:
    return np.frombuffer(pcm, "<i2").astype(np.float64)


def decibels(power: float) -> float:
    return float(10 * np.log10(power + 1e-9))


@EVERY_PAIR
def test_a_tone_is_the_same_tone_in_its_place(source: int, target: int) -> None:
    out = samples(resample(sine(1000, source), source, target))
    error = (out - samples(sine(1000, target)))[target // 20 : -target // 20]
    assert len(out) == target // 2
    assert decibels(5e7) - decibels(float(np.mean(error**2))) > 70


@pytest.mark.parametrize(("source", "target"), [pair for pair in PAIRS if pair[0] > pair[1]])
def test_what_the_lower_rate_cannot_carry_is_gone(source: int, target: int) -> None:
    out = samples(resample(sine(target * 0.55, source), source, target))[target // 20 : -target // 20]
    assert decibels(5e7) - decibels(float(np.mean(out**2))) > 70


@EVERY_PAIR
def test_every_frame_of_20_ms_brings_20_ms(source: int, target: int) -> None:
    stream = Resampler(source, target)
    sound = sine(440, source)
    size = source // 50 * 2
    for place in range(0, len(sound), size):
        assert len(stream.feed(sound[place : place + size])) == target // 50 * 2


@settings(deadline=None)
@given(pair=st.sampled_from(PAIRS), cuts=st.lists(st.integers(0, 700), max_size=6))
def test_how_a_stream_is_cut_does_not_matter(pair: tuple[int, int], cuts: list[int]) -> None:
    sound = sine(300, pair[0], 0.1)
    whole = Resampler(*pair).feed(sound)
    stream = Resampler(*pair)
    places = [0, *sorted(2 * cut for cut in cuts), len(sound)]
    parts = [stream.feed(sound[begin:end]) for begin, end in itertools.pairwise(places)]
    assert np.abs(samples(b"".join(parts)) - samples(whole)).max(initial=0) <= 1


def test_loud_sound_is_clipped_and_does_not_wrap() -> None:
    square = np.where(np.arange(8000) % 40 < 20, 32767, -32768).astype("<i2").tobytes()
    out = samples(resample(square, 8000, 16000))
    assert out.max() == 32767 and out.min() == -32768
    assert (np.abs(np.diff(out)) < 65535).all()


def test_the_same_rate_is_the_same_sound() -> None:
    assert Resampler(8000, 8000).feed(b"abcde") == b"abcd" == resample(b"abcde", 8000, 8000)
    assert Resampler(8000, 8000).delay == 0


def test_a_rate_that_is_not_made_is_refused() -> None:
    with pytest.raises(ValueError, match="Cannot resample"):
        Resampler(8000, 44100)
